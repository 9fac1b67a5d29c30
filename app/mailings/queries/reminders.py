"""Reads of reminders."""

from datetime import datetime
from typing import NoReturn

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.attendance import queries as attendance
from app.events.models import Event, EventStatus, Session
from app.extensions import db
from app.mailings.models import Reminder, ReminderLetter
from app.registration.models import Registration, RegistrationStatus


def _not_found() -> NoReturn:
    abort(404)


def of_event(event: Event) -> list[Reminder]:
    """Return the reminders of an event in the order of time."""
    statement = select(Reminder).where(Reminder.event_id == event.id)
    found = list(db.session.scalars(statement))
    return sorted(found, key=lambda one: (one.is_after, one.minutes if one.is_after else -one.minutes))


def of_event_or_404(event: Event, reminder_id: int) -> Reminder:
    """Return a reminder of this event, or answer 404."""
    statement = select(Reminder).where(Reminder.id == reminder_id, Reminder.event_id == event.id)
    return db.session.scalar(statement) or _not_found()


def by_id(reminder_id: int) -> Reminder | None:
    """Return a reminder."""
    return db.session.get(Reminder, reminder_id)


def span(event_id: int) -> tuple[datetime, datetime] | None:
    """Return when an event's first session begins and its last ends, or None without sessions."""
    statement = select(func.min(Session.starts_at), func.max(Session.ends_at)).where(
        Session.event_id == event_id
    )
    starts_at, ends_at = db.session.execute(statement).one()
    return None if starts_at is None else (starts_at, ends_at)


def open_ones() -> list[Reminder]:
    """Return the reminders of published events that have not gone out yet."""
    statement = (
        select(Reminder)
        .join(Reminder.event)
        .options(joinedload(Reminder.event))
        .where(Reminder.done_at.is_(None), Event.status == EventStatus.PUBLISHED)
        .order_by(Reminder.id)
    )
    return list(db.session.scalars(statement))


def sent(event: Event) -> dict[int, int]:
    """Return how many letters each reminder of an event has become."""
    statement = (
        select(ReminderLetter.reminder_id, func.count())
        .join(Reminder)
        .where(Reminder.event_id == event.id)
        .group_by(ReminderLetter.reminder_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def still_to_write(reminder: Reminder, *, due: datetime, limit: int) -> list[Registration]:
    """Return the next people whom a reminder is for: confirmed by the time it was due, and not written to yet.

    Thanks go to those who came, where anything is known of who did.
    """
    event = reminder.event
    written = select(ReminderLetter.registration_id).where(ReminderLetter.reminder_id == reminder.id)
    statement = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == RegistrationStatus.CONFIRMED,
            Registration.email != "",
            func.coalesce(Registration.confirmed_at, Registration.created_at) <= due,
            Registration.id.not_in(written),
        )
        .order_by(Registration.id)
        .limit(limit)
    )
    if reminder.is_after and attendance.is_any(event):
        statement = statement.where(attendance.came(event))
    return list(db.session.scalars(statement))
