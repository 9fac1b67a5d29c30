"""The keys that credentials were signed with, and the places of their status lists."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class CredentialKey(Model):
    """A public key of this installation. The private one is derived from the server's key and kept nowhere."""

    __tablename__ = "credential_keys"

    public: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class StatusCounter(Model):
    """How many places of the status lists are taken: one row."""

    __tablename__ = "status_counter"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    taken: Mapped[int]
