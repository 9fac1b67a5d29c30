"""Who came: as a condition of a query about registrations."""

from sqlalchemy import ColumnElement, and_, or_, select

from app.attendance import rules
from app.attendance.models import AttendanceMark, PresenceInterval, Scan
from app.attendance.queries.ledger import LET_IN, evidence_of, slots
from app.events.models import Day, Event, Session
from app.extensions import db
from app.registration.models import Registration


def came(event: Event, day: Day | None = None) -> ColumnElement[bool]:
    """Return the condition that something counts for a person: a scan, a mark or a screen, on a day or at all."""
    scan = select(Scan.id).where(Scan.registration_id == Registration.id, Scan.result.in_(LET_IN))
    mark = select(AttendanceMark.id).where(
        AttendanceMark.registration_id == Registration.id, AttendanceMark.present
    )
    seen = select(PresenceInterval.id).where(PresenceInterval.registration_id == Registration.id)
    if day is not None:
        sessions = select(Session.id).where(Session.day_id == day.id)
        scan = scan.where(Scan.day_id == day.id)
        mark = mark.where(or_(AttendanceMark.day_id == day.id, AttendanceMark.session_id.in_(sessions)))
        seen = seen.where(PresenceInterval.session_id.in_(sessions))
    return and_(
        or_(scan.exists(), mark.exists(), seen.exists()), Registration.id.not_in(_taken_back(event, day))
    )


def _taken_back(event: Event, day: Day | None) -> list[int]:
    """Return about whom a mark said "was not there" and nothing counts: these few are looked at one by one."""
    mark = AttendanceMark
    doubtful = set(
        db.session.scalars(select(mark.registration_id).where(mark.event_id == event.id, ~mark.present))
    )
    if not doubtful:
        return []
    programme = [slot for slot in slots(event.id) if day is None or slot.day_id == day.id]
    recorded = evidence_of(doubtful)
    return sorted(one for one in doubtful if not rules.attended_minutes(programme, recorded[one]))
