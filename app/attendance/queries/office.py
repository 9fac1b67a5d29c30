"""Reads for the office: numbers by day and session, people with what is known of their days, recent scans."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, Subquery, distinct, func, null, select, union_all

from app.accounts.models import User
from app.attendance import rules
from app.attendance.models import (
    AttendanceEvent,
    DoorCount,
    LedgerKind,
    PresenceInterval,
    Scan,
    ScanResult,
    ScanSource,
)
from app.attendance.queries.came import stands
from app.attendance.queries.ledger import LET_IN, evidence_of, slots
from app.attendance.rules import Slot
from app.events.models import Day, Event, Session
from app.extensions import db
from app.registration.models import ENDED, Registration
from app.registration.rules import folded

PAGE = 50


class DayNumbers(NamedTuple):
    """How many people a day saw at the door, on a screen and by hand, and how many scans it refused."""

    at_the_door: int
    on_screen: int
    by_hand: int
    refused: int


class DayState(NamedTuple):
    """What is known of a person's day: minutes attended of those that count, and why."""

    minutes: int
    of: int
    entered_at: datetime | None
    on_screen: bool
    marked: bool | None


class RecentScan(NamedTuple):
    """A scan with what people call its parts; no name where the pass is not of this event."""

    scanned_at: datetime
    received_at: datetime
    result: ScanResult
    source: ScanSource
    typed_code: str
    registration_id: int | None
    given_names: str | None
    first_surname: str | None
    by: str | None

    @property
    def name(self) -> str:
        """Whose pass it was, or nothing."""
        return " ".join(part for part in (self.given_names, self.first_surname) if part)


def by_day(event: Event) -> dict[int, DayNumbers]:
    """Return the numbers of each day of an event, in four queries."""
    admitted = _counts(
        select(DoorCount.day_id, DoorCount.inside)
        .join(Day, Day.id == DoorCount.day_id)
        .where(Day.event_id == event.id)
    )
    refused = _counts(
        select(Scan.day_id, func.count())
        .where(Scan.event_id == event.id, Scan.result.not_in(LET_IN))
        .group_by(Scan.day_id)
    )
    seen = _seen(event)
    on_screen = _counts(
        select(func.coalesce(seen.c.day_id, Session.day_id), func.count(distinct(seen.c.registration_id)))
        .outerjoin(Session, Session.id == seen.c.session_id)
        .group_by(func.coalesce(seen.c.day_id, Session.day_id))
    )
    day_id = func.coalesce(AttendanceEvent.day_id, Session.day_id)
    by_hand = _counts(
        select(day_id, func.count(distinct(AttendanceEvent.registration_id)))
        .outerjoin(Session, Session.id == AttendanceEvent.session_id)
        .where(AttendanceEvent.event_id == event.id, AttendanceEvent.kind == LedgerKind.PRESENT, stands())
        .group_by(day_id)
    )
    numbers = (admitted, on_screen, by_hand, refused)
    return {day.id: DayNumbers(*(found.get(day.id, 0) for found in numbers)) for day in event.days}


def _counts(statement: Select[Any, int]) -> dict[int, int]:
    return {key: number for key, number in db.session.execute(statement)}  # noqa: C416 - a Row is no pair to dict()


def _seen(event: Event) -> Subquery:
    """Return who was measured where: intervals of the ledger, and those that still grow."""
    row, growing = AttendanceEvent, PresenceInterval
    settled = select(row.registration_id, row.session_id, row.day_id).where(
        row.event_id == event.id, row.kind == LedgerKind.INTERVAL, stands()
    )
    open_ones = select(growing.registration_id, growing.session_id, null()).where(
        growing.event_id == event.id, ~growing.in_ledger
    )
    return union_all(settled, open_ones).subquery()


def on_screen_by_session(event: Event) -> dict[int, int]:
    """Return how many people had each session's room open."""
    seen = _seen(event)
    return _counts(
        select(seen.c.session_id, func.count(distinct(seen.c.registration_id)))
        .where(seen.c.session_id.is_not(None))
        .group_by(seen.c.session_id)
    )


def marked_sessions(event: Event) -> dict[int, int]:
    """Return how many people were written down for each session alone."""
    return _counts(
        select(AttendanceEvent.session_id, func.count(distinct(AttendanceEvent.registration_id)))
        .where(
            AttendanceEvent.event_id == event.id,
            AttendanceEvent.session_id.is_not(None),
            AttendanceEvent.kind == LedgerKind.PRESENT,
            stands(),
        )
        .group_by(AttendanceEvent.session_id)
    )


def people(event: Event, *, text: str = "", page: int = 1) -> Pagination:
    """Return a page of 50 people of an event who did not cancel, whose record holds every word of `text`."""
    statement = select(Registration).where(
        Registration.event_id == event.id,
        Registration.status.not_in(ENDED),
        *(Registration.search_text.contains(word, autoescape=True) for word in folded(text).split()),
    )
    return db.paginate(
        statement.order_by(Registration.sort_key, Registration.id), page=page, per_page=PAGE, error_out=False
    )


def person_or_404(event: Event, registration_id: int) -> Registration:
    """Return a registration of this event, or answer 404."""
    statement = select(Registration).where(
        Registration.id == registration_id, Registration.event_id == event.id
    )
    return db.session.scalar(statement) or abort(404)


def per_day(event: Event, registration_ids: Collection[int]) -> dict[int, dict[int, DayState]]:
    """Return what is known of some people's days, by registration and day, in four queries."""
    programme = slots(event.id)
    recorded = evidence_of(registration_ids)
    return {number: _days(event, programme, recorded.get(number, [])) for number in registration_ids}


def _days(event: Event, programme: Sequence[Slot], recorded: rules.Evidence) -> dict[int, DayState]:
    attended = rules.minutes_by_day(programme, recorded)
    day_of = {slot.session_id: slot.day_id for slot in programme}
    entered: dict[int, datetime] = {}
    seen = set()
    for fact in rules.standing(recorded):
        day_id = fact.day_id or day_of.get(fact.session_id or 0)
        if fact.kind == LedgerKind.INTERVAL:
            seen.add(day_id)
        elif fact.kind == LedgerKind.ARRIVAL and day_id is not None:
            entered[day_id] = min(fact.starts_at, entered.get(day_id, fact.starts_at))
    states = {}
    for day in event.days:
        mark = rules.newest_mark(recorded, day_id=day.id)
        states[day.id] = DayState(
            attended.get(day.id, 0),
            rules.programme_minutes(slot for slot in programme if slot.day_id == day.id),
            entered.get(day.id),
            day.id in seen,
            None if mark is None else mark.is_present,
        )
    return states


def recent_scans(event: Event, *, limit: int = 20, refused: bool = False) -> list[RecentScan]:
    """Return the last scans of an event, the newest first; with `refused`, only those that let nobody in."""
    statement = (
        select(
            Scan.scanned_at,
            Scan.received_at,
            Scan.result,
            Scan.source,
            Scan.typed_code,
            Scan.registration_id,
            Registration.given_names,
            Registration.first_surname,
            User.name,
        )
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .outerjoin(User, User.id == Scan.scanned_by_id)
        .where(Scan.event_id == event.id)
        .order_by(Scan.id.desc())
        .limit(limit)
    )
    if refused:
        statement = statement.where(Scan.result.not_in(LET_IN))
    return [RecentScan._make(row) for row in db.session.execute(statement)]
