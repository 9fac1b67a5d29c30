"""Reads for the door, which must answer at once.

A scan asks for single columns, never for whole rows, with statements that are built once: building one takes longer
than asking it.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from flask import abort, g
from flask_login import current_user
from sqlalchemy import and_, bindparam, func, or_, outerjoin, select

from app.attendance.models import Direction, DoorCount, Scan, ScanResult
from app.attendance.queries.ledger import LET_IN
from app.events.models import Day, Event
from app.extensions import db
from app.forms import LARGEST_ID
from app.registration.models import DocumentType, PassKey, Registration, RegistrationStatus
from app.registration.rules import folded


class DoorDay(NamedTuple):
    """An event's door on a day; `day_id` is None where the event has no such day."""

    event_id: int
    timezone: str
    day_id: int | None


class PassHolder(NamedTuple):
    """Whose pass it is, as far as the door may know."""

    id: int
    event_id: int
    status: RegistrationStatus
    code: str
    given_names: str
    first_surname: str
    second_surname: str
    entity: str
    document_type: DocumentType
    document_number: str
    pass_version: int

    @property
    def full_name(self) -> str:
        """The name as people say it."""
        return " ".join(part for part in (self.given_names, self.first_surname, self.second_surname) if part)


class Reading(NamedTuple):
    """A scan that was recorded before: what was answered, about whom, and when it was."""

    result: ScanResult
    registration_id: int | None
    day_id: int
    scanned_at: datetime
    checkpoint_id: int | None
    direction: Direction


# Of tables, not of models: what maps rows to objects would take as long again as the database.
_events, _days = Event.metadata.tables[Event.__tablename__].c, Day.metadata.tables[Day.__tablename__].c
_people = Registration.metadata.tables[Registration.__tablename__].c
_scans, _keys = Scan.metadata.tables[Scan.__tablename__].c, PassKey.metadata.tables[PassKey.__tablename__].c
_counts = DoorCount.metadata.tables[DoorCount.__tablename__].c

_DOOR_DAY = (
    select(_events.id, _events.timezone, _days.id, _events.organisation_id)
    .select_from(
        outerjoin(
            _events.id.table,
            _days.id.table,
            and_(_days.event_id == _events.id, _days.date == bindparam("on")),
        )
    )
    .where(_events.slug == bindparam("slug"))
)


def door_day_or_404(slug: str, on: date) -> DoorDay:
    """Return an event that the signed-in person may serve at the door and its day, or answer 404."""
    row = db.session.connection().execute(_DOOR_DAY, {"slug": slug, "on": on}).one_or_none()
    if row is None or not current_user.may(g.permission, organisation_id=row[3], event_id=row[0]):
        abort(404)
    return DoorDay(*row[:3])


_HOLDERS = select(*(_people[name] for name in PassHolder._fields))
_BY_CODE = _HOLDERS.where(_people.code == bindparam("sought"))
_BY_CODE_LOCKED = _BY_CODE.with_for_update()
_BY_ID = _HOLDERS.where(_people.id == bindparam("sought"))
_BY_ID_LOCKED = _BY_ID.with_for_update()


_KEY = (
    select(_keys.public_key)
    .join(_events.id.table, _events.organisation_id == _keys.organisation_id)
    .where(
        _events.id == _people.event_id,
        _keys.number == bindparam("key"),
        or_(_keys.valid_until.is_(None), _keys.valid_until > bindparam("at")),
    )
    .correlate(_people.id.table)
    .scalar_subquery()
)
_WITH_KEY = _HOLDERS.add_columns(_KEY).where(_people.id == bindparam("sought")).with_for_update()


def _holder(values: tuple[object, ...]) -> PassHolder:
    holder = PassHolder._make(values)
    return holder._replace(
        status=RegistrationStatus(holder.status), document_type=DocumentType(holder.document_type)
    )


