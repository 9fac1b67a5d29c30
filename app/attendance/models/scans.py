"""Readings of passes at the door."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.attendance.models.checkpoints import Direction
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
    # What is wrong with a signed pass (registration.passes.Fault).
    DAMAGED = "damaged"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    EXPIRED = "expired"
    REPLACED = "replaced"
    # What a checkpoint says.
    CLOSED = "closed"
    OTHER_DAY = "other_day"
    OTHER_FORM = "other_form"
    NO_PLACE = "no_place"
    NOT_CHOSEN = "not_chosen"
    FORCED = "forced"


class ScanSource(StrEnum):
    """How the door learned the code."""

    CAMERA = "camera"
    TYPED = "typed"
    SEARCH = "search"
    CLOSE = "close"  # nobody read it: the nightly close found that the person had never scanned out


_IS_ADMITTED_AT_A_DOOR = text(f"result = '{ScanResult.ADMITTED}' AND checkpoint_id IS NULL")
_IS_LIMITED = text("once IS NOT NULL")


class Scan(Model):
    """One reading of a pass at the door, refused ones too.

    `scanned_at` is the door's own time (cut to `received_at` where its clock runs ahead), `received_at` the
    server's; `nonce` is chosen by the door, so that a reading sent twice is one row. A pass of another event
    leaves its code alone here: whose it is does not concern this event.

    Without a checkpoint it is of the day's door. Of a checkpoint's scan `session_id` or `room_id` says into what it led
    when it was read; `once` is what may not come again ("once", or the date), where the checkpoint limits that;
    `reason` why somebody was let in against the rules.

    A device that was offline tells later of what has happened. `device_at` is then what its own clock showed, before
    it was corrected; `told` what it answered to the person; `verdict` what the server would have answered, where that
    is another thing.
    """

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("event_id", "nonce"),
        # Admits a person once at a day's door, and as often as a checkpoint allows, whatever the application believes.
        Index(
            "uq_scans_admission",
            "day_id",
            "registration_id",
            unique=True,
            sqlite_where=_IS_ADMITTED_AT_A_DOOR,
            postgresql_where=_IS_ADMITTED_AT_A_DOOR,
        ),
        Index(
            "uq_scans_once",
            "checkpoint_id",
            "registration_id",
            "once",
            unique=True,
            sqlite_where=_IS_LIMITED,
            postgresql_where=_IS_LIMITED,
        ),
        Index("ix_scans_registration_id", "registration_id"),
        Index("ix_scans_event_id_id", "event_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    day_id: Mapped[int] = mapped_column(ForeignKey("days.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    checkpoint_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoints.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    direction: Mapped[Direction] = mapped_column(String(4), default=Direction.IN, server_default=text("'in'"))
    once: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    typed_code: Mapped[str] = mapped_column(String(40), default="")
    result: Mapped[ScanResult] = mapped_column(String(12))
    source: Mapped[ScanSource] = mapped_column(String(8))
    nonce: Mapped[str] = mapped_column(String(64))
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("door_devices.id"))
    device_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[ScanResult | None] = mapped_column(String(12))
    verdict: Mapped[ScanResult | None] = mapped_column(String(12))


class DoorCount(Model):
    """How many people a day's doors have admitted: the number of its ADMITTED scans, written along with them.

    The door shows it with every answer; counting thousands of rows each time would cost more than the scan.
    """

    __tablename__ = "door_counts"

    day_id: Mapped[int] = mapped_column(ForeignKey("days.id", ondelete="CASCADE"), primary_key=True)
    inside: Mapped[int]
