"""The log's rows: entries, the hashes of the tree, and the checkpoints that were published. Nothing is ever changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class EntryKind(StrEnum):
    """What happened to a certificate."""

    ISSUED = "issued"
    REPLACED = "replaced"
    ANNULLED = "annulled"


class LogEntry(Model):
    """One leaf of the tree. `data` is what was published and hashed; the two keys say of which row it tells."""

    __tablename__ = "log_entries"
    __table_args__ = (CheckConstraint("(certificate_id IS NULL) <> (ending_id IS NULL)", name="of_one_row"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 0
    kind: Mapped[EntryKind] = mapped_column(String(10))
    data: Mapped[str] = mapped_column(Text)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), unique=True)
    ending_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_endings.id"), unique=True)
    logged_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LogHash(Model):
    """A hash of the tree's tiles: of the leaves at level 0, and above of 256 neighbours of the level below."""

    __tablename__ = "log_hashes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Model):
    """A signed word about the tree at one size, as it was published."""

    __tablename__ = "log_checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))  # in hexadecimal
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
