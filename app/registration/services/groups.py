"""Groups of people whom a coordinator or the office registers together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app import audit, changes
from app.accounts.models import Actor
from app.errors import DomainError
from app.events.models import Event, EventStatus
from app.events.rules import RegistrationWindow
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.errors import (
    ChoiceFull,
    EntityNotListed,
    EventBegun,
    IdentityTaken,
    LinkClosed,
    NamedTwice,
    NoCoordinatorAddress,
    NotForYou,
    NotPublished,
    RegistrationClosed,
    RowsRefused,
    SamePerson,
    UnknownField,
)
from app.registration.models import ConsentKind, Registration, RegistrationForm, RegistrationGroup
from app.registration.services.people import Consent, Person
from app.registration.services.registering import note_consent, register_by_hand
from app.registration.services.seats import lock
from app.registration.services.upkeep import correct


@dataclass(frozen=True)
class GroupFacts:
    """What is known of a group and of who coordinates it."""

    name: str
    coordinator_name: str = ""
    coordinator_email: str = ""
    coordinator_phone: str = ""
    coordinator_language: str = "es"
    form_id: int | None = None


def create_group(event: Event, facts: GroupFacts, *, by: Actor, at: datetime) -> RegistrationGroup:
    """Make a group without people. Raises NotPublished for an event in which nobody can be registered."""
    if event.status != EventStatus.PUBLISHED:
        raise NotPublished
    group = RegistrationGroup(
        event_id=event.id, created_by_id=by.id, created_at=at, consent_kind=ConsentKind.ORAL, link_version=0
    )
    group.last_link_version = 0
    changes.apply(group, facts)
    db.session.add(group)
    audit.record("group.created", group, event=event, at=at)
    return group


def update_group(group: RegistrationGroup, facts: GroupFacts, *, at: datetime) -> list[str]:
    """Change what is known of a group. Returns the names of the fields that changed."""
    changed = changes.apply(group, facts)
    if changed:
        audit.record("group.updated", group, event=group.event, at=at, changed=changed)
    return changed


def open_link(group: RegistrationGroup, *, at: datetime) -> None:
    """Make a new coordinator's link; those before it stop working."""
    group.last_link_version += 1
    group.link_version = group.last_link_version
    audit.record("group.link_opened", group, event=group.event, at=at, version=group.link_version)


def close_link(group: RegistrationGroup, *, at: datetime) -> None:
    """Let the coordinator's link work no longer."""
    if group.has_link:
        group.link_version = 0
        audit.record("group.link_closed", group, event=group.event, at=at)


def send_link(group: RegistrationGroup, *, at: datetime) -> None:
    """Write the link to the coordinator. Raises LinkClosed, and NoCoordinatorAddress without an e-mail."""
    if not group.has_link:
        raise LinkClosed
    if not group.coordinator_email:
        raise NoCoordinatorAddress
    audit.record("group.link_sent", group, event=group.event, at=at)
    emails.group_link(group)


def register_group(
    group: RegistrationGroup,
    people: Sequence[Person],
    consent: Consent,
    *,
    form: RegistrationForm | None = None,
    answers: Sequence[Mapping[str, Any]] = (),
    idempotency_key: str,
    language: str,
    at: datetime,
    by_link: bool = False,
) -> list[Registration]:
    """Register several people of a group at once: all of them, or none.

    `form` is the event's form that was filled in (None: the plain one), `answers` what `rules.answers.read_all` made
    of each line. Seats are given by the normal rules in the order of the lines. The same lines sent again (the same
    key) register nobody twice. Through a coordinator's link (`by_link`) the registration window holds, and who is
    registered elsewhere is not told.

    Raises RegistrationClosed, NotPublished, and RowsRefused, after which the caller rolls back.
    """
    event = group.event
    lock(event)
    db.session.refresh(event, ["status", "capacity", "registration_closes_at"])
    if by_link and rules.window(event, form, at=at) != RegistrationWindow.OPEN:
        raise RegistrationClosed
    refused: dict[int, DomainError] = dict(_named_twice(people))
    registered = []
    for index, person in enumerate(people):
        if index in refused:
            continue
        try:
            registered.append(
                register_by_hand(
                    event,
                    person,
                    form=form,
                    values=answers[index] if answers else {},
                    idempotency_key=idempotency_key,
                    language=language,
                    at=at,
                )
            )
        except (IdentityTaken, SamePerson) as error:
            refused[index] = _refusal(group, person, error) if by_link else error
        except (ChoiceFull, EntityNotListed, UnknownField) as error:
            refused[index] = error
    if refused:
        raise RowsRefused(refused)
    new = [one for one in registered if one.group_id != group.id]
    _write_down(group, new, consent, at=at)
    if new:
        audit.record("group.people_registered", group, event=event, at=at, people=len(new), by_link=by_link)
    return registered


def _named_twice(people: Sequence[Person]) -> dict[int, NamedTwice]:
    places = rules.repeated(person.identity for person in people)
    return {index: NamedTwice(line=first + 1) for index, first in places.items()}


def _refusal(
    group: RegistrationGroup, person: Person, error: IdentityTaken | SamePerson
) -> IdentityTaken | SamePerson | NotForYou:
    """Say plainly only what the coordinator knows anyway: that somebody of their own group is in it already."""
    existing = queries.active_by_identity(group.event, person.identity)
    is_own = existing is not None and existing.group_id == group.id
    return error if is_own else NotForYou()


def _write_down(
    group: RegistrationGroup, people: Sequence[Registration], consent: Consent, *, at: datetime
) -> None:
    """Keep with each person how they agreed, and with the group what was typed last."""
    changes.apply(group, consent)
    for person in people:
        person.group_id = group.id
        note_consent(person, consent, at=at)
    db.session.flush()


def correct_names(registration: Registration, typed: Person, *, at: datetime) -> list[str]:
    """Correct the names of somebody for their coordinator. Returns the names of the fields that changed.

    Raises EventBegun from the event's first day on, and NotForYou where the names would be those of another person.
    """
    if rules.has_begun(registration.event, at=at):
        raise EventBegun
    known = {name: getattr(registration, name) for name in Person.__dataclass_fields__}
    person = replace(
        Person(**known),
        given_names=typed.given_names,
        first_surname=typed.first_surname,
        second_surname=typed.second_surname,
    )
    try:
        return correct(registration, person, at=at)
    except (IdentityTaken, SamePerson):
        raise NotForYou from None
