"""Reads for checkpoints: which there are, what a decision needs to know, and who is inside."""

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import abort
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.attendance.models import (
    Checkpoint,
    CheckpointKind,
    Direction,
    HowOften,
    Scan,
    ScanResult,
    Ways,
    Whereabouts,
)
from app.attendance.queries.door import PassHolder, Reading
from app.attendance.rules import Gate, Passage, Span, Visitor
from app.events.models import Day, Event, Session
from app.extensions import db
from app.registration.models import ChosenOption, Enrolment, EnrolmentStatus, Registration

WENT_THROUGH = (ScanResult.ADMITTED, ScanResult.FORCED)


def checkpoints_of(event: Event, *, closed: bool = False) -> list[Checkpoint]:
    """Return the checkpoints of an event in the order of their making; with `closed`, those that are closed too."""
    statement = select(Checkpoint).where(Checkpoint.event_id == event.id).order_by(Checkpoint.id)
    return list(db.session.scalars(statement if closed else statement.where(Checkpoint.closed_at.is_(None))))


def checkpoint_or_404(event: Event, number: int) -> Checkpoint:
    """Return a checkpoint of this event that is not closed, or answer 404."""
    statement = select(Checkpoint).where(
        Checkpoint.id == number, Checkpoint.event_id == event.id, Checkpoint.closed_at.is_(None)
    )
    return db.session.scalar(statement) or abort(404)


def gate_of(checkpoint: Checkpoint) -> Gate:
    """Return what a decision at a checkpoint goes by."""
    choice = None
    if checkpoint.field_id is not None and checkpoint.option is not None:
        choice = (checkpoint.field_id, checkpoint.option)
    return Gate(
        # The database gives plain text, which the rules would take for none of theirs.
        CheckpointKind(checkpoint.kind),
        Ways(checkpoint.ways),
        HowOften(checkpoint.how_often),
        checkpoint.admits_waiting,
        frozenset(checkpoint.form_ids),
        checkpoint.session_id if checkpoint.needs_place else None,
        choice,
        _dates(checkpoint),
        checkpoint.opens_at,
        checkpoint.closes_at,
    )


def _dates(checkpoint: Checkpoint) -> frozenset[date]:
    if checkpoint.day is not None:
        return frozenset({checkpoint.day.date})
    if checkpoint.session is not None:
        return frozenset({checkpoint.session.day.date})
    return frozenset(day.date for day in checkpoint.event.days)


def place_of(checkpoint: Checkpoint) -> str:
    """Return the name of what a checkpoint leads into: two checkpoints may lead into one place."""
    number = checkpoint.day_id or checkpoint.session_id or checkpoint.room_id
    return checkpoint.kind if number is None else f"{checkpoint.kind}-{number}"


def day_of_scan(checkpoint: Checkpoint, at: datetime) -> Day | None:
    """Return the day to which a scan belongs: its own, today's, else the next one, else the last."""
    if checkpoint.session is not None:
        return checkpoint.session.day
    if checkpoint.day is not None:
        return checkpoint.day
    today = at.astimezone(ZoneInfo(checkpoint.event.timezone)).date()
    days = sorted(checkpoint.event.days, key=lambda day: day.date)
    return next((day for day in days if day.date >= today), days[-1] if days else None)


def visitor_of(holder: PassHolder, gate: Gate) -> Visitor:
    """Return what a gate asks of a person, in a query for each thing that it does ask."""
    form_id, places, chosen = None, frozenset[int](), frozenset[tuple[int, str]]()
    if gate.form_ids:
        form_id = db.session.scalar(select(Registration.form_id).where(Registration.id == holder.id))
    if gate.needs_place_in is not None:
        statement = select(Enrolment.session_id).where(
            Enrolment.registration_id == holder.id, Enrolment.status == EnrolmentStatus.ENROLLED
        )
        places = frozenset(db.session.scalars(statement))
    if gate.choice is not None:
        rows = db.session.execute(
            select(ChosenOption.field_id, ChosenOption.option).where(
                ChosenOption.registration_id == holder.id
            )
        )
        chosen = frozenset((row[0], row[1]) for row in rows)
    return Visitor(holder.status, form_id, places, chosen)


