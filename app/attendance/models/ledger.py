"""The ledger: everything that says of a registration that somebody was there or was not, in rows that only add up."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class LedgerKind(StrEnum):
    """What a row of the ledger says. A VOID row says nothing but that the row that it corrects does not hold."""

    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    INTERVAL = "interval"
    PRESENT = "present"
    ABSENT = "absent"
    VOID = "void"


class LedgerSource(StrEnum):
    """How it came to be known. CLOSE is the nightly close, for those who never scanned out."""

    SCAN = "scan"
    HAND = "hand"
    PRESENCE = "presence"
    IMPORT = "import"
    SHEET = "sheet"
    SELF_CHECK_IN = "self"
    SESSION_CODE = "code"
    CLOSE = "close"


_CORRECTS = text("corrects_id IS NOT NULL")


class AttendanceEvent(Model):
    """One thing known about one registration; never changed nor deleted (triggers refuse it).

    It is about a day or about a session; with a room, about what a day holds in that room. `starts_at` is the instant
    of an arrival, a departure or a mark (from which the mark holds against what came before), or the beginning of an
    interval, which alone has an end. `source_ref` names what it rests on, as "scans:812". A row that another names in
    `corrects_id` counts no more: at most one can name it.
    """

    __tablename__ = "attendance_events"
    __table_args__ = (
        CheckConstraint("(day_id IS NULL) <> (session_id IS NULL)", name="day_or_session"),
        CheckConstraint("room_id IS NULL OR day_id IS NOT NULL", name="room_of_a_day"),
        CheckConstraint("(kind = 'interval') = (ends_at IS NOT NULL)", name="end_of_interval"),
        CheckConstraint("ends_at IS NULL OR starts_at <= ends_at", name="in_order"),
        CheckConstraint("kind <> 'void' OR corrects_id IS NOT NULL", name="void_corrects"),
        Index("ix_attendance_events_registration_id", "registration_id"),
        Index("ix_attendance_events_event_id_starts_at", "event_id", "starts_at"),
        Index(
            "uq_attendance_events_corrects_id",
            "corrects_id",
            unique=True,
            sqlite_where=_CORRECTS,
            postgresql_where=_CORRECTS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    day_id: Mapped[int | None] = mapped_column(ForeignKey("days.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    kind: Mapped[LedgerKind] = mapped_column(String(10))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[LedgerSource] = mapped_column(String(10))
    source_ref: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("attendance_events.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
