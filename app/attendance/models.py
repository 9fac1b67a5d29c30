"""What says that somebody was there: scans at the door, marks by hand, and presence on a screen.

Scans and marks are only ever added (database triggers refuse anything else); a presence interval grows while
its page stays open. What counts is computed from all three: see rules.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class ScanResult(StrEnum):
    """What the door answered."""

    ADMITTED = "admitted"
    ALREADY = "already"
    UNKNOWN = "unknown"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"
    OTHER_EVENT = "other_event"


class ScanSource(StrEnum):
    """How the door learned the code."""

    CAMERA = "camera"
    TYPED = "typed"
    SEARCH = "search"


_IS_ADMITTED = text(f"result = '{ScanResult.ADMITTED}'")


class Scan(Model):
    """One reading of a pass at the door, refused ones too.

    `scanned_at` is the door's own time (cut to `received_at` where its clock runs ahead), `received_at` the
    server's; `nonce` is chosen by the door, so that a reading sent twice is one row. A pass of another event
    leaves its code alone here: whose it is does not concern this event.
    """

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("event_id", "nonce"),
        # Admits a person once a day, whatever the application believes.
        Index(
            "uq_scans_admission",
            "day_id",
            "registration_id",
            unique=True,
            sqlite_where=_IS_ADMITTED,
            postgresql_where=_IS_ADMITTED,
        ),
        Index("ix_scans_registration_id", "registration_id"),
        Index("ix_scans_event_id_id", "event_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    day_id: Mapped[int] = mapped_column(ForeignKey("days.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    typed_code: Mapped[str] = mapped_column(String(40), default="")
    result: Mapped[ScanResult] = mapped_column(String(12))
    source: Mapped[ScanSource] = mapped_column(String(8))
    nonce: Mapped[str] = mapped_column(String(64))
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class DoorCount(Model):
    """How many people a day's doors have admitted: the number of its ADMITTED scans, written along with them.

    The door shows it with every answer; counting thousands of rows each time would cost more than the scan.
    """

    __tablename__ = "door_counts"

    day_id: Mapped[int] = mapped_column(ForeignKey("days.id", ondelete="CASCADE"), primary_key=True)
    inside: Mapped[int]


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


class PresenceInterval(Model):
    """A stretch of time in which one device of a participant had a session's room open and in sight."""

    __tablename__ = "presence_intervals"
    __table_args__ = (
        CheckConstraint("starts_at <= ends_at", name="in_order"),
        Index("ix_presence_intervals_registration_id_session_id", "registration_id", "session_id", "device"),
        Index("ix_presence_intervals_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    device: Mapped[str] = mapped_column(String(32))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
