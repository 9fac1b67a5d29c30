"""Writes of registrations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import audit, changes, codes
from app.accounts import services as accounts
from app.events.models import Event, EventStatus
from app.events.rules import RegistrationWindow, registration_window, today
from app.events.services import capacity_changed
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.errors import (
    AlreadyCancelled,
    EventOver,
    IdentityTaken,
    NoAddress,
    NobodyChosen,
    NotPublished,
    RegistrationClosed,
    SamePerson,
)
from app.registration.models import DocumentType, Registration, RegistrationStatus

CODE_LENGTH = 8


@dataclass(frozen=True)
class Person:
    """What somebody told of themselves, tidied and valid."""

    document_type: DocumentType
    document_number: str
    given_names: str
    first_surname: str
    second_surname: str = ""
    email: str = ""
    phone: str = ""
    entity: str = ""
    position: str = ""
    ubigeo: str = ""

    @property
    def identity(self) -> str:
        """Who this is, for telling a second registration."""
        names = " ".join(part for part in (self.given_names, self.first_surname, self.second_surname) if part)
        return rules.identity(
            document_type=self.document_type,
            document_number=self.document_number,
            email=self.email,
            full_name=names,
        )


def register(
    event: Event, person: Person, *, idempotency_key: str, language: str, at: datetime
) -> RegistrationStatus:
    """Register a person, or send whoever is registered already their link again.

    Both look the same to the visitor: what is returned is where a newcomer would land now, so that the page cannot
    tell who takes part. The same form sent twice (the same key) makes one registration and one letter.

    Raises RegistrationClosed outside the window.
    """
    _lock(event)
    if registration_window(event, at=at) != RegistrationWindow.OPEN:
        raise RegistrationClosed
    status = _status_of_newcomer(event)
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
    _lock(event)
    db.session.refresh(event, ["status", "capacity"])
    if event.status != EventStatus.PUBLISHED:
        raise NotPublished
    existing = queries.active_by_identity(event, person.identity)
    if existing is not None:
        if existing.idempotency_key == idempotency_key:
            return existing
        raise _taken(person)
    status = _status_of_newcomer(event)
    registration = _add(event, person, status, idempotency_key=idempotency_key, language=language, at=at)
    audit.record("registration.created", registration, event=event, at=at, status=str(status), by_office=True)
    emails.received(registration)
    return registration


def _taken(person: Person) -> IdentityTaken | SamePerson:
    """Say why a person cannot be told from another one of the event."""
    return IdentityTaken() if person.document_type != DocumentType.NONE else SamePerson()


def _lock(event: Event) -> None:
    """Let one transaction at a time decide about an event's seats.

    SQLite has one writer anyway (see unit_of_work); PostgreSQL locks the event's row, after which all that follows
    reads what earlier holders committed.
    """
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())


def _status_of_newcomer(event: Event) -> RegistrationStatus:
    if event.capacity is None:
        return RegistrationStatus.CONFIRMED
    return rules.first_status(event.capacity, taken=queries.taken_seats(event))


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


def cancel(registration: Registration, *, at: datetime, by_participant: bool) -> None:
    """Cancel a registration, free its seat and give it to the next who waits.

    Raises AlreadyCancelled, or EventOver once the event's last day has passed.
    """
    event = registration.event
    _lock(event)
    db.session.refresh(registration)
    if registration.status == RegistrationStatus.CANCELLED:
        raise AlreadyCancelled
    if is_over(event, at=at):
        raise EventOver
    _cancel(registration, at=at, by_participant=by_participant)
    db.session.flush()
    promote(event, at=at)


def cancel_many(event: Event, registration_ids: Collection[int], *, at: datetime) -> int:
    """Cancel several registrations of an event for the office. Returns how many were not cancelled before.

    The seats are given on once all are free, so that none goes to somebody who is cancelled along.

    Raises EventOver, and NobodyChosen where nothing is left to cancel.
    """
    _lock(event)
    if is_over(event, at=at):
        raise EventOver
    chosen = [one for one in queries.several(event, registration_ids, fresh=True) if one.is_active]
    if not chosen:
        raise NobodyChosen
    for registration in chosen:
        _cancel(registration, at=at, by_participant=False)
    db.session.flush()
    promote(event, at=at)
    return len(chosen)


def _cancel(registration: Registration, *, at: datetime, by_participant: bool) -> None:
    registration.status = RegistrationStatus.CANCELLED
    registration.cancelled_at = at
    event = registration.event
    audit.record("registration.cancelled", registration, event=event, at=at, by_participant=by_participant)
    emails.cancelled(registration)


def is_over(event: Event, *, at: datetime) -> bool:
    """Return whether the event's last day has passed."""
    return event.ends_on is not None and today(event, at=at) > event.ends_on


def promote(event: Event, *, at: datetime) -> int:
    """Confirm as many of the waitlist as there are free seats, first come first served. Returns how many.

    Nobody gets a seat in an event that is over or was called off.
    """
    if is_over(event, at=at) or event.status == EventStatus.CANCELLED:
        return 0
    _lock(event)
    free = 10_000 if event.capacity is None else max(0, event.capacity - queries.taken_seats(event))
    promoted = queries.waiting(event, limit=free) if free else []
    for registration in promoted:
        registration.status = RegistrationStatus.CONFIRMED
        registration.confirmed_at = at
        audit.record("registration.promoted", registration, event=event, at=at)
        emails.promoted(registration)
    return len(promoted)


def renew_link(registration: Registration, *, at: datetime) -> None:
    """Make the present personal link useless and send a new one."""
    registration.link_version += 1
    audit.record("registration.link_renewed", registration, event=registration.event, at=at)
    emails.link_renewed(registration)


def send_link_again(registration: Registration, *, at: datetime) -> None:
    """Send a person their personal link once more. Raises AlreadyCancelled, and NoAddress without an e-mail."""
    if not registration.is_active:
        raise AlreadyCancelled
    if not registration.email:
        raise NoAddress
    audit.record("registration.link_sent", registration, event=registration.event, at=at)
    emails.registered_already(registration)


def correct(registration: Registration, person: Person, *, at: datetime) -> list[str]:
    """Correct what is known of a person. Returns the names of the fields that changed.

    Raises IdentityTaken or SamePerson where another registration is for the same person.
    """
    event = registration.event
    _lock(event)
    is_other = registration.is_active and person.identity != registration.identity
    if is_other and queries.active_by_identity(event, person.identity) is not None:
        raise _taken(person)
    changed = changes.apply(registration, person)
    rules.fold(registration)
    if changed:
        audit.record("registration.corrected", registration, event=event, at=at, changed=changed)
    return changed


@capacity_changed.connect
def _give_new_seats(event: Event, *, at: datetime) -> None:
    """Let those who wait have the seats that an organiser adds."""
    promote(event, at=at)
