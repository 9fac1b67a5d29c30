"""Reads for the dashboard and an event's summary, put together from the packages below."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from app.attendance import queries as attendance
from app.certificates import queries as certificates
from app.certificates.models import Certificate, CertificateEnding
from app.events import queries as events
from app.events.models import Event, EventStatus
from app.events.rules import Missing, missing, today
from app.extensions import db
from app.localisation import local
from app.registration import queries as registration
from app.registration.models import UNDER_REVIEW, Registration, RegistrationStatus

CHART_DAYS = 21


@dataclass(frozen=True)
class Listed:
    """An event in the dashboard with its numbers."""

    event: Event
    confirmed: int
    waitlisted: int
    under_review: int


class Step(StrEnum):
    """What an organiser does for an event, in this order."""

    AGENDA = "agenda"
    PUBLISH = "publish"
    REGISTER = "register"
    ATTEND = "attend"
    ISSUE = "issue"


@dataclass(frozen=True)
class Bar:
    """How many registered on a date of the event's own zone."""

    day: date
    count: int


@dataclass(frozen=True)
class Summary:
    """An event at a glance."""

    confirmed: int
    waitlisted: int
    under_review: int
    inside_today: int | None
    issued: int
    missing: list[Missing]
    done: frozenset[Step]
    bars: list[Bar]


def listed(chosen: Iterable[Event]) -> list[Listed]:
    """Return events with their numbers, in one query for all of them."""
    everything = list(chosen)
    statement = (
        select(Registration.event_id, Registration.status, func.count())
        .where(Registration.event_id.in_([event.id for event in everything]))
        .group_by(Registration.event_id, Registration.status)
    )
    numbers = {(event_id, status): count for event_id, status, count in db.session.execute(statement)}
    return [
        Listed(
            event,
            confirmed=numbers.get((event.id, RegistrationStatus.CONFIRMED), 0),
            waitlisted=numbers.get((event.id, RegistrationStatus.WAITLISTED), 0),
            under_review=sum(numbers.get((event.id, status), 0) for status in UNDER_REVIEW),
        )
        for event in everything
    ]


def is_past(event: Event, *, at: datetime) -> bool:
    """Return whether an event's last day is over; one without days is still to come."""
    return event.ends_on is not None and event.ends_on < today(event, at=at)


def summary(event: Event, *, at: datetime) -> Summary:
    """Return an event's numbers, what it lacks, what is done, and how registrations came in."""
    counts = registration.counts(event.id)
    lacks = missing(event, events.sessions_of(event.id))
    issued = _issued(event)
    present_day = next((day for day in event.days if day.date == today(event, at=at)), None)
    done = {
        Step.AGENDA: Missing.DAY not in lacks and Missing.SESSION not in lacks,
        Step.PUBLISH: event.status != EventStatus.DRAFT,
        Step.REGISTER: counts[RegistrationStatus.CONFIRMED] > 0,
        Step.ATTEND: attendance.is_any(event),
        Step.ISSUE: issued > 0 and certificates.unfinished_run(event.id) is None,
    }
    return Summary(
        confirmed=counts[RegistrationStatus.CONFIRMED],
        waitlisted=counts[RegistrationStatus.WAITLISTED],
        under_review=sum(counts[status] for status in UNDER_REVIEW),
        inside_today=None if present_day is None else attendance.people_in(present_day),
        issued=issued,
        missing=lacks,
        done=frozenset(step for step, is_done in done.items() if is_done),
        bars=_bars(event),
    )


def _issued(event: Event) -> int:
    statement = (
        select(func.count(Certificate.id))
        .outerjoin(Certificate.ending)
        .where(Certificate.event_id == event.id, CertificateEnding.id.is_(None))
    )
    return db.session.scalar(statement) or 0


def _bars(event: Event) -> list[Bar]:
    """Return the registrations of each of the days up to the last on which one came in."""
    newest = db.session.scalar(
        select(func.max(Registration.created_at)).where(Registration.event_id == event.id)
    )
    if newest is None:
        return []
    last = local(newest, event.timezone).date()
    first = last - timedelta(days=CHART_DAYS - 1)
    since = newest - timedelta(days=CHART_DAYS)
    moments = db.session.scalars(
        select(Registration.created_at).where(
            Registration.event_id == event.id, Registration.created_at >= since
        )
    )
    found = Counter(local(moment, event.timezone).date() for moment in moments)
    days = (first + timedelta(days=index) for index in range(CHART_DAYS))
    return [Bar(day, found[day]) for day in days]
