"""What the ledger comes to, kept beside it; everything here can be thrown away and computed again."""

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model

SEVERAL = "several"  # the source of minutes that more than one kind of evidence gave


class AttendanceSummary(Model):
    """How much of a session one registration attended. There is no row where that is nothing."""

    __tablename__ = "attendance_summaries"
    __table_args__ = (
        Index("ix_attendance_summaries_event_id", "event_id"),
        Index("ix_attendance_summaries_session_id", "session_id"),
    )

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    minutes: Mapped[int]
    percent: Mapped[int]
    source: Mapped[str] = mapped_column(String(10))


class AttendanceTotal(Model):
    """How many minutes of the programme one registration attended, parallel sessions once; `days` by the day's id.

    There is no row where that is nothing.
    """

    __tablename__ = "attendance_totals"
    __table_args__ = (Index("ix_attendance_totals_event_id", "event_id"),)

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    minutes: Mapped[int]
    days: Mapped[dict[str, int]] = mapped_column(JSON)


class AttendanceChange(Model):
    """A note that a registration's summary is behind the ledger, or (without one) that of a whole event.

    Triggers write it with each row of the ledger and each change of the programme; whoever has recomputed takes it
    away. It names rows without keys, since it must neither wait for them nor hold them.
    """

    __tablename__ = "attendance_changes"
    __table_args__ = (Index("ix_attendance_changes_event_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    registration_id: Mapped[int | None]
