"""What the ledger comes to: read from the summaries, and computed anew for those whose summary is behind.

So a reader is always told the truth as of now, whether or not the worker has come round; all in a number of queries
that does not depend on that of the people.
"""

from collections.abc import Collection

from sqlalchemy import func, select, union_all

from app.attendance import rules
from app.attendance.models import AttendanceChange, AttendanceSummary, AttendanceTotal, PresenceInterval
from app.attendance.queries.ledger import MANY, evidence_of, evidence_of_event, slots
from app.attendance.rules import Share, Summary
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration

_TOTALS, _SHARES = AttendanceTotal.__table__.c, AttendanceSummary.__table__.c


def _behind(event_id: int) -> set[int | None]:
    """Return whose summary is not what the ledger says now; None stands for the whole event."""
    changed = select(AttendanceChange.registration_id).where(AttendanceChange.event_id == event_id)
    growing = select(PresenceInterval.registration_id).where(
        PresenceInterval.event_id == event_id, ~PresenceInterval.in_ledger
    )
    return set(db.session.scalars(union_all(changed, growing)))


def _computed(event_id: int, people: Collection[int] | None) -> dict[int, Summary]:
    """Return the summaries of those who are behind, computed now; `people` are those that are asked for."""
    behind = _behind(event_id)
    if people is not None and None not in behind:
        behind &= set(people)
    if not behind:
        return {}
    asked = [number for number in (behind if None not in behind else people or ()) if number is not None]
    is_whole = (None in behind and people is None) or len(asked) > MANY
    recorded = evidence_of_event(event_id) if is_whole else evidence_of(asked)
    numbers = set(recorded if is_whole else asked)
    if people is not None:
        numbers &= set(people)
    programme, memo = slots(event_id), rules.Memo()
    return {number: rules.summary(programme, recorded.get(number, []), memo) for number in numbers}


def attended_minutes(event: Event) -> dict[int, int]:
    """Return the minutes attended by each registration of an event."""
    statement = (
        select(Registration.id, func.coalesce(_TOTALS.minutes, 0))
        .outerjoin(AttendanceTotal, AttendanceTotal.registration_id == Registration.id)
        .where(Registration.event_id == event.id)
    )
    found = {number: minutes for number, minutes in db.session.execute(statement)}  # noqa: C416 - a Row is no pair
    return found | {number: one.minutes for number, one in _computed(event.id, None).items()}


def session_shares(
    event: Event, registration_ids: Collection[int] | None = None
) -> dict[int, dict[int, Share]]:
    """Return how much of each session was attended: by registration and session (minutes, percent, source).

    Of everybody, or of some people of the event. Who attended nothing, and sessions of which somebody attended
    nothing, are left out.
    """
    columns = (_SHARES.registration_id, _SHARES.session_id, _SHARES.minutes, _SHARES.percent, _SHARES.source)
    statement = select(*columns).where(_SHARES.event_id == event.id)
    if registration_ids is not None:
        statement = statement.where(_SHARES.registration_id.in_(registration_ids))
    found: dict[int, dict[int, Share]] = {}
    for person, session_id, *share in db.session.execute(statement):
        found.setdefault(person, {})[session_id] = Share._make(share)
    found |= {number: one.sessions for number, one in _computed(event.id, registration_ids).items()}
    return {number: shares for number, shares in found.items() if shares}


def totals_of(event: Event, registration_ids: Collection[int]) -> dict[int, tuple[int, dict[int, int]]]:
    """Return the minutes that some people of an event attended, in all and by day; who attended nothing is left out."""
    statement = select(_TOTALS.registration_id, _TOTALS.minutes, _TOTALS.days).where(
        _TOTALS.registration_id.in_(registration_ids)
    )
    found = {
        person: (minutes, {int(day_id): of_day for day_id, of_day in days.items()})
        for person, minutes, days in db.session.execute(statement)
    }
    computed = _computed(event.id, registration_ids)
    found |= {number: (one.minutes, one.days) for number, one in computed.items()}
    return {number: total for number, total in found.items() if total[0]}
