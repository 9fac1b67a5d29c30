"""What an office settles about seats: limits, how free seats are given on, sessions that people enrol in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import audit, changes
from app.events import queries as events
from app.events import services as event_services
from app.events.models import Event, Session
from app.events.rules import shifted
from app.events.services import duplicated
from app.extensions import db
from app.registration import queries, rules
from app.registration.errors import NoSuchSession, RucTaken, SessionTaken
from app.registration.models import (
    Clashes,
    EnrollableSession,
    EntityQuota,
    Promotion,
    ProofOfWork,
    RegistrationSettings,
)
from app.registration.services.enrolments import promote_session
from app.registration.services.entities import settle_all
from app.registration.services.seats import lock, promote


@dataclass(frozen=True)
class SeatFacts:
    """How an event handles its seats."""

    promotion: Promotion
    offer_hours: int
    clashes: Clashes
    proof_of_work: ProofOfWork
    only_listed_entities: bool


def save_seats(event: Event, facts: SeatFacts, *, capacity: int | None, at: datetime) -> None:
    """Write how an event handles its seats, and how many it has (None is no limit)."""
    lock(event)
    row = db.session.get(RegistrationSettings, event.id) or RegistrationSettings(event_id=event.id)
    changed = changes.apply(row, facts)
    db.session.add(row)
    db.session.flush()
    if changed:
        audit.record("seats.settings_saved", event, event=event, at=at, changed=changed)
    event_services.set_capacity(event, capacity, at=at)
    promote(event, at=at)


def save_quota(event: Event, entity: str, seats: int, *, ruc: str = "", at: datetime) -> EntityQuota:
    """Give an institution so many seats, or another number of them; with a `ruc` to all who give it on a form.

    Raises RucTaken where another institution of the event has that RUC.
    """
    lock(event)
    key = rules.entity_key(entity)
    row = next((one for one in queries.quotas(event) if one.entity_key == key), None)
    row = row or EntityQuota(event_id=event.id, entity_key=key, ruc="")
    is_counted_anew = row.ruc != ruc and bool(row.ruc or ruc)
    with changes.refused_as(RucTaken, constraint="entity_quotas.event_id"):
        row.entity, row.seats, row.ruc = entity, seats, ruc
        db.session.add(row)
    if is_counted_anew:
        settle_all(event)
    audit.record("seats.quota_saved", row, event=event, at=at, seats=seats)
    promote(event, at=at)
    return row


def remove_quota(event: Event, quota: EntityQuota, *, at: datetime) -> None:
    """Let an institution have as many seats as there are."""
    lock(event)
    audit.record("seats.quota_removed", quota, event=event, at=at)
    db.session.delete(quota)
    db.session.flush()
    if quota.ruc:
        settle_all(event)
    promote(event, at=at)


def make_enrollable(event: Event, session_id: int, seats: int | None, *, at: datetime) -> EnrollableSession:
    """Have people enrol in a session, with so many seats, or give it another number of them. Raises NoSuchSession."""
    lock(event)
    session = events.session_of(event, session_id)
    if session is None or not session.counts:
        raise NoSuchSession
    row = db.session.get(EnrollableSession, session_id) or EnrollableSession(
        session=session, event_id=event.id
    )
    row.seats = seats
    db.session.add(row)
    audit.record("seats.session_saved", session, event=event, at=at, seats=seats)
    db.session.flush()
    promote_session(event, row, at=at)
    return row


def make_open(event: Event, enrollable: EnrollableSession, *, at: datetime) -> None:
    """Open a session to everybody again. Raises SessionTaken while people have a place in it."""
    lock(event)
    if any(queries.session_occupancy([enrollable.session_id])[enrollable.session_id]):
        raise SessionTaken
    audit.record("seats.session_opened", enrollable.session, event=event, at=at)
    db.session.delete(enrollable)


@duplicated.connect
def _copy_limits(
    copy: Event, *, source: Event, shift: timedelta, sessions: Mapping[int, Session], at: datetime
) -> None:
    """Give an event that is made anew the quotas, settings and sessions to enrol in of the earlier one."""
    for quota in queries.quotas(source):
        row = EntityQuota(
            event_id=copy.id,
            entity=quota.entity,
            entity_key=quota.entity_key,
            ruc=quota.ruc,
            seats=quota.seats,
        )
        db.session.add(row)
    for one in queries.enrollable_sessions(source):
        session = sessions[one.session_id]
        db.session.add(EnrollableSession(session_id=session.id, event_id=copy.id, seats=one.seats))
    former = db.session.get(RegistrationSettings, source.id)
    if former is None:
        return
    settings = RegistrationSettings(event_id=copy.id)
    changes.apply(
        settings, SeatFacts(**{name: getattr(former, name) for name in SeatFacts.__dataclass_fields__})
    )
    if former.answers_until is not None:
        settings.answers_until = shifted(former.answers_until, shift, zone=source.timezone)
    db.session.add(settings)
