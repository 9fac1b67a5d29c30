"""Attendance written by hand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class AttendanceMark(Model):
    """Attendance written by hand for a day or one session; `present` false takes back what came before."""

    __tablename__ = "attendance_marks"
    __table_args__ = (
        CheckConstraint("(day_id IS NULL) <> (session_id IS NULL)", name="day_or_session"),
        Index("ix_attendance_marks_registration_id", "registration_id"),
        Index("ix_attendance_marks_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    day_id: Mapped[int | None] = mapped_column(ForeignKey("days.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    present: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200), default="")
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
