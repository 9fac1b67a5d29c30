"""Readings of passes at the door."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
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
