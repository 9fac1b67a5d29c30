"""Enrolling in sessions: places, lines, offers. The event's lock decides about its sessions too."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update

from app import audit
from app.events.models import Event, EventStatus, Session
from app.events.services import session_moved
from app.extensions import db
from app.registration import emails, queries
from app.registration.errors import EnrolmentClosed, NotConfirmed, OfferGone, SessionsClash
from app.registration.models import (
    Clashes,
    EnrollableSession,
    Enrolment,
    EnrolmentStatus,
    Promotion,
    Registration,
    RegistrationStatus,
)
from app.registration.rules.seats import clashing, offer_deadline
from app.registration.services.seats import lock

_BACK_IN_LINE = {"status": EnrolmentStatus.WAITING, "offer_expires_at": None}


def enrol(registration: Registration, enrollable: EnrollableSession, *, at: datetime) -> EnrolmentStatus:
    """Give a participant a place in a session, or in its line; asking twice is asking once.

    Raises NotConfirmed, EnrolmentClosed, and SessionsClash where the event forbids two sessions at once.
    """
    _decide(registration, enrollable, at=at)
    existing = queries.enrolment_of(registration, enrollable.session_id)
    if existing is not None:
        return EnrolmentStatus(existing.status)
    _refuse_clashes(registration, enrollable)
    is_free = _free(enrollable) != 0
    enrolment = Enrolment(
        session_id=enrollable.session_id,
        registration=registration,
        status=EnrolmentStatus.ENROLLED if is_free else EnrolmentStatus.WAITING,
        created_at=at,
        waiting_since=None if is_free else at,
    )
    db.session.add(enrolment)
    _record("enrolled" if is_free else "waiting", enrolment, registration, at=at)
    return enrolment.status


def leave(registration: Registration, enrollable: EnrollableSession, *, at: datetime) -> None:
    """Give up a place in a session or in its line, and let the next have it. Raises EnrolmentClosed, NotConfirmed."""
    _decide(registration, enrollable, at=at)
    enrolment = queries.enrolment_of(registration, enrollable.session_id)
    if enrolment is None:
        return
    _record("left", enrolment, registration, at=at)
    db.session.delete(enrolment)
    db.session.flush()
    promote_session(registration.event, enrollable, at=at)


def accept_session(registration: Registration, enrollable: EnrollableSession, *, at: datetime) -> None:
    """Take the offered place in a session; to say yes twice is to say it once. Raises OfferGone, EnrolmentClosed."""
    _decide(registration, enrollable, at=at)
    enrolment = queries.enrolment_of(registration, enrollable.session_id)
    if enrolment is None:
        raise OfferGone
    if enrolment.status == EnrolmentStatus.ENROLLED:
        return
    statement = (
        update(Enrolment)
        .where(
            Enrolment.id == enrolment.id,
            Enrolment.status == EnrolmentStatus.OFFERED,
            Enrolment.offer_expires_at > at,
        )
        .values(status=EnrolmentStatus.ENROLLED, waiting_since=None, offer_expires_at=None)
        .returning(Enrolment)
        .execution_options(populate_existing=True)
    )
    if db.session.scalar(statement) is None:
        raise OfferGone
    _record("offer_accepted", enrolment, registration, at=at)


def decline_session(registration: Registration, enrollable: EnrollableSession, *, at: datetime) -> None:
    """Give an offered place to the next, and go to the end of the session's line. Raises OfferGone, EnrolmentClosed."""
    _decide(registration, enrollable, at=at)
    statement = (
        update(Enrolment)
        .where(
            Enrolment.session_id == enrollable.session_id,
            Enrolment.registration_id == registration.id,
            Enrolment.status == EnrolmentStatus.OFFERED,
        )
        .values(**_BACK_IN_LINE, waiting_since=at)
        .returning(Enrolment)
        .execution_options(populate_existing=True)
    )
    declined = db.session.scalar(statement)
    if declined is None:
        raise OfferGone
    _record("offer_declined", declined, registration, at=at)
    promote_session(registration.event, enrollable, at=at, passed_over=[declined.id])


def release(registrations: Collection[Registration]) -> set[int]:
    """Take cancelled people out of their sessions and lines, under the lock. Returns the sessions concerned."""
    numbers = [one.id for one in registrations]
    statement = (
        delete(Enrolment)
        .where(Enrolment.registration_id.in_(numbers))
        .returning(Enrolment.session_id)
        .execution_options(synchronize_session=False)
    )
    return set(db.session.scalars(statement))