def holder_by_code(code: str, *, lock: bool = False) -> PassHolder | None:
    """Return whose pass a normalised code is, of whatever event.

    `lock` keeps others from deciding about the same pass until this transaction ends: PostgreSQL locks the
    row, SQLite has one writer anyway.
    """
    statement = _BY_CODE_LOCKED if lock else _BY_CODE
    row = db.session.execute(statement, {"sought": code}).one_or_none()
    return None if row is None else _holder(tuple(row))


def holders_of(passes: Collection[str | int]) -> dict[str | int, PassHolder]:
    """Return whose passes are named by normalised codes and by ids, of whatever event, under what named them.

    Nobody else decides about them meanwhile.

    They are locked in the order of their numbers, so that two who ask for many never wait for each other.
    """
    codes = [one for one in passes if isinstance(one, str)]
    ids = [one for one in passes if isinstance(one, int)]
    named = or_(Registration.code.in_(codes), Registration.id.in_(ids))
    statement = _HOLDERS.where(named).order_by(Registration.id).with_for_update()
    holders = [_holder(tuple(row)) for row in db.session.execute(statement)]
    return {holder.code: holder for holder in holders} | {holder.id: holder for holder in holders}


def holder_by_id(registration_id: int, *, lock: bool = False) -> PassHolder | None:
    """Return whose pass that of a registration is; `lock` as above."""
    if registration_id > LARGEST_ID:
        return None
    statement = _BY_ID_LOCKED if lock else _BY_ID
    row = db.session.execute(statement, {"sought": registration_id}).one_or_none()
    return None if row is None else _holder(tuple(row))


def holder_and_key(
    registration_id: int, key_number: int, *, at: datetime
) -> tuple[PassHolder | None, bytes | None]:
    """Return whose pass that of a registration is, locked as above, and that number's public key if it is in force.

    One query for both: a door scans signed passes by the thousand.
    """
    if registration_id > LARGEST_ID:
        return None, None
    values = {"sought": registration_id, "key": key_number, "at": at}
    row = db.session.connection().execute(_WITH_KEY, values).one_or_none()
    return (None, None) if row is None else (_holder(tuple(row)[:-1]), row[-1])


def holders_by_name(event_id: int, text: str, *, limit: int = 8) -> list[PassHolder]:
    """Return the people of an event whose names, document or code hold every word of `text`."""
    words = folded(text).split()
    if not words:
        return []
    statement = (
        _HOLDERS.where(Registration.event_id == event_id)
        .where(*(Registration.search_text.contains(word, autoescape=True) for word in words))
        .order_by(Registration.sort_key, Registration.id)
        .limit(limit)
    )
    return [_holder(tuple(row)) for row in db.session.execute(statement)]


def people_in(day: Day) -> int:
    """Return how many people came in on a day."""
    return db.session.scalar(select(DoorCount.inside).where(DoorCount.day_id == day.id)) or 0


_IN_AND_FIRST = select(
    select(_counts.inside).where(_counts.day_id == bindparam("day")).scalar_subquery(),
    select(func.min(_scans.scanned_at))
    .where(
        _scans.registration_id == bindparam("person"),
        _scans.day_id == bindparam("day"),
        _scans.result.in_(LET_IN),
        _scans.checkpoint_id.is_(None),
    )
    .scalar_subquery(),
)


def people_in_and_first(day_id: int, registration_id: int | None) -> tuple[int, datetime | None]:
    """Return how many people came in on a day, and when one of them did so first, in one query."""
    values = {"day": day_id, "person": registration_id}
    count, at = db.session.connection().execute(_IN_AND_FIRST, values).one()
    return count or 0, at


def reading_by_nonce(event_id: int, nonce: str) -> Reading | None:
    """Return the scan that a door recorded under its nonce."""
    columns = (getattr(Scan, name) for name in Reading._fields)
    row = db.session.execute(
        select(*columns).where(Scan.event_id == event_id, Scan.nonce == nonce)
    ).one_or_none()
    if row is None:
        return None
    found = Reading._make(row)
    return found._replace(result=ScanResult(found.result), direction=Direction(found.direction))
