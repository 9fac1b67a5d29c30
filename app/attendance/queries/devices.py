"""Reads for devices at the door and for the office that hands them out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import joinedload

from app import signing
from app.attendance import rules
from app.attendance.models import DoorCount, DoorDevice, RegistrationChange, Scan
from app.attendance.queries.ledger import LET_IN
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
    gone: list[int]
    entries: list[Came]
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
    statement = select(Day).where(Day.event_id == device.event_id).order_by(Day.date)
    days = list(db.session.scalars(statement))
    return [day for day in days if not device.day_ids or day.id in device.day_ids]


def people_in_by_day(day_ids: Collection[int]) -> dict[int, int]:
    """Return how many people came in on each of some days."""
    statement = select(DoorCount.day_id, DoorCount.inside).where(DoorCount.day_id.in_(day_ids))
    found = {day_id: inside for day_id, inside in db.session.execute(statement)}  # noqa: C416 - Rows are no pairs
    return {day_id: found.get(day_id, 0) for day_id in day_ids}


def changes(
    device_id: int, event_id: int, day_ids: Sequence[int], *, since: Cursor | None, at: datetime
) -> Changes:
    """Return what a device has not read yet, but for its own scans; without `since`, the beginning of all there is."""
    newest = _newest_revision(event_id)
    anew = since is None or since.revision > newest
    if since is None or anew:
        since = Cursor(-1, newest, 0)
    people, gone, after = _page(event_id, since) if since.after else _changed(event_id, since)
    entries, scan, is_cut = _entries(event_id, day_ids, since.scan, but=None if anew else device_id, at=at)
    revision = newest if not since.after else since.revision
    return Changes(anew, bool(after) or is_cut, people, gone, entries, Cursor(after, revision, scan))


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


def _entries(
    event_id: int, day_ids: Sequence[int], after: int, *, but: int | None, at: datetime
) -> tuple[list[Came], int, bool]:
    """Return who was let in, how far a device has then read, and whether there is more."""
    statement = (
        select(Scan.id, Scan.received_at, Scan.registration_id, Scan.day_id, Scan.scanned_at)
        .where(
            Scan.event_id == event_id,
            Scan.id > after,
            Scan.registration_id.is_not(None),
            Scan.result.in_(LET_IN),
            Scan.checkpoint_id.is_(None),
            or_(Scan.device_id.is_(None), Scan.device_id != (but or 0)),
        )
        .order_by(Scan.id)
        .limit(_MOST_ENTRIES)
    )
    rows = db.session.execute(statement).all()
    scan = after
    for number, received_at, *_rest in rows:
        if received_at > at - _SETTLING:
            break
        scan = number
    served = set(day_ids)
    entries = [
        Came(person, day, moment)
        for _id, _at, person, day, moment in rows
        if person is not None and day in served
    ]
    return entries, scan, len(rows) == _MOST_ENTRIES and scan == rows[-1][0]
