"""Checkpoints: places where passes are read, and who may pass there."""

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Time, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.events.models import Day, Event, Room, Session
from app.extensions import Model


class CheckpointKind(StrEnum):
    """What one passes into."""

    EVENT = "event"
    DAY = "day"
    SESSION = "session"
    ROOM = "room"


class Direction(StrEnum):
    """Which way one passes."""

    IN = "in"
    OUT = "out"


class Ways(StrEnum):
    """Which ways a checkpoint lets pass: where both, whoever is in goes out."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


class HowOften(StrEnum):
    """How often a person may come in."""

    ONCE = "once"
    DAILY = "daily"
    ANY = "any"


class Checkpoint(Model):
    """A place of an event where passes are read. Each day has a door without any row here.

    Whoever is confirmed may come in, and narrower: `form_ids` those who registered with one of these forms (none is
    all), `needs_place` those with a place in the session, `field_id` and `option` those who chose that. `opens_at` and
    `closes_at` are times of the day in the event's zone. A checkpoint that was in use is closed, never deleted.
    """

    __tablename__ = "checkpoints"
    __table_args__ = (
        CheckConstraint(
            "(day_id IS NOT NULL) = (kind = 'day') AND (session_id IS NOT NULL) = (kind = 'session') "
            "AND (room_id IS NOT NULL) = (kind = 'room')",
            name="place_of_its_kind",
        ),
        CheckConstraint(
            "opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at", name="hours_in_order"
        ),
        CheckConstraint("(field_id IS NULL) = (option IS NULL)", name="option_of_a_field"),
        Index("ix_checkpoints_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[CheckpointKind] = mapped_column(String(8))
    day_id: Mapped[int | None] = mapped_column(ForeignKey("days.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    ways: Mapped[Ways] = mapped_column(String(4), default=Ways.IN)
    how_often: Mapped[HowOften] = mapped_column(String(5), default=HowOften.ANY)
    # Whether people of the waitlist may come in too, as where seats stay empty.
    admits_waiting: Mapped[bool] = mapped_column(default=False, server_default=false())
    form_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    needs_place: Mapped[bool] = mapped_column(default=False, server_default=false())
    field_id: Mapped[int | None] = mapped_column(ForeignKey("form_fields.id"))
    option: Mapped[str | None] = mapped_column(String(40))
    opens_at: Mapped[time | None] = mapped_column(Time)
    closes_at: Mapped[time | None] = mapped_column(Time)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    day: Mapped[Day | None] = relationship()
    session: Mapped[Session | None] = relationship()
    room: Mapped[Room | None] = relationship()


class Whereabouts(Model):
    """That somebody is inside now: what the scans come to, kept along with them.

    `scope` is "room" for every room, so that entering one leaves the other; else it is the `place` itself: "event",
    "day-3", "session-9". A room's place is "room-4".
    """

    __tablename__ = "whereabouts"
    __table_args__ = (
        Index("ix_whereabouts_event_id_place", "event_id", "place"),
        Index("ix_whereabouts_since", "since"),
    )

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    scope: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(20))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
