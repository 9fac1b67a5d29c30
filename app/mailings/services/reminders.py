"""Letters that go out by themselves, before an event and after it."""

from datetime import datetime

from app import audit, mail
from app.events.models import Event
from app.extensions import db
from app.mailings import rules
from app.mailings.errors import SameReminder
from app.mailings.models import Reminder, ReminderLetter
from app.mailings.queries import reminders as queries

BATCH = 200  # letters of one transaction


def add(event: Event, *, is_after: bool, minutes: int, survey_url: str, at: datetime) -> Reminder:
    """Have everybody confirmed written to so many minutes before the event, or after it. Raises SameReminder."""
    for other in queries.of_event(event):
        if (other.is_after, other.minutes) == (is_after, minutes):
            raise SameReminder
    reminder = Reminder(event=event, is_after=is_after, minutes=minutes, survey_url=survey_url, created_at=at)
    db.session.add(reminder)
    audit.record("reminder.added", reminder, event=event, at=at)
    return reminder


def remove(reminder: Reminder, *, at: datetime) -> None:
    """Write to nobody (more) by a reminder."""
    audit.record("reminder.removed", reminder, event=reminder.event, at=at)
    db.session.delete(reminder)


def due(*, at: datetime) -> list[int]:
    """Return the reminders whose time has come."""
    found = []
    for reminder in queries.open_ones():
        moment = due_at(reminder, queries.span(reminder.event_id))
        if moment is not None and moment <= at:
            found.append(reminder.id)
    return found


def due_at(reminder: Reminder, span: tuple[datetime, datetime] | None) -> datetime | None:
    """Return when a reminder is due; `span` is the event's first beginning and last end, None without sessions."""
    return None if span is None else rules.due_at(*span, is_after=reminder.is_after, minutes=reminder.minutes)


def write(reminder_id: int, *, at: datetime) -> bool:
    """Write the next letters of a reminder that is due. Returns whether some are left.

    A letter and the row that says that its person has one are written in one transaction.
    """
    reminder = db.session.get(Reminder, reminder_id, with_for_update=True)
    moment = None if reminder is None else due_at(reminder, queries.span(reminder.event_id))
    if reminder is None or reminder.done_at is not None or moment is None or moment > at:
        return False
    people = []
    if rules.is_worth_sending(moment, created_at=reminder.created_at, at=at):
        people = queries.still_to_write(reminder, due=moment, limit=BATCH)
    for person in people:
        db.session.add(ReminderLetter(reminder_id=reminder.id, registration_id=person.id, queued_at=at))
        mail.queue(
            "mailings.thanks" if reminder.is_after else "mailings.reminder",
            to=person.email,
            payload={"reminder_id": reminder.id, "registration_id": person.id},
            language=person.language,
            about=person,
        )
    if len(people) == BATCH:
        return True
    reminder.done_at = at
    return False
