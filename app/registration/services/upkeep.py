"""What is done about a registration once it is there: its link and what is known of the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app import audit, changes
from app.events.models import Event
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.errors import AlreadyCancelled, EditingOver, NoAddress, SamePerson
from app.registration.models import Registration, RegistrationForm
from app.registration.services.answers import save_answers
from app.registration.services.entities import key_after, settle
from app.registration.services.passes import renew_pass
from app.registration.services.people import Person, is_taken, taken
from app.registration.services.seats import lock, promote, refuse_full_choices, refuse_full_entity

_NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})


def tell_apart(registration: Registration, *, at: datetime) -> None:
    """Note the office's word that a registration is of nobody else's, however alike they look."""
    if registration.is_possible_duplicate:
        registration.is_possible_duplicate = False
        audit.record("registration.told_apart", registration, event=registration.event, at=at)


def renew_link(registration: Registration, *, at: datetime) -> None:
    """Make the present personal link and pass useless, and send the new ones."""
    registration.link_version += 1
    renew_pass(registration, at=at)
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


@dataclass(frozen=True)
class Facts:
    """What people may change about themselves without anybody's word."""

    phone: str
    entity: str
    position: str
    ubigeo: str


def update_facts(
    registration: Registration,
    facts: Facts,
    *,
    form: RegistrationForm | None = None,
    values: Mapping[str, Any] = _NO_ANSWERS,
    at: datetime,
) -> list[str]:
    """Change a person's facts and answers as they wish, within the event's window.

    Returns the names of the facts and the keys of the answers that changed. Places that this frees go on at once.

    Raises AlreadyCancelled, EditingOver, SamePerson where the community was all that told two people apart,
    EntityFull or EntityNotListed where they hold a seat that the new institution has not, and ChoiceFull.
    """
    event = registration.event
    lock(event)
    db.session.refresh(registration)
    if not registration.is_active:
        raise AlreadyCancelled
    until = editing_until(event)
    if until is not None and at >= until:
        raise EditingOver
    refuse_full_entity(registration, key_after(registration, entity=facts.entity, form=form, values=values))
    if is_taken(registration, entity=facts.entity):
        raise SamePerson(field="entity")
    changed = changes.apply(registration, facts)
    rules.fold(registration)
    settle(registration)
    if changed:
        audit.record("registration.facts_changed", registration, event=event, at=at, changed=changed)
    if form is not None:
        refuse_full_choices(registration, values)
        changed += save_answers(registration, form, values, at=at)
    if changed:
        db.session.flush()
        promote(event, at=at)
    return changed


def editing_until(event: Event) -> datetime | None:
    """Return until when people may change what they told: as the office set it, else until the event begins."""
    return queries.settings_of(event).answers_until or queries.starts_at(event)


def correct(registration: Registration, person: Person, *, at: datetime) -> list[str]:
    """Correct what is known of a person. Returns the names of the fields that changed.

    Raises IdentityTaken or SamePerson where another registration is for the same person, and EntityFull or
    EntityNotListed where the seat would be of an institution that has none left.
    """
    event = registration.event
    lock(event)
    is_other = registration.is_active and person.identity != registration.identity
    if is_other and queries.active_by_identity(event, person.identity) is not None:
        raise taken(person)
    refuse_full_entity(registration, key_after(registration, entity=person.entity))
    changed = changes.apply(registration, person)
    rules.fold(registration)
    settle(registration)
    if changed:
        audit.record("registration.corrected", registration, event=event, at=at, changed=changed)
    return changed


def correct_answers(
    registration: Registration, form: RegistrationForm, values: Mapping[str, Any], *, at: datetime
) -> list[str]:
    """Correct what a person answered. Returns the keys of the fields that changed.

    A choice that is left goes to whoever waits for it. Raises ChoiceFull where a new one has no seat left, EntityFull
    or EntityNotListed where the institution of another RUC has none, and UnknownField.
    """
    lock(registration.event)
    former = {one.version.field.key: one.value for one in queries.answers_of(registration)}
    if registration.holds_a_seat:
        new = {key: value for key, value in values.items() if value != former.get(key)}
        refuse_full_choices(registration, new)
        refuse_full_entity(registration, key_after(registration, form=form, values=values))
    changed = save_answers(registration, form, values, at=at)
    if changed:
        db.session.flush()
        promote(registration.event, at=at)
    return changed
