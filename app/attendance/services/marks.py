"""Marks by hand."""

from collections.abc import Collection
from datetime import datetime

from app import audit
from app.attendance.errors import NobodyChosen, ReasonMissing
from app.attendance.models import LedgerKind, LedgerSource
from app.attendance.services.ledger import Entry, record
from app.events.models import Event
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
    if not tidy(reason):
        raise ReasonMissing
    people = sorted(set(registration_ids))
    if not people:
        raise NobodyChosen
    kind = LedgerKind.PRESENT if present else LedgerKind.ABSENT
    entries = [
        Entry(person, kind, at, day_id=day_id, session_id=session_id, reason=reason) for person in people
    ]
    record(event.id, entries, source=LedgerSource.HAND, by=by, at=at)
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
