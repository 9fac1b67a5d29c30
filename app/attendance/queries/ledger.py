"""The ledger: what counts for whom, computed from scans, marks and presence each time it is asked for."""

from collections import defaultdict
from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, and_, func, select

from app.attendance import rules
from app.attendance.models import AttendanceMark, Direction, PresenceInterval, Scan, ScanResult
from app.attendance.rules import Entry, Evidence, Mark, Presence, Slot
from app.events import queries as events
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration

# Both say that the person was let in: the second may be all that stands after a mark took the first back.
LET_IN = (ScanResult.ADMITTED, ScanResult.ALREADY, ScanResult.FORCED)
# A session's or a room's checkpoint says nothing of the rest of the day.
INTO_THE_DAY = and_(Scan.session_id.is_(None), Scan.room_id.is_(None), Scan.direction == Direction.IN)
_Table = type[Scan] | type[AttendanceMark] | type[PresenceInterval]
_Scope = Callable[[_Table], ColumnElement[bool]]


def _evidence(scope: _Scope) -> dict[int, Evidence]:
    """Return all that is recorded, by registration, in three queries; `scope` says about whom."""
    found: defaultdict[int, Evidence] = defaultdict(Evidence)
    entries = (
        select(Scan.registration_id, Scan.day_id, func.max(Scan.scanned_at), func.min(Scan.scanned_at))
        .where(scope(Scan), Scan.result.in_(LET_IN), INTO_THE_DAY)
        .group_by(Scan.registration_id, Scan.day_id)
    )
    for person, day_id, newest, first in db.session.execute(entries):
        if person is not None:
            found[person].entries.append(Entry(day_id, newest, first))
    mark = AttendanceMark
    marks = select(mark.registration_id, mark.day_id, mark.session_id, mark.present, mark.marked_at)
    for person, day, session, present, at in db.session.execute(marks.where(scope(mark)).order_by(mark.id)):
        found[person].marks.append(Mark(day, session, present, at))
    seen = PresenceInterval
    presence = select(seen.registration_id, seen.session_id, seen.starts_at, seen.ends_at)
    for person, session_id, starts_at, ends_at in db.session.execute(presence.where(scope(seen))):
        found[person].presence.append(Presence(session_id, starts_at, ends_at))
    return dict(found)


def evidence_of(registration_ids: Collection[int]) -> dict[int, Evidence]:
    """Return all that is recorded about some people, in three queries; about whom nothing is, is left out."""
    return _evidence(lambda table: table.registration_id.in_(registration_ids))


def _of_person(registration: Registration) -> Evidence:
    recorded = _evidence(lambda table: table.registration_id == registration.id)
    return recorded.get(registration.id, Evidence())


def slots(event_id: int) -> list[Slot]:
    """Return the sessions of an event that count, in the order of time."""
    return rules.slots_of(events.sessions_of(event_id))


def programme_minutes(event: Event) -> int:
    """Return how many minutes of an event's programme count, parallel sessions once."""
    return rules.programme_minutes(slots(event.id))


def attended_minutes(event: Event) -> dict[int, int]:
    """Return the minutes attended by each registration of an event, in five queries and linear time."""
    programme = slots(event.id)
    recorded = _evidence(lambda table: table.event_id == event.id)
    known: dict[frozenset[int], int] = {}
    everybody = db.session.scalars(select(Registration.id).where(Registration.event_id == event.id))
    return {number: _minutes(programme, recorded.get(number), known) for number in everybody}


def _minutes(programme: list[Slot], recorded: Evidence | None, known: dict[frozenset[int], int]) -> int:
    """Return a person's minutes. `known` keeps those of whole sessions, which most people share with many."""
    if recorded is None:
        return 0
    if recorded.presence:
        return rules.attended_minutes(programme, recorded)
    whole = rules.whole_sessions(programme, recorded)
    if whole not in known:
        known[whole] = rules.minutes(slot.span for slot in programme if slot.session_id in whole)
    return known[whole]


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
    tables: tuple[_Table, ...] = (Scan, AttendanceMark, PresenceInterval)
    return any(
        db.session.scalar(select(table.id).where(table.event_id == event.id).limit(1)) is not None
        for table in tables
    )


def scans_of(registration: Registration) -> list[Scan]:
    """Return a person's scans, the newest first."""
    newest_first = (Scan.scanned_at.desc(), Scan.id.desc())
    return list(
        db.session.scalars(
            select(Scan).where(Scan.registration_id == registration.id).order_by(*newest_first)
        )
    )


def marks_of(registration: Registration) -> list[AttendanceMark]:
    """Return what was written by hand about a person, the newest first."""
    newest_first = (AttendanceMark.marked_at.desc(), AttendanceMark.id.desc())
    return list(
        db.session.scalars(
            select(AttendanceMark)
            .where(AttendanceMark.registration_id == registration.id)
            .order_by(*newest_first)
        )
    )
