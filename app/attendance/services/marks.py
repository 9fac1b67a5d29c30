"""Marks by hand."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select

from app import audit
from app.attendance.errors import NobodyChosen, NotOfThisEvent, ReasonMissing
from app.attendance.models import AttendanceMark
from app.events.models import Day, Event, Session
from app.extensions import db
from app.registration.models import Registration
from app.text import tidy


def mark(
    event: Event,
    registration_ids: Collection[int],
    *,
    day_id: int | None = None,
    session_id: int | None = None,
    present: bool,
    reason: str,
    by: int | None,
    at: datetime,
) -> int:
    """Write down by hand that people of an event were there, or were not, for a day or else for a session.

    `by` is the id of who writes. Returns how many people it was.

    Raises NobodyChosen, NotOfThisEvent and ReasonMissing.
    """
    written = tidy(reason)[:200]
    if not written:
        raise ReasonMissing
    _check_scope(event, day_id, session_id)
    people = _people_of(event, registration_ids)
    values = {
        "event_id": event.id,
        "day_id": day_id,
        "session_id": session_id,
        "present": present,
        "reason": written,
        "marked_at": at,
        "marked_by_id": by,
    }
    db.session.execute(insert(AttendanceMark), [{**values, "registration_id": person} for person in people])
    audit.record(
        "attendance.marked",
        event=event,
        at=at,
        people=len(people),
        day_id=day_id,
        session_id=session_id,
        present=present,
    )
    return len(people)


def _check_scope(event: Event, day_id: int | None, session_id: int | None) -> None:
    if (day_id is None) == (session_id is None):
        raise NotOfThisEvent
    if day_id is not None:
        statement = select(Day.id).where(Day.id == day_id, Day.event_id == event.id)
    else:
        statement = select(Session.id).where(Session.id == session_id, Session.event_id == event.id)
    if db.session.scalar(statement) is None:
        raise NotOfThisEvent


def _people_of(event: Event, registration_ids: Collection[int]) -> list[int]:
    asked = sorted(set(registration_ids))
    if not asked:
        raise NobodyChosen
    statement = select(Registration.id).where(Registration.event_id == event.id, Registration.id.in_(asked))
    if sorted(db.session.scalars(statement)) != asked:
        raise NotOfThisEvent
    return asked
