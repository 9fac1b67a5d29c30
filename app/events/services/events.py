"""Writes of events: creating, editing, publishing, cancelling."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from blinker import Signal
from sqlalchemy import select

from app import audit, changes
from app.accounts.models import Organisation
from app.events import queries, rules
from app.events.errors import (
    DaysOutOfOrder,
    NothingToPublish,
    PeopleRegistered,
    SlugFixed,
    SlugReserved,
    SlugTaken,
    TooManyDays,
    WindowOutOfOrder,
    WrongStatus,
)
from app.events.models import Day, Event, EventStatus, HourUnit, Modality
from app.extensions import db

capacity_changed = Signal(
    "Sent with the event and `at`, in the same transaction, once its capacity was changed."
)

event_cancelled = Signal("Sent with the event and `at`, in the same transaction, once it was called off.")


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """What an office tells of an event. Moments are aware; `hours` counts in `hour_unit`; None is no limit."""

    unit_id: int | None
    slug: str
    title: str
    summary: str
    description: str
    modality: Modality
    timezone: str
    venue_name: str
    venue_address: str
    accessibility: str
    contact_email: str
    capacity: int | None
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    hours: Decimal | None
    hour_unit: HourUnit
    minimum_percent: int


def create_event(
    organisation: Organisation, facts: EventFacts, *, first_day: date, last_day: date, at: datetime
) -> Event:
    """Add a draft with a day for each date from the first to the last.

    Raises SlugTaken, SlugReserved, WindowOutOfOrder, DaysOutOfOrder and TooManyDays.
    """
    dates = _dates(first_day, last_day)
    _check(facts)
    event = Event(organisation_id=organisation.id, created_at=at, status=EventStatus.DRAFT)
    with changes.refused_as(SlugTaken, constraint="events.slug"):
        changes.apply(event, facts)
        db.session.add(event)
    db.session.add_all(Day(event_id=event.id, date=each) for each in dates)
    db.session.flush()
    audit.record("event.created", event, event=event, at=at)
    return event


def _dates(first: date, last: date) -> list[date]:
    if last < first:
        raise DaysOutOfOrder
    if (last - first).days >= rules.LONGEST_RUN:
        raise TooManyDays
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _check(facts: EventFacts) -> None:
    opens, closes = facts.registration_opens_at, facts.registration_closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise WindowOutOfOrder
    if facts.slug in rules.RESERVED_SLUGS:
        raise SlugReserved


def update_event(event: Event, facts: EventFacts, *, at: datetime) -> None:
    """Write what an office tells of an event. With another zone its sessions keep their time of day.

    Raises SlugTaken, SlugReserved, SlugFixed and WindowOutOfOrder.
    """
    _check(facts)
    if event.status != EventStatus.DRAFT and facts.slug != event.slug:
        raise SlugFixed
    old_zone = event.timezone
    with changes.refused_as(SlugTaken, constraint="events.slug"):
        changed = changes.apply(event, facts)
    if "timezone" in changed:
        _move_sessions(event, old_zone, at=at)
    if changed:
        audit.record("event.updated", event, event=event, at=at, changed=changed)
    if "capacity" in changed:
        capacity_changed.send(event, at=at)


def set_capacity(event: Event, capacity: int | None, *, at: datetime) -> None:
    """Give an event so many seats; None is no limit."""
    if capacity == event.capacity:
        return
    event.capacity = capacity
    audit.record("event.updated", event, event=event, at=at, changed=["capacity"])
    capacity_changed.send(event, at=at)


def _move_sessions(event: Event, old_zone: str, *, at: datetime) -> None:
    for session in queries.sessions_of(event.id):
        session.starts_at = rules.moved_to_zone(session.starts_at, old=old_zone, new=event.timezone)
        session.ends_at = rules.moved_to_zone(session.ends_at, old=old_zone, new=event.timezone)
        session.updated_at = at


def _lock(event: Event) -> None:
    """Let one transaction at a time decide about an event; people register under the same lock."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    db.session.refresh(event)


def publish(event: Event, *, at: datetime) -> None:
    """Show a draft to the public. Raises NothingToPublish where it has no day, and WrongStatus."""
    _lock(event)
    if event.status != EventStatus.DRAFT:
        raise WrongStatus
    if event.starts_on is None:
        raise NothingToPublish
    event.status = EventStatus.PUBLISHED
    event.published_at = at
    audit.record("event.published", event, event=event, at=at)


def unpublish(event: Event, *, registered: int, at: datetime) -> None:
    """Take a published event back to draft. Raises PeopleRegistered where somebody relies on it, and WrongStatus."""
    if event.status != EventStatus.PUBLISHED:
        raise WrongStatus
    if registered:
        raise PeopleRegistered
    event.status = EventStatus.DRAFT
    event.published_at = None
    audit.record("event.unpublished", event, event=event, at=at)


def cancel(event: Event, *, at: datetime) -> None:
    """Call a published event off: its page stays and says so. Raises WrongStatus."""
    _lock(event)
    if event.status != EventStatus.PUBLISHED:
        raise WrongStatus
    event.status = EventStatus.CANCELLED
    audit.record("event.cancelled", event, event=event, at=at)
    event_cancelled.send(event, at=at)
