"""What a room's own server tells of who is inside, and who answered that they are still there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class RoomStay(Model):
    """One visit of somebody to a meeting; it becomes a stretch of presence when they leave.

    The row stays, so that a coming which is told again, later than the leaving, begins nothing.
    """

    __tablename__ = "room_stays"
    __table_args__ = (Index("ix_room_stays_registration_id", "registration_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    stay: Mapped[str] = mapped_column(String(80), primary_key=True)  # the server's name for it
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoomCheck(Model):
    """The last time that somebody was asked whether they are still there, and answered."""

    __tablename__ = "room_checks"
    __table_args__ = (Index("ix_room_checks_registration_id", "registration_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    number: Mapped[int]
