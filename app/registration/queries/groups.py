"""Reads of groups, and the token of a coordinator's link."""

from dataclasses import dataclass
from typing import NoReturn

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import signing
from app.addresses import LARGEST_NUMBER
from app.events.models import Event
from app.extensions import db
from app.registration.models import (
    ACTIVE,
    Registration,
    RegistrationForm,
    RegistrationGroup,
    RegistrationStatus,
)
from app.registration.queries.forms import main_form

_TOKEN_ID = 6  # bytes of the group's number at the head of a token
_PURPOSE = "group-link"


@dataclass(frozen=True)
class ListedGroup:
    """A group with how many of its people have a seat, and how many wait for one."""

    group: RegistrationGroup
    confirmed: int
    waiting: int
    people: int


def _not_found() -> NoReturn:
    abort(404)


def group_token(group: RegistrationGroup) -> str:
    """Return the token of a coordinator's link, derived like that of a personal one."""
    mac = signing.derive(_PURPOSE, group.id, group.link_version)
    return signing.to_text(group.id.to_bytes(_TOKEN_ID) + mac)


def group_by_token(token: str) -> RegistrationGroup | None:
    """Return the group that an open link leads to, with its event and organisation."""
    try:
        raw = signing.from_text(token)
    except (ValueError, UnicodeEncodeError):
        return None
    number = int.from_bytes(raw[:_TOKEN_ID])
    group = group_by_id(number) if number <= LARGEST_NUMBER else None
    if group is None or not group.has_link:
        return None
    expected = signing.derive(_PURPOSE, group.id, group.link_version)
    return group if signing.matches(expected, raw[_TOKEN_ID:]) else None


def group_by_id(group_id: int) -> RegistrationGroup | None:
    """Return a group with its event and organisation."""
    statement = (
        select(RegistrationGroup)
        .options(
            joinedload(RegistrationGroup.event).joinedload(Event.organisation),
            joinedload(RegistrationGroup.form),
        )
        .where(RegistrationGroup.id == group_id)
    )
    return db.session.scalar(statement)


def group_of_event_or_404(event: Event, group_id: int) -> RegistrationGroup:
    """Return a group of this event, or answer 404."""
    statement = select(RegistrationGroup).where(
        RegistrationGroup.id == group_id, RegistrationGroup.event_id == event.id
    )
    return db.session.scalar(statement) or _not_found()


def groups_of(event: Event) -> list[ListedGroup]:
    """Return the groups of an event by name, with their numbers, in one query."""
    statement = (
        select(
            RegistrationGroup,
            func.count(Registration.id).filter(Registration.status == RegistrationStatus.CONFIRMED),
            func.count(Registration.id).filter(Registration.status == RegistrationStatus.WAITLISTED),
            func.count(Registration.id),
        )
        .outerjoin(Registration, (Registration.group_id == RegistrationGroup.id) & ACTIVE)
        .where(RegistrationGroup.event_id == event.id)
        .group_by(RegistrationGroup.id)
        .order_by(func.lower(RegistrationGroup.name), RegistrationGroup.id)
    )
    return [ListedGroup(*row) for row in db.session.execute(statement)]


def form_of_group(group: RegistrationGroup) -> RegistrationForm | None:
    """Return the form that a group's people fill in: its own, else the event's first; None is the plain one."""
    return group.form if group.form is not None else main_form(group.event)


def people_of(group: RegistrationGroup) -> list[Registration]:
    """Return a group's people who are not at an end, in the order of names."""
    statement = (
        select(Registration)
        .where(Registration.group_id == group.id, ACTIVE)
        .order_by(Registration.sort_key, Registration.id)
    )
    return list(db.session.scalars(statement))


def person_of_group_or_404(group: RegistrationGroup, registration_id: int) -> Registration:
    """Return somebody of this group who is not at an end, or answer 404."""
    statement = select(Registration).where(
        Registration.id == registration_id, Registration.group_id == group.id, ACTIVE
    )
    return db.session.scalar(statement) or _not_found()
