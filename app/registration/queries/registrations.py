"""Reads of registrations."""

from collections.abc import Collection
from typing import NoReturn

from flask import abort
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from app import signing
from app.addresses import LARGEST_NUMBER
from app.events.models import Event
from app.extensions import db
from app.registration.models import ACTIVE, PassKey, Registration, RegistrationStatus, SeatCount

_TOKEN_ID = 6  # bytes of the registration's number at the head of a personal token


def _not_found() -> NoReturn:
    abort(404)


def personal_token(registration: Registration) -> str:
    """Return the token of a registration's personal link.

    It is derived from the row, its link version and the server's key, so that the same link can be sent again and a
    copy of the database alone opens nothing.
    """
    mac = signing.derive("personal-link", registration.id, registration.link_version)
    return signing.to_text(registration.id.to_bytes(_TOKEN_ID) + mac)


def by_token(token: str) -> Registration | None:
    """Return the registration that a personal token opens, with its event and organisation."""
    number = number_in(token)
    registration = None if number is None else by_id(number)
    if registration is None or not opens(token, registration.id, registration.link_version):
        return None
    return registration


def number_in(token: str) -> int | None:
    """Return the number of the registration that a personal token names, which `opens` has yet to prove."""
    try:
        number = int.from_bytes(signing.from_text(token)[:_TOKEN_ID])
    except (ValueError, UnicodeEncodeError):
        return None
    return number if number <= LARGEST_NUMBER else None


def opens(token: str, registration_id: int, link_version: int) -> bool:
    """Return whether a personal token, in which a number was found, is that of this registration."""
    expected = signing.derive("personal-link", registration_id, link_version)
    return signing.matches(expected, signing.from_text(token)[_TOKEN_ID:])


def by_token_or_404(token: str) -> Registration:
    """Return the registration that a personal token opens, or answer 404."""
    return by_token(token) or _not_found()


def by_id(registration_id: int) -> Registration | None:
    """Return a registration with its event and organisation."""
    statement = (
        select(Registration)
        .options(joinedload(Registration.event).joinedload(Event.organisation))
        .where(Registration.id == registration_id)
    )
    return db.session.scalar(statement)


def of_event(event: Event, registration_id: int) -> Registration | None:
    """Return a registration of this event."""
    return db.session.scalar(
        select(Registration).where(Registration.id == registration_id, Registration.event_id == event.id)
    )


def of_event_or_404(event: Event, registration_id: int) -> Registration:
    """Return a registration of this event, or answer 404."""
    return of_event(event, registration_id) or _not_found()


def several(event: Event, registration_ids: Collection[int], *, fresh: bool = False) -> list[Registration]:
    """Return those registrations of an event, in the order of names; `fresh` reads again what is known already."""
    statement = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.id.in_(registration_ids))
        .order_by(Registration.sort_key, Registration.id)
    )
    return list(db.session.scalars(statement.execution_options(populate_existing=fresh)))


# What each registration of a rush asks is built once.
_CODE_STATE = select(
    select(Registration.id).where(Registration.code == bindparam("code")).exists(),
    select(PassKey.id).where(PassKey.organisation_id == bindparam("organisation_id")).exists(),
)
_people = Registration.metadata.tables[Registration.__tablename__].c
_ACTIVE = select(_people.id).where(
    _people.event_id == bindparam("event_id"), _people.identity == bindparam("identity"), ACTIVE
)
_TAKEN_SEATS = select(SeatCount.taken).where(SeatCount.event_id == bindparam("event_id"))


def code_state(code: str, organisation_id: int) -> tuple[bool, bool]:
    """Return whether a registration of any event has this code, and whether the organisation can sign passes."""
    values = {"code": code, "organisation_id": organisation_id}
    is_taken, has_key = db.session.execute(_CODE_STATE, values).one()
    return bool(is_taken), bool(has_key)


def active_by_identity(event: Event, identity: str) -> Registration | None:
    """Return the person's registration for an event, unless it is at an end."""
    found = db.session.execute(_ACTIVE, {"event_id": event.id, "identity": identity}).scalar()
    return None if found is None else db.session.get(Registration, found)


def taken_seats(event: Event) -> int:
    """Return how many seats of an event are taken."""
    return db.session.scalar(_TAKEN_SEATS, {"event_id": event.id}) or 0


def counts(event_id: int) -> dict[RegistrationStatus, int]:
    """Return how many registrations of an event stand where."""
    statement = (
        select(Registration.status, func.count())
        .where(Registration.event_id == event_id)
        .group_by(Registration.status)
    )
    found = {RegistrationStatus(status): number for status, number in db.session.execute(statement)}
    return {status: found.get(status, 0) for status in RegistrationStatus}


def place_in_waitlist(registration: Registration) -> int:
    """Return how many wait up to and with this registration: 1 is the next."""
    statement = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.status == RegistrationStatus.WAITLISTED,
        or_(
            Registration.waiting_since < registration.waiting_since,
            and_(
                Registration.waiting_since == registration.waiting_since, Registration.id <= registration.id
            ),
        ),
    )
    return db.session.scalar(statement) or 0
