"""Reads of the sessions that people enrol in, and of who is in them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from flask import abort
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.events.models import Event, Session
from app.extensions import db
from app.registration.models import (
    EnrollableSession,
    Enrolment,
    EnrolmentStatus,
    Registration,
    RegistrationStatus,
)

HOLDING = (EnrolmentStatus.ENROLLED, EnrolmentStatus.OFFERED)


class Occupancy(NamedTuple):
    """How many have a seat of a session (enrolled or offered), and how many wait for one."""

    taken: int = 0
    waiting: int = 0


def _not_found() -> NoReturn:
    abort(404)


def enrollable_sessions(event: Event) -> list[EnrollableSession]:
    """Return the sessions of an event that people enrol in, in the order of time."""
    statement = (
        select(EnrollableSession)
        .join(EnrollableSession.session)
        .options(contains_eager(EnrollableSession.session).joinedload(Session.room))
        .where(EnrollableSession.event_id == event.id)
        .order_by(Session.starts_at, Session.id)
    )
    return list(db.session.scalars(statement))


def enrollable_or_404(event: Event, session_id: int) -> EnrollableSession:
    """Return a session of this event that people enrol in, or answer 404."""
    statement = (
        select(EnrollableSession)
        .options(joinedload(EnrollableSession.session))
        .where(EnrollableSession.event_id == event.id, EnrollableSession.session_id == session_id)
    )
    return db.session.scalar(statement) or _not_found()


def session_occupancy(session_ids: Collection[int]) -> dict[int, Occupancy]:
    """Return by session how many have a seat and how many wait."""
    found = dict.fromkeys(session_ids, Occupancy())
    holds = Enrolment.status.in_(HOLDING)
    statement = (
        select(Enrolment.session_id, func.count().filter(holds), func.count().filter(~holds))
        .where(Enrolment.session_id.in_(session_ids))
        .group_by(Enrolment.session_id)
    )
    for session_id, taken, waiting in db.session.execute(statement):
        found[session_id] = Occupancy(taken, waiting)
    return found


def enrolments_of(registration: Registration) -> dict[int, Enrolment]:
    """Return a participant's places by session, with their sessions."""
    return enrolments_of_id(registration.id)


def enrolments_of_id(registration_id: int) -> dict[int, Enrolment]:
    """Return the places by session of the participant with this id, with their sessions."""
    of_session = joinedload(Enrolment.enrollable).joinedload(EnrollableSession.session)
    statement = (
        select(Enrolment)
        .options(of_session.joinedload(Session.room))
        .where(Enrolment.registration_id == registration_id)
    )
    return {enrolment.session_id: enrolment for enrolment in db.session.scalars(statement)}


def enrolment_of(registration: Registration, session_id: int) -> Enrolment | None:
    """Return a participant's place in a session as the database has it now."""
    statement = select(Enrolment).where(
        Enrolment.registration_id == registration.id, Enrolment.session_id == session_id
    )
    return db.session.scalar(statement.execution_options(populate_existing=True))


def places_in_line(registration: Registration) -> dict[int, int]:
    """Return by session the place of a participant who waits for it: 1 is the next."""
    ahead = aliased(Enrolment)
    statement = (
        select(Enrolment.session_id, func.count())
        .join(
            ahead,
            and_(
                ahead.session_id == Enrolment.session_id,
                ahead.status == EnrolmentStatus.WAITING,
                or_(
                    ahead.waiting_since < Enrolment.waiting_since,
                    and_(ahead.waiting_since == Enrolment.waiting_since, ahead.id <= Enrolment.id),
                ),
            ),
        )
        .where(Enrolment.registration_id == registration.id, Enrolment.status == EnrolmentStatus.WAITING)
        .group_by(Enrolment.session_id)
    )
    return dict(db.session.execute(statement).all())


def next_in_line(
    enrollable: EnrollableSession, *, limit: int | None, passed_over: Collection[int] = ()
) -> list[Enrolment]:
    """Return the first who wait for a session and are confirmed for its event, in the order in which they came."""
    statement = (
        select(Enrolment)
        .join(Enrolment.registration)
        .options(contains_eager(Enrolment.registration))
        .where(
            Enrolment.session_id == enrollable.session_id,
            Enrolment.status == EnrolmentStatus.WAITING,
            Enrolment.id.not_in(passed_over),
            Registration.status == RegistrationStatus.CONFIRMED,
        )
        .order_by(Enrolment.waiting_since, Enrolment.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def enrolled_in(session: Session) -> list[Enrolment]:
    """Return the places in a session and in its line, in the order in which they were asked for."""
    statement = (
        select(Enrolment)
        .options(joinedload(Enrolment.registration))
        .where(Enrolment.session_id == session.id)
        .order_by(Enrolment.id)
    )
    return list(db.session.scalars(statement))


def events_with_expired_session_offers(*, at: datetime) -> list[int]:
    """Return the ids of the events with sessions of which offers have run out."""
    statement = (
        select(EnrollableSession.event_id)
        .join(Enrolment, Enrolment.session_id == EnrollableSession.session_id)
        .where(Enrolment.status == EnrolmentStatus.OFFERED, Enrolment.offer_expires_at <= at)
        .distinct()
    )
    return list(db.session.scalars(statement))


def enrollable_in(event_ids: Collection[int]) -> set[int]:
    """Return the ids of the sessions of these events that people enrol in."""
    statement = select(EnrollableSession.session_id).where(EnrollableSession.event_id.in_(event_ids))
    return set(db.session.scalars(statement))


def enrolled_among(registration_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return who of these is enrolled where: ids of registrations, each with that of a session."""
    statement = select(Enrolment.registration_id, Enrolment.session_id).where(
        Enrolment.registration_id.in_(registration_ids), Enrolment.status == EnrolmentStatus.ENROLLED
    )
    return {(person, session) for person, session in db.session.execute(statement)}


def session_for(registration: Registration, session_id: int) -> Session | None:
    """Return a session of a participant's event that is open to all of it, or that they are enrolled in."""
    statement = open_to_each(select(Session).join(Registration, Registration.event_id == Session.event_id))
    return db.session.scalar(statement.where(Session.id == session_id, Registration.id == registration.id))


def open_to_each(statement: Select[Any]) -> Select[Any]:
    """Leave in a statement over sessions and registrations those that are open to all, or to this person."""
    return (
        statement.outerjoin(EnrollableSession, EnrollableSession.session_id == Session.id)
        .outerjoin(
            Enrolment,
            (Enrolment.session_id == Session.id) & (Enrolment.registration_id == Registration.id),
        )
        .where(EnrollableSession.session_id.is_(None) | (Enrolment.status == EnrolmentStatus.ENROLLED))
    )


def open_sessions(event: Event) -> list[Session]:
    """Return the sessions of an event that nobody enrols in and that are no breaks, for choosing one."""
    statement = (
        select(Session)
        .outerjoin(EnrollableSession, EnrollableSession.session_id == Session.id)
        .where(Session.event_id == event.id, EnrollableSession.session_id.is_(None), Session.kind != "break")
        .order_by(Session.starts_at, Session.id)
    )
    return list(db.session.scalars(statement))
