"""Who gets a seat: one transaction at a time decides, and what becomes free goes to the next who waits."""

from datetime import datetime

from sqlalchemy import select

from app import audit
from app.events.models import Event, EventStatus
from app.events.rules import today
from app.events.services import capacity_changed
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.models import RegistrationStatus


def lock(event: Event) -> None:
    """Let one transaction at a time decide about an event's seats.

    SQLite has one writer anyway (see unit_of_work); PostgreSQL locks the event's row, after which all that follows
    reads what earlier holders committed.
    """
    if db.engine.dialect.name != "sqlite":
        db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())


def status_of_newcomer(event: Event) -> RegistrationStatus:
    """Return where somebody who registers now would land."""
    if event.capacity is None:
        return RegistrationStatus.CONFIRMED
    return rules.first_status(event.capacity, taken=queries.taken_seats(event))


def is_over(event: Event, *, at: datetime) -> bool:
    """Return whether the event's last day has passed."""
    return event.ends_on is not None and today(event, at=at) > event.ends_on


def promote(event: Event, *, at: datetime) -> int:
    """Confirm as many of the waitlist as there are free seats, first come first served. Returns how many.

    Nobody gets a seat in an event that is over or was called off.
    """
    if is_over(event, at=at) or event.status == EventStatus.CANCELLED:
        return 0
    lock(event)
    free = 10_000 if event.capacity is None else max(0, event.capacity - queries.taken_seats(event))
    promoted = queries.waiting(event, limit=free) if free else []
    for registration in promoted:
        registration.status = RegistrationStatus.CONFIRMED
        registration.confirmed_at = at
        registration.waiting_since = None
        audit.record("registration.promoted", registration, event=event, at=at)
        emails.promoted(registration)
    return len(promoted)


@capacity_changed.connect
def _give_new_seats(event: Event, *, at: datetime) -> None:
    """Let those who wait have the seats that an organiser adds."""
    promote(event, at=at)