def promote_sessions(event: Event, *, only: Collection[int] | None = None, at: datetime) -> None:
    """Let those who wait have what is free in the sessions of an event, or in some of them."""
    if only is not None and not only:
        return
    for enrollable in queries.enrollable_sessions(event):
        if only is None or enrollable.session_id in only:
            promote_session(event, enrollable, at=at)


def promote_session(
    event: Event, enrollable: EnrollableSession, *, at: datetime, passed_over: Collection[int] = ()
) -> int:
    """Give the free places of a session to those who wait for it, or offer them, first come first served.

    Under the event's lock. Nobody is promoted once the session has begun. Returns how many were.
    """
    if at >= enrollable.session.starts_at or event.status == EventStatus.CANCELLED:
        return 0
    free = _free(enrollable)
    found = queries.next_in_line(enrollable, limit=free, passed_over=passed_over) if free != 0 else []
    if not found:
        return 0
    settings = queries.settings_of(event)
    deadline = None
    if settings.promotion == Promotion.OFFER:
        deadline = offer_deadline(enrollable.session.starts_at, hours=settings.offer_hours, at=at)
    for enrolment in found:
        _give_place(event, enrolment, deadline, at=at)
    return len(found)


def _give_place(event: Event, enrolment: Enrolment, deadline: datetime | None, *, at: datetime) -> None:
    enrolment.status = EnrolmentStatus.OFFERED if deadline else EnrolmentStatus.ENROLLED
    enrolment.offer_expires_at = deadline
    enrolment.waiting_since = enrolment.waiting_since if deadline else None
    _record("offered" if deadline else "promoted", enrolment, enrolment.registration, at=at)
    emails.session_place(enrolment)


def expire_session_offers(event: Event, *, at: datetime) -> int:
    """Let offered places of an event's sessions go on that nobody answered in time. Returns how many."""
    lock(event)
    sessions = {one.session_id: one for one in queries.enrollable_sessions(event)}
    statement = (
        update(Enrolment)
        .where(
            Enrolment.session_id.in_(sessions),
            Enrolment.status == EnrolmentStatus.OFFERED,
            Enrolment.offer_expires_at <= at,
        )
        .values(**_BACK_IN_LINE, waiting_since=at)
        .returning(Enrolment)
        .execution_options(populate_existing=True)
    )
    expired = list(db.session.scalars(statement))
    for enrolment in expired:
        _record("offer_expired", enrolment, enrolment.registration, at=at)
    gone = [enrolment.id for enrolment in expired]
    for session_id in sorted({enrolment.session_id for enrolment in expired}):
        promote_session(event, sessions[session_id], at=at, passed_over=gone)
    return len(expired)


def _decide(registration: Registration, enrollable: EnrollableSession, *, at: datetime) -> None:
    """Begin to decide about somebody's place in a session: lock, read anew, refuse what has begun."""
    event = registration.event
    lock(event)
    db.session.refresh(registration, ["status"])
    present = db.session.get(EnrollableSession, enrollable.session_id, populate_existing=True)
    if registration.status != RegistrationStatus.CONFIRMED:
        raise NotConfirmed
    if present is None or at >= present.session.starts_at or event.status == EventStatus.CANCELLED:
        raise EnrolmentClosed


def _refuse_clashes(registration: Registration, enrollable: EnrollableSession) -> None:
    if queries.settings_of(registration.event).clashes != Clashes.FORBID:
        return
    mine = [one.enrollable.session for one in queries.enrolments_of(registration).values()]
    if clash := clashing(enrollable.session, mine):
        raise SessionsClash(_l("«%(title)s» is on at the same time. Leave it first.", title=clash[0].title))


def _free(enrollable: EnrollableSession) -> int | None:
    """Return how many places of a session are left; None is no limit."""
    if enrollable.seats is None:
        return None
    taken = queries.session_occupancy([enrollable.session_id])[enrollable.session_id].taken
    return max(0, enrollable.seats - taken)


def _record(what: str, enrolment: Enrolment, registration: Registration, *, at: datetime) -> None:
    audit.record(
        f"enrolment.{what}",
        registration,
        event=registration.event,
        at=at,
        session_id=enrolment.session_id,
    )


@session_moved.connect
def _tell_who_has_a_place(session: Session, *, at: datetime) -> None:
    """Write to those with a place in a session, or in its line, that its time or room has changed."""
    if at < session.ends_at:
        for enrolment in queries.enrolled_in(session):
            emails.session_moved(enrolment)
