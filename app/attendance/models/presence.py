"""Presence on a screen."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model

# Each engine in the words in which queries ask for it, without which the index is not used.
_IS_OPEN, _IS_OPEN_ON_SQLITE = text("NOT in_ledger"), text("in_ledger = 0")


class PresenceInterval(Model):
    """A stretch of time in which one device of a participant had a session's room open and in sight.

    It grows with its beats until it is silent for too long; then it enters the ledger, and grows no more.
    """

    __tablename__ = "presence_intervals"
    __table_args__ = (
        CheckConstraint("starts_at <= ends_at", name="in_order"),
        Index("ix_presence_intervals_registration_id_session_id", "registration_id", "session_id", "device"),
        Index("ix_presence_intervals_event_id", "event_id"),
        Index(
            "ix_presence_intervals_open",
            "event_id",
            "ends_at",
            sqlite_where=_IS_OPEN_ON_SQLITE,
            postgresql_where=_IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    device: Mapped[str] = mapped_column(String(32))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    in_ledger: Mapped[bool] = mapped_column(default=False, server_default=false())