def history_of(checkpoint: Checkpoint, registration_id: int) -> list[Passage]:
    """Return when a person went through a checkpoint, or through another that leads into the same place.

    Entering one room leaves the other: a passage into another room reads as one out of this.
    """
    statement = select(Scan.scanned_at, Scan.direction, Scan.room_id).where(
        Scan.registration_id == registration_id, Scan.result.in_(WENT_THROUGH)
    )
    if checkpoint.room_id is not None:
        rows = db.session.execute(statement.where(Scan.room_id.is_not(None)))
        return [
            Passage(at, Direction(direction))
            if room_id == checkpoint.room_id
            else Passage(at, Direction.OUT, elsewhere=True)
            for at, direction, room_id in rows
        ]
    if checkpoint.session_id is not None:
        statement = statement.where(Scan.session_id == checkpoint.session_id)
    else:
        statement = statement.where(Scan.checkpoint_id.in_(_of_same_place(checkpoint)))
    return [Passage(at, Direction(direction)) for at, direction, _room in db.session.execute(statement)]


def _of_same_place(checkpoint: Checkpoint) -> list[int]:
    statement = select(Checkpoint.id).where(
        Checkpoint.event_id == checkpoint.event_id,
        Checkpoint.kind == checkpoint.kind,
        or_(Checkpoint.kind == CheckpointKind.EVENT, Checkpoint.day_id == checkpoint.day_id),
    )
    return list(db.session.scalars(statement))


def repeated(checkpoint_id: int, before: Reading) -> tuple[int, datetime | None]:
    """Return how many are inside now, and the time told with a reading that was recorded before."""
    checkpoint = db.session.get_one(Checkpoint, checkpoint_id)
    number = inside(checkpoint.event_id, place_of(checkpoint))
    if before.result in WENT_THROUGH or before.registration_id is None:
        return number, before.scanned_at if before.result in WENT_THROUGH else None
    came = [one.at for one in history_of(checkpoint, before.registration_id) if one.direction is Direction.IN]
    return number, min(came, default=None) if before.result is ScanResult.ALREADY else None


def inside(event_id: int, place: str) -> int:
    """Return how many people are inside a place now."""
    statement = select(func.count()).where(Whereabouts.event_id == event_id, Whereabouts.place == place)
    return db.session.scalar(statement) or 0


def inside_by_place(event_id: int) -> dict[str, int]:
    """Return how many people are inside each place of an event where anybody is."""
    statement = select(Whereabouts.place, func.count()).where(Whereabouts.event_id == event_id)
    return {place: number for place, number in db.session.execute(statement.group_by(Whereabouts.place))}  # noqa: C416


class OpenStay(NamedTuple):
    """Somebody who came in and never went out, as far as was read."""

    registration_id: int
    scope: str
    checkpoint_id: int
    scan_id: int
    since: datetime


def open_stays(*, before: datetime, limit: int) -> list[OpenStay]:
    """Return who has been inside since before a moment, the longest first."""
    one = Whereabouts
    statement = (
        select(one.registration_id, one.scope, one.checkpoint_id, one.scan_id, one.since)
        .where(one.since < before)
        .order_by(one.since, one.registration_id)
        .limit(limit)
    )
    return [OpenStay._make(row) for row in db.session.execute(statement)]


def is_leaving_read(checkpoint: Checkpoint) -> bool:
    """Return whether passes are read on the way out of a checkpoint's place, so that staying in it ends."""
    statement = select(Checkpoint.id).where(
        Checkpoint.event_id == checkpoint.event_id,
        Checkpoint.kind == checkpoint.kind,
        Checkpoint.ways != Ways.IN,
        _same(Checkpoint.day_id, checkpoint.day_id),
        _same(Checkpoint.session_id, checkpoint.session_id),
        _same(Checkpoint.room_id, checkpoint.room_id),
    )
    return db.session.scalar(statement.limit(1)) is not None


def _same(column: InstrumentedAttribute[int | None], number: int | None) -> ColumnElement[bool]:
    return column.is_(None) if number is None else column == number


def sessions_at(checkpoint: Checkpoint, day_id: int) -> list[Span]:
    """Return when the sessions are that a checkpoint's place holds on a day."""
    statement = select(Session.starts_at, Session.ends_at).where(Session.day_id == day_id)
    if checkpoint.session_id is not None:
        statement = statement.where(Session.id == checkpoint.session_id)
    if checkpoint.room_id is not None:
        statement = statement.where(Session.room_id == checkpoint.room_id)
    return [Span(starts_at, ends_at) for starts_at, ends_at in db.session.execute(statement)]
