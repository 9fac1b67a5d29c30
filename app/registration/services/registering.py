"""Registering people, by themselves or by hand."""

from datetime import datetime

from app import audit, codes
from app.accounts import services as accounts
from app.events.models import Event, EventStatus
from app.events.rules import RegistrationWindow, registration_window
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.errors import NotPublished, RegistrationClosed
from app.registration.models import Registration, RegistrationStatus
from app.registration.services.people import Person, taken
from app.registration.services.seats import lock, status_of_newcomer

CODE_LENGTH = 8


def register(
    event: Event, person: Person, *, idempotency_key: str, language: str, at: datetime
) -> RegistrationStatus:
    """Register a person, or send whoever is registered already their link again.

    Both look the same to the visitor: what is returned is where a newcomer would land now, so that the page cannot
    tell who takes part. The same form sent twice (the same key) makes one registration and one letter.

    Raises RegistrationClosed outside the window.
    """
    lock(event)
    if registration_window(event, at=at) != RegistrationWindow.OPEN:
        raise RegistrationClosed
    status = status_of_newcomer(event)
    existing = queries.active_by_identity(event, person.identity)
    if existing is not None:
        if existing.idempotency_key != idempotency_key:
            emails.registered_already(existing)
        return status
    registration = _add(event, person, status, idempotency_key=idempotency_key, language=language, at=at)
    audit.record("registration.created", registration, event=event, at=at, status=str(status))
    emails.received(registration)
    return status


def register_by_hand(
    event: Event, person: Person, *, idempotency_key: str, language: str, at: datetime
) -> Registration:
    """Register a person for whom the office answers, their consent included, outside the window too.

    The seats stay limited: over capacity the person waits. The same form sent twice makes one registration.

    Raises NotPublished, IdentityTaken and SamePerson.
    """
    lock(event)
    db.session.refresh(event, ["status", "capacity"])
    if event.status != EventStatus.PUBLISHED:
        raise NotPublished
    existing = queries.active_by_identity(event, person.identity)
    if existing is not None:
        if existing.idempotency_key == idempotency_key:
            return existing
        raise taken(person)
    status = status_of_newcomer(event)
    registration = _add(event, person, status, idempotency_key=idempotency_key, language=language, at=at)
    audit.record("registration.created", registration, event=event, at=at, status=str(status), by_office=True)
    emails.received(registration)
    return registration


def _add(
    event: Event,
    person: Person,
    status: RegistrationStatus,
    *,
    idempotency_key: str,
    language: str,
    at: datetime,
) -> Registration:
    registration = Registration(
        event=event,
        status=status,
        document_type=person.document_type,
        document_number=person.document_number,
        given_names=person.given_names,
        first_surname=person.first_surname,
        second_surname=person.second_surname,
        email=person.email,
        phone=person.phone,
        entity=person.entity,
        position=person.position,
        ubigeo=person.ubigeo,
        language=language,
        idempotency_key=idempotency_key,
        consent_text=accounts.consent_text_in_force(event.organisation, at=at),
        consented_at=at,
        created_at=at,
        confirmed_at=at if status == RegistrationStatus.CONFIRMED else None,
        waiting_since=at if status == RegistrationStatus.WAITLISTED else None,
    )
    return _with_fresh_code(registration)


def _with_fresh_code(registration: Registration) -> Registration:
    """Store a registration under a code that nobody has; two alike come up once in billions."""
    registration.code = codes.generate(CODE_LENGTH)
    while queries.is_code_taken(registration.code):
        registration.code = codes.generate(CODE_LENGTH)
    rules.fold(registration)
    db.session.add(registration)
    db.session.flush()
    return registration
