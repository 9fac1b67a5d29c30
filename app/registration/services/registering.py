"""Registering people, by themselves or by hand."""

from collections.abc import Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import make_transient_to_detached

from app import audit
from app.accounts import services as accounts
from app.events.models import Event, EventStatus
from app.events.rules import RegistrationWindow, at_time, today
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.errors import InvitationNeeded, NotPublished, RegistrationClosed
from app.registration.models import Access, Invitation, Registration, RegistrationForm, RegistrationStatus
from app.registration.services.answers import save_answers
from app.registration.services.invitations import check, use
from app.registration.services.passes import ensure_key, give_code
from app.registration.services.people import Consent, Person, taken
from app.registration.services.seats import lock, status_of_newcomer

_NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})


def register(
    event: Event,
    person: Person,
    *,
    form: RegistrationForm | None = None,
    values: Mapping[str, Any] = _NO_ANSWERS,
    invitation: Invitation | None = None,
    idempotency_key: str,
    language: str,
    at: datetime,
) -> RegistrationStatus:
    """Register a person, or send whoever is registered already their link again.

    Both look the same to the visitor: what is returned is where a newcomer would land now, so that the page cannot
    tell who takes part. The same form sent twice (the same key) makes one registration and one letter. `form` is
    the event's form that was filled in (None: the plain one), `values` what `rules.answers.read_all` made of it.
    The same form is answered as the first time, though that may have taken the last seat.

    A form for the invited alone takes an `invitation`, whose e-mail must be the person's, once.

    Raises RegistrationClosed outside the event's window and that of the form, ChoiceFull, EntityNotListed,
    InvitationNeeded, InvitationUsed and InvitationEnded.
    """
    lock(event)
    if rules.window(event, form, at=at) != RegistrationWindow.OPEN:
        raise RegistrationClosed
    existing = queries.active_by_identity(event, person.identity)
    if existing is not None and existing.idempotency_key == idempotency_key:
        return existing.status
    if form is not None and form.access == Access.INVITED:
        _check_invitation(form, person, invitation, at=at)
    status = status_of_newcomer(event, form=form, entity=person.entity, values=values)
    if existing is not None:
        emails.registered_already(existing)
        return status
    registration = _add(
        event, person, status, form, idempotency_key=idempotency_key, language=language, at=at
    )
    if invitation is not None:
        use(invitation, registration)
    _keep(registration, form, values, at=at)
    return status


def _keep(
    registration: Registration,
    form: RegistrationForm | None,
    values: Mapping[str, Any],
    *,
    at: datetime,
    **known: bool,
) -> None:
    """Keep what somebody answered who has just been registered, note it down, and write to them."""
    if form is not None:
        save_answers(registration, form, values, at=at)
    event, status = registration.event, str(registration.status)
    audit.record("registration.created", registration, event=event, at=at, status=status, **known)
    emails.received(registration)


def note_consent(registration: Registration, consent: Consent, *, at: datetime) -> None:
    """Keep with a person how they agreed; on an earlier day it counts as of noon."""
    registration.consent_kind = consent.consent_kind
    registration.consent_witness = consent.consent_witness
    registration.consent_place = consent.consent_place
    if consent.consent_on != today(registration.event, at=at):
        zone = registration.event.timezone
        registration.consented_at = at_time(consent.consent_on, time(12), zone=zone)


def _check_invitation(
    form: RegistrationForm, person: Person, invitation: Invitation | None, *, at: datetime
) -> None:
    if invitation is None or invitation.form_id != form.id or invitation.email != person.email:
        raise InvitationNeeded
    check(invitation, at=at)


def register_by_hand(
    event: Event,
    person: Person,
    *,
    form: RegistrationForm | None = None,
    values: Mapping[str, Any] = _NO_ANSWERS,
    consent: Consent | None = None,
    idempotency_key: str,
    language: str,
    at: datetime,
) -> Registration:
    """Register a person for whom the office answers, their consent included, outside the window too.

    The seats stay limited: over capacity the person waits. The same form sent twice makes one registration.

    Raises NotPublished, IdentityTaken, SamePerson, ChoiceFull and EntityNotListed.
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
    status = status_of_newcomer(event, form=form, entity=person.entity, values=values)
    registration = _add(
        event, person, status, form, idempotency_key=idempotency_key, language=language, at=at
    )
    if consent is not None:
        note_consent(registration, consent, at=at)
    _keep(registration, form, values, at=at, by_office=True)
    return registration


def _add(
    event: Event,
    person: Person,
    status: RegistrationStatus,
    form: RegistrationForm | None = None,
    *,
    idempotency_key: str,
    language: str,
    at: datetime,
) -> Registration:
    registration = Registration(
        event_id=event.id,
        event=event,
        form_id=None if form is None else form.id,
        status=status,
        document_type=person.document_type,
        document_number=person.document_number,
        given_names=person.given_names,
        first_surname=person.first_surname,
        second_surname=person.second_surname,
        email=person.email,
        phone=person.phone,
        entity=person.entity,
        entity_key=rules.entity_key(person.entity),
        position=person.position,
        ubigeo=person.ubigeo,
        language=language,
        idempotency_key=idempotency_key,
        consent_text_id=accounts.consent_text_in_force(event.organisation, at=at).id,
        consented_at=at,
        created_at=at,
        confirmed_at=at if status == RegistrationStatus.CONFIRMED else None,
        waiting_since=at if status == RegistrationStatus.WAITLISTED else None,
    )
    return _with_fresh_code(registration)


def _with_fresh_code(registration: Registration) -> Registration:
    """Store a registration under a code that nobody has, and see that the organisation can sign its pass."""
    if not give_code(registration, registration.event.organisation_id):
        ensure_key(registration.event.organisation_id, at=registration.created_at)
    rules.fold(registration)
    registration.is_possible_duplicate = queries.has_namesake(registration)
    _store(registration)
    return registration


_PEOPLE = cast(Table, Registration.__table__)
_ADD = _PEOPLE.insert().returning(_PEOPLE.c.id)
_WHEN_UNSAID = {
    column.key: getattr(column.default, "arg", None) for column in _PEOPLE.columns if not column.primary_key
}


def _store(registration: Registration) -> None:
    """Insert a new registration, and let the session have it as if it had been read.

    A flush would look at all that the session holds, and takes four times as long: a rush feels it.
    """
    said = registration.__dict__
    for name, value in _WHEN_UNSAID.items():
        if name not in said:
            setattr(registration, name, value)
    values = {name: said[name] for name in _WHEN_UNSAID}
    registration.id = db.session.connection().execute(_ADD, values).scalar_one()
    make_transient_to_detached(registration)
    db.session.add(registration)
