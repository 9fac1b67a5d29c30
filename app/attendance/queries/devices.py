"""Reads for devices at the door and for the office that hands them out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import joinedload

from app import signing
from app.attendance import rules
from app.attendance.models import (
    Checkpoint,
    Direction,
    DoorCount,
    DoorDevice,
    RegistrationChange,
    Scan,
)
from app.attendance.queries.checkpoints import WENT_THROUGH, gate_of, place_of
from app.attendance.queries.ledger import LET_IN
from app.attendance.queries.passages import Facts, Needs, PlacedPassage, facts_of, needs_of, scope_of
from app.events.models import Day, Event
from app.extensions import db
from app.registration.models import DocumentType, Registration, RegistrationStatus

# Scans younger than this are told again with the next answer: an older number may still be on its way to the table.
_SETTLING = timedelta(minutes=1)
_MOST_ENTRIES = 20_000


class Cursor(NamedTuple):
    """How far a device has read: whom of the list (0 where it has all), which change, which scan."""

    after: int
    revision: int
    scan: int

    def __str__(self) -> str:
        return f"{self.after}-{self.revision}-{self.scan}"


class Known(NamedTuple):
    """What a device knows of somebody."""

    id: int
    code: str
    name: str
    entity: str
    status: RegistrationStatus
    document: str
    pass_version: int


class Came(NamedTuple):
    """That somebody was let in on a day."""

    registration_id: int
    day_id: int
    at: datetime


class Changes(NamedTuple):
    """What a device has not read yet; `anew` tells it to forget what it knew, `more` to ask again at once."""

    anew: bool
    more: bool
    people: list[Known]
    facts: dict[int, Facts]
    gone: list[int]
    entries: list[Came]
    passages: list[PlacedPassage]
    cursor: Cursor


def device_by_token(token: str) -> DoorDevice | None:
    """Return the device that shows this token, whatever its state."""
    statement = select(DoorDevice).where(DoorDevice.token_hash == signing.hashed(token))
    return db.session.scalar(statement)


def devices_of(event: Event) -> list[DoorDevice]:
    """Return the devices of an event, the newest first."""
    statement = (
        select(DoorDevice)
        .options(joinedload(DoorDevice.made_by))
        .where(DoorDevice.event_id == event.id)
        .order_by(DoorDevice.id.desc())
    )
    return list(db.session.scalars(statement))


def device_or_404(event: Event, device_id: int) -> DoorDevice:
    """Return a device of this event, or answer 404."""
    statement = select(DoorDevice).where(DoorDevice.id == device_id, DoorDevice.event_id == event.id)
    return db.session.scalar(statement) or abort(404)


def days_of_device(device: DoorDevice) -> list[Day]:
    """Return the days whose doors a device may serve, in order."""
    if device.checkpoint_ids and not device.day_ids:
        return []
    statement = select(Day).where(Day.event_id == device.event_id).order_by(Day.date)
    days = list(db.session.scalars(statement))
    return [day for day in days if not device.day_ids or day.id in device.day_ids]


def people_in_by_day(day_ids: Collection[int]) -> dict[int, int]:
    """Return how many people came in on each of some days."""
    statement = select(DoorCount.day_id, DoorCount.inside).where(DoorCount.day_id.in_(day_ids))
    found = {day_id: inside for day_id, inside in db.session.execute(statement)}  # noqa: C416 - Rows are no pairs
    return {day_id: found.get(day_id, 0) for day_id in day_ids}


def needs_of_checkpoints(checkpoints: Sequence[Checkpoint]) -> Needs:
    """Return what some checkpoints ask of people."""
    return needs_of(gate_of(one) for one in checkpoints)


def changes(
    device_id: int,
    event_id: int,
    day_ids: Sequence[int],
    checkpoints: Sequence[Checkpoint] = (),
    *,
    since: Cursor | None,
    at: datetime,
) -> Changes:
    """Return what a device has not read yet, but for its own scans; without `since`, the beginning of all there is."""
    newest = _newest_revision(event_id)
    anew = since is None or since.revision > newest
    if since is None or anew:
        since = Cursor(-1, newest, 0)
    people, gone, after = _page(event_id, since) if since.after else _changed(event_id, since)
    passed = _passed(event_id, since.scan, but=None if anew else device_id, at=at)
    revision = newest if not since.after else since.revision
    places = {one.id: place_of(one) for one in _of_places(event_id, checkpoints)}
    return Changes(
        anew,
        bool(after) or passed.is_cut,
        people,
        facts_of([one.id for one in people], needs_of_checkpoints(checkpoints)) if checkpoints else {},
        gone,
        _entries(passed.rows, set(day_ids)),
        _passages(passed.rows, places),
        Cursor(after, revision, passed.upto),
    )


def _newest_revision(event_id: int) -> int:
    """Return the first revision that a device may not have seen yet when it reads now."""
    if db.engine.dialect.name == "postgresql":
        # All transactions with a smaller number have ended: what they wrote is in this reading.
        oldest: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(db.session.execute(select(oldest)).scalar_one())
    statement = select(func.max(RegistrationChange.revision)).where(RegistrationChange.event_id == event_id)
    return (db.session.scalar(statement) or 0) + 1


_KNOWN = (
    Registration.id,
    Registration.code,
    Registration.given_names,
    Registration.first_surname,
    Registration.second_surname,
    Registration.entity,
    Registration.status,
    Registration.document_type,
    Registration.document_number,
    Registration.pass_version,
)


def _known(row: Sequence[object]) -> Known:
    number, code, given, first, second, entity, status, kind, document, version = row
    name = " ".join(str(part) for part in (given, first, second) if part)
    # Enough of a document to tell two people of one name apart.
    shown = "" if kind == DocumentType.NONE else f"{str(kind).upper()} ••{str(document)[-3:]}"
    return Known(
        int(str(number)),
        str(code),
        name,
        str(entity),
        RegistrationStatus(str(status)),
        shown,
        int(str(version)),
    )


def _page(event_id: int, since: Cursor) -> tuple[list[Known], list[int], int]:
    statement = (
        select(*_KNOWN)
        .where(Registration.event_id == event_id, Registration.id > since.after)
        .order_by(Registration.id)
        .limit(rules.PEOPLE_AT_ONCE)
    )
    people = [_known(row) for row in db.session.execute(statement)]
    return people, [], people[-1].id if len(people) == rules.PEOPLE_AT_ONCE else 0


def _changed(event_id: int, since: Cursor) -> tuple[list[Known], list[int], int]:
    changed = select(RegistrationChange.registration_id).where(
        RegistrationChange.event_id == event_id, RegistrationChange.revision >= since.revision
    )
    numbers = set(db.session.scalars(changed))
    if not numbers:
        return [], [], 0
    statement = select(*_KNOWN).where(Registration.event_id == event_id, Registration.id.in_(changed))
    people = [_known(row) for row in db.session.execute(statement.order_by(Registration.id))]
    return people, sorted(numbers - {person.id for person in people}), 0


class _Passed(NamedTuple):
    """Scans that let people through, as far as a device has then read, and whether there are more."""

    rows: Sequence[Any]
    upto: int
    is_cut: bool


def _passed(event_id: int, after: int, *, but: int | None, at: datetime) -> _Passed:
    statement = (
        select(
            Scan.id,
            Scan.received_at,
            Scan.registration_id,
            Scan.day_id,
            Scan.scanned_at,
            Scan.checkpoint_id,
            Scan.direction,
            Scan.result,
        )
        .where(
            Scan.event_id == event_id,
            Scan.id > after,
            Scan.registration_id.is_not(None),
            Scan.result.in_(LET_IN),
            or_(Scan.device_id.is_(None), Scan.device_id != (but or 0)),
        )
        .order_by(Scan.id)
        .limit(_MOST_ENTRIES)
    )
    rows = db.session.execute(statement).all()
    upto = after
    for row in rows:
        if row.received_at > at - _SETTLING:
            break
        upto = row.id
    return _Passed(rows, upto, len(rows) == _MOST_ENTRIES and upto == rows[-1].id)


def _entries(rows: Sequence[Any], served: set[int]) -> list[Came]:
    """Return who came in by the doors of some days."""
    return [
        Came(row.registration_id, row.day_id, row.scanned_at)
        for row in rows
        if row.checkpoint_id is None and row.day_id in served
    ]


def _passages(rows: Sequence[Any], places: dict[int, str]) -> list[PlacedPassage]:
    """Return who went through checkpoints that lead into some places."""
    return [
        PlacedPassage(
            row.registration_id, places[row.checkpoint_id], Direction(row.direction), row.scanned_at
        )
        for row in rows
        if row.checkpoint_id in places and row.result in WENT_THROUGH
    ]


def _of_places(event_id: int, checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Return all checkpoints that lead where some of them lead: whoever passed another of them passed these."""
    if not checkpoints:
        return []
    scopes = {scope_of(place_of(one)) for one in checkpoints}
    found = db.session.scalars(select(Checkpoint).where(Checkpoint.event_id == event_id))
    return [one for one in found if scope_of(place_of(one)) in scopes]
