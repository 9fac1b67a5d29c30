"""What the live page counts: a day's people, where they are now and where they come from, in a few queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, literal, or_, select

from app.attendance import rules
from app.attendance.models import AttendanceEvent, LedgerKind, LedgerSource, PresenceInterval
from app.attendance.queries.came import THERE, stands
from app.attendance.queries.ledger import slots
from app.attendance.rules import Crowd, Fact
from app.events.models import Day, Event, Room, Session
from app.extensions import db
from app.registration.models import Registration

MOST = 10  # institutions and departments that are named; the others are counted together
_ROWS = AttendanceEvent.__table__.c
_FACT = tuple(_ROWS[name] for name in Fact._fields)


@dataclass(frozen=True)
class LiveDay:
    """A day as it goes: who came and is inside, and of those who came how many from where, most first.

    `on_screen` are those whose room is open now, by session. The last of `regions` (by department's code, "" where it
    is not known) and of `institutions` counts all others together, under None.
    """

    crowd: Crowd
    on_screen: dict[int, int]
    rooms: dict[int, str]
    regions: list[tuple[str | None, int]]
    institutions: list[tuple[str | None, int]]


def live_day(event: Event, day: Day, *, at: datetime) -> LiveDay:
    """Return a day as it goes, in seven queries however many people there are."""
    programme = [slot for slot in slots(event.id) if slot.day_id == day.id]
    crowd = rules.crowd(programme, _recorded(event, day))
    regions: Counter[str] = Counter()
    institutions: Counter[str] = Counter()
    origins = select(Registration.id, func.substr(Registration.ubigeo, 1, 2), Registration.entity).where(
        Registration.event_id == event.id
    )
    for person, department, entity in db.session.execute(origins):
        if person in crowd.ways:
            regions[department] += 1
            institutions[entity] += 1
    names = select(Room.id, Room.name).where(Room.event_id == event.id)
    return LiveDay(
        crowd,
        _on_screen(event, day, at=at),
        {number: name for number, name in db.session.execute(names)},  # noqa: C416 - a Row is no pair
        _largest(regions),
        _largest(institutions),
    )


def _largest(counted: Counter[str]) -> list[tuple[str | None, int]]:
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    rest = sum(number for _name, number in ordered[MOST:])
    named: list[tuple[str | None, int]] = list(ordered[:MOST])
    return [*named, (None, rest)] if rest else named


def _recorded(event: Event, day: Day) -> dict[int, list[Fact]]:
    """Return the rows about a day, of its sessions too, by registration."""
    sessions = select(Session.id).where(Session.day_id == day.id)
    found: dict[int, list[Fact]] = {}
    # A correction has the scope of the row that it corrects.
    rows = select(_ROWS.registration_id, *_FACT).where(
        _ROWS.event_id == event.id, or_(_ROWS.day_id == day.id, _ROWS.session_id.in_(sessions))
    )
    for person, *row in db.session.execute(rows):
        found.setdefault(person, []).append(Fact._make(row))
    growing = PresenceInterval
    open_ones = select(growing.registration_id, growing.session_id, growing.starts_at, growing.ends_at).where(
        growing.event_id == event.id, ~growing.in_ledger, growing.session_id.in_(sessions)
    )
    for person, session_id, starts_at, ends_at in db.session.execute(open_ones):
        seen = Fact(0, LedgerKind.INTERVAL, None, session_id, None, starts_at, ends_at, LedgerSource.PRESENCE)
        found.setdefault(person, []).append(seen)
    return found


def _on_screen(event: Event, day: Day, *, at: datetime) -> dict[int, int]:
    """Return how many people have which session's room open: were heard of within the longest silence."""
    growing = PresenceInterval
    statement = (
        select(growing.session_id, func.count(growing.registration_id.distinct()))
        .join(Session, Session.id == growing.session_id)
        .where(
            growing.event_id == event.id,
            ~growing.in_ledger,
            Session.day_id == day.id,
            growing.ends_at > at - rules.LONGEST_SILENCE + rules.BEAT,
        )
        .group_by(growing.session_id)
    )
    return {session_id: number for session_id, number in db.session.execute(statement)}  # noqa: C416


def came_by_day(event: Event) -> dict[int, dict[rules.Way, int]]:
    """Return how many people came on each day: at the door, else on a screen, else in a list; each once a day."""
    row, seen = AttendanceEvent, PresenceInterval
    day_id = func.coalesce(row.day_id, Session.day_id)
    rank = case((row.kind == LedgerKind.ARRIVAL, 0), (row.kind == LedgerKind.INTERVAL, 1), else_=2)
    settled = (
        select(row.registration_id.label("person"), day_id.label("day_id"), rank.label("rank"))
        .outerjoin(Session, Session.id == row.session_id)
        .where(row.event_id == event.id, row.kind.in_(THERE), stands())
    )
    open_ones = (
        select(seen.registration_id, Session.day_id, literal(1))
        .join(Session, Session.id == seen.session_id)
        .where(and_(seen.event_id == event.id, ~seen.in_ledger))
    )
    rows = settled.union_all(open_ones).subquery()
    best = (
        select(rows.c.day_id, func.min(rows.c.rank).label("rank"))
        .group_by(rows.c.person, rows.c.day_id)
        .subquery()
    )
    statement = select(best.c.day_id, best.c.rank, func.count()).group_by(best.c.day_id, best.c.rank)
    found: dict[int, dict[rules.Way, int]] = {day.id: dict.fromkeys(rules.Way, 0) for day in event.days}
    for number, place, count in db.session.execute(statement):
        found[number][tuple(rules.Way)[place]] = count
    doubtful = _with_withdrawals(event)
    for day in event.days:
        if day.id in doubtful:
            of_day = [slot for slot in slots(event.id) if slot.day_id == day.id]
            found[day.id] = dict.fromkeys(rules.Way, 0) | rules.crowd(of_day, _recorded(event, day)).by_way
    return found


def _with_withdrawals(event: Event) -> set[int]:
    """Return the days about which a mark says "was not there": whether anything still counts is asked by person."""
    row = AttendanceEvent
    statement = (
        select(func.coalesce(row.day_id, Session.day_id))
        .outerjoin(Session, Session.id == row.session_id)
        .where(row.event_id == event.id, row.kind == LedgerKind.ABSENT)
    )
    return set(db.session.scalars(statement.distinct()))
