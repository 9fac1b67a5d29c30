"""Who came: as a condition of a query about registrations."""

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from app.attendance import rules
from app.attendance.models import AttendanceEvent, LedgerKind, PresenceInterval
from app.attendance.queries.ledger import MANY, evidence_of, evidence_of_event, slots
from app.events.models import Day, Event, Session
from app.extensions import db
from app.registration.models import Registration

THERE = (LedgerKind.ARRIVAL, LedgerKind.PRESENT, LedgerKind.INTERVAL)


def stands() -> ColumnElement[bool]:
    """Return the condition that a row of the ledger is not corrected."""
    correction = aliased(AttendanceEvent)
    return ~select(correction.id).where(correction.corrects_id == AttendanceEvent.id).exists()


def came(event: Event, day: Day | None = None) -> ColumnElement[bool]:
    """Return the condition that something counts for a person: the ledger or a screen, on a day or at all."""
    row = select(AttendanceEvent.id).where(
        AttendanceEvent.registration_id == Registration.id, AttendanceEvent.kind.in_(THERE), stands()
    )
    seen = select(PresenceInterval.id).where(
        PresenceInterval.registration_id == Registration.id, ~PresenceInterval.in_ledger
    )
    if day is not None:
        sessions = select(Session.id).where(Session.day_id == day.id)
        row = row.where(or_(AttendanceEvent.day_id == day.id, AttendanceEvent.session_id.in_(sessions)))
        seen = seen.where(PresenceInterval.session_id.in_(sessions))
    # Written out, not bound: a withdrawal in bulk may be about more people than a statement takes values.
    withdrawn: BindParameter[int] = bindparam(
        "withdrawn", _taken_back(event, day), expanding=True, literal_execute=True, unique=True
    )
    return and_(or_(row.exists(), seen.exists()), Registration.id.not_in(withdrawn))


def _taken_back(event: Event, day: Day | None) -> list[int]:
    """Return about whom a mark said "was not there" and nothing counts: these few are looked at one by one."""
    row = AttendanceEvent
    doubtful = set(
        db.session.scalars(
            select(row.registration_id).where(row.event_id == event.id, row.kind == LedgerKind.ABSENT)
        )
    )
    if not doubtful:
        return []
    programme = [slot for slot in slots(event.id) if day is None or slot.day_id == day.id]
    recorded = evidence_of(doubtful) if len(doubtful) <= MANY else evidence_of_event(event.id)
    return sorted(one for one in doubtful if not rules.attended_minutes(programme, recorded[one]))
