"""The ledger as it stands: what is recorded about people, as rules take it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select, true

from app.attendance import rules
from app.attendance.models import (
    AttendanceEvent,
    Checkpoint,
    CheckpointKind,
    LedgerKind,
    LedgerSource,
    PresenceInterval,
    Scan,
    ScanResult,
)
from app.attendance.rules import Evidence, Fact, Slot
from app.events import queries as events
from app.events.models import Event, Session
from app.extensions import db
from app.registration.models import Registration

# Both say that the person was let in: the second may be all that stands after a correction took the first back.
LET_IN = (ScanResult.ADMITTED, ScanResult.ALREADY, ScanResult.FORCED)
MANY = 1000  # people of whom to ask by their ids: of more, the whole event is asked
_ROWS = AttendanceEvent.__table__.c
_OPEN = PresenceInterval.__table__.c
_FACT = tuple(_ROWS[name] for name in Fact._fields)
# What each beat of a room asks is built once.
_LEDGER_OF_ONE = select(*_FACT).where(_ROWS.registration_id == bindparam("person"))
_GROWING_OF_ONE = select(_OPEN.session_id, _OPEN.starts_at, _OPEN.ends_at).where(
    _OPEN.registration_id == bindparam("person"), ~_OPEN.in_ledger
)


def _evidence(ledger: ColumnElement[bool], growing: ColumnElement[bool] | None) -> dict[int, list[Fact]]:
    """Return what is recorded, by registration, in two queries; the second asks for what still grows."""
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    for person, *row in db.session.execute(select(_ROWS.registration_id, *_FACT).where(ledger)):
        found[person].append(Fact._make(row))
    if growing is not None:
        columns = (_OPEN.registration_id, _OPEN.session_id, _OPEN.starts_at, _OPEN.ends_at)
        for person, session_id, starts_at, ends_at in db.session.execute(
            select(*columns).where(growing, ~_OPEN.in_ledger)
        ):
            found[person].append(growing_stretch(session_id, starts_at, ends_at))
    return dict(found)


def growing_stretch(session_id: int, starts_at: datetime, ends_at: datetime) -> Fact:
    """Return a stretch of presence that is not over as the ledger will know it."""
    return Fact(0, LedgerKind.INTERVAL, None, session_id, None, starts_at, ends_at, LedgerSource.PRESENCE)


def evidence_of(registration_ids: Collection[int]) -> dict[int, list[Fact]]:
    """Return all that is recorded about some people, in two queries; about whom nothing is, is left out."""
    return _evidence(_ROWS.registration_id.in_(registration_ids), _OPEN.registration_id.in_(registration_ids))


def evidence_of_event(event_id: int) -> dict[int, list[Fact]]:
    """Return all that is recorded about an event's people, in two queries."""
    return _evidence(_ROWS.event_id == event_id, _OPEN.event_id == event_id)


def settled_evidence(registration_ids: Collection[int]) -> dict[int, list[Fact]]:
    """Return what the ledger alone says about some people, without intervals that still grow."""
    return _evidence(_ROWS.registration_id.in_(registration_ids), None)


def evidence_of_one(registration_id: int) -> list[Fact]:
    """Return all that is recorded about one person, in two queries."""
    one = {"person": registration_id}
    ledger = [Fact._make(row) for row in db.session.execute(_LEDGER_OF_ONE, one)]
    return ledger + [growing_stretch(*row) for row in db.session.execute(_GROWING_OF_ONE, one)]


def _of_person(registration: Registration) -> Evidence:
    return evidence_of_one(registration.id)


def slots(event_id: int) -> list[Slot]:
    """Return the sessions of an event that count, in the order of time."""
    sessions = events.sessions_of(event_id)
    return rules.slots_of(sessions, _with_own_door(event_id, sessions))


def _with_own_door(event_id: int, sessions: Sequence[Session]) -> frozenset[int]:
    """Return the sessions at which passes were read, or are to be: at their own door or that of their room.

    A checkpoint says nothing of what was over before it was made, nor of what began after it was closed.
    """
    columns = (Checkpoint.session_id, Checkpoint.room_id, Checkpoint.created_at, Checkpoint.closed_at)
    doors = db.session.execute(
        select(*columns).where(
            Checkpoint.event_id == event_id,
            Checkpoint.kind.in_((CheckpointKind.SESSION, CheckpointKind.ROOM)),
        )
    ).all()
    return frozenset(
        one.id
        for one in sessions
        for session_id, room_id, created_at, closed_at in doors
        if (session_id == one.id or (room_id is not None and room_id == one.room_id))
        and created_at < one.ends_at
        and (closed_at is None or closed_at > one.starts_at)
    )


def programme_minutes(event: Event) -> int:
    """Return how many minutes of an event's programme count, parallel sessions once."""
    return rules.programme_minutes(rules.slots_of(events.sessions_of(event.id)))


def attended_minutes_of(registration: Registration) -> int:
    """Return the minutes that one person attended."""
    return rules.attended_minutes(slots(registration.event_id), _of_person(registration))


def by_session(registration: Registration) -> dict[int, int]:
    """Return the minutes that a person attended of each session that counts, by the session's id."""
    return rules.minutes_by_session(slots(registration.event_id), _of_person(registration))


def session_minutes(registration: Registration, slot: Slot) -> int:
    """Return the minutes that a person attended of one session that counts."""
    return rules.attended_minutes([slot], _of_person(registration))


def is_any(event: Event) -> bool:
    """Return whether anything at all is recorded of who attended an event."""
    return any(
        db.session.scalar(select(table.id).where(table.event_id == event.id, more).limit(1)) is not None
        for table, more in (
            (AttendanceEvent, true()),
            (Scan, true()),
            (PresenceInterval, ~PresenceInterval.in_ledger),
        )
    )


def scans_of(registration: Registration) -> list[Scan]:
    """Return a person's scans, the newest first."""
    newest_first = (Scan.scanned_at.desc(), Scan.id.desc())
    return list(
        db.session.scalars(
            select(Scan).where(Scan.registration_id == registration.id).order_by(*newest_first)
        )
    )
