"""Reads of what is left of an event's seats, and of who comes next."""

from collections.abc import Collection, Iterable
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select

from app.events.models import Event, Session
from app.events.rules import at_time
from app.extensions import db
from app.registration.models import (
    HOLDING_A_SEAT,
    Answer,
    ChosenOption,
    EntityQuota,
    FieldKind,
    FieldVersion,
    FormField,
    Registration,
    RegistrationForm,
    RegistrationStatus,
    SeatCount,
    Words,
)
from app.registration.queries.settings import settings_of
from app.registration.rules.seats import Choice, Place, Vacancies

# Those who wait for the office's word keep what they chose, though they hold no seat of the event yet.
KEEPING_A_CHOICE = (*HOLDING_A_SEAT, RegistrationStatus.PENDING, RegistrationStatus.RETURNED)


class LimitedOption(NamedTuple):
    """An option of a form of which there are only so many places; `key` is its field's."""

    key: str
    label: Words
    seats: int


# What each registration of a rush asks is built once.
_OCCUPANCY = select(
    select(SeatCount.taken).where(SeatCount.event_id == bindparam("event_id")).scalar_subquery(),
    exists().where(EntityQuota.event_id == bindparam("event_id")),
)


def vacancies(event: Event, place: Place | None = None) -> Vacancies:
    """Return what is left of an event's limits; with a place, of those alone that it meets."""
    taken, has_quotas = db.session.execute(_OCCUPANCY, {"event_id": event.id}).one()
    left = Vacancies(seats=None if event.capacity is None else event.capacity - (taken or 0))
    left.has_quotas = has_quotas
    if has_quotas:
        left.only_listed = settings_of(event).only_listed_entities
        left.entities, left.rucs = _left_of_entities(event, place)
    if place is None or place.form_id is not None:
        forms = _left_of_forms(event, place)
        left.forms = {form_id: seats for form_id, seats in forms.items() if seats is not None}
        options = limited_options(forms) if place is None or place.choices else {}
        chosen = options if place is None else {one: options[one] for one in place.choices if one in options}
        taken_of = choices_taken(chosen)
        left.choices = {choice: option.seats - taken_of.get(choice, 0) for choice, option in chosen.items()}
    return left


def seats_left(event: Event, form: RegistrationForm | None) -> int | None:
    """Return how many seats whoever fills in a form can still have, None without a limit."""
    form_id = None if form is None else form.id
    left = vacancies(event, Place(form_id=form_id)).of_form(form_id)
    return None if left is None else max(0, left)


def options_left(form: RegistrationForm) -> dict[Choice, int]:
    """Return how many places are left of each option of a form that has only so many."""
    options = limited_options([form.id])
    taken = choices_taken(options)
    return {choice: max(0, option.seats - taken.get(choice, 0)) for choice, option in options.items()}


def _left_of_entities(event: Event, place: Place | None) -> tuple[dict[str, int], dict[str, str]]:
    taken = (
        select(func.count())
        .where(
            Registration.event_id == EntityQuota.event_id,
            Registration.entity_key == EntityQuota.entity_key,
            Registration.status.in_(HOLDING_A_SEAT),
        )
        .scalar_subquery()
    )
    statement = select(EntityQuota.entity_key, EntityQuota.ruc, EntityQuota.seats - taken).where(
        EntityQuota.event_id == event.id
    )
    if place is not None:
        is_theirs = EntityQuota.entity_key == place.entity_key
        statement = statement.where(
            or_(is_theirs, EntityQuota.ruc.in_(place.rucs)) if place.rucs else is_theirs
        )
    found = db.session.execute(statement).all()
    return {key: seats for key, _ruc, seats in found}, {ruc: key for key, ruc, _seats in found if ruc}


def _left_of_forms(event: Event, place: Place | None) -> dict[int, int | None]:
    taken = (
        select(func.count())
        .where(Registration.form_id == RegistrationForm.id, Registration.status.in_(HOLDING_A_SEAT))
        .scalar_subquery()
    )
    statement = select(RegistrationForm.id, RegistrationForm.capacity - taken).where(
        RegistrationForm.event_id == event.id
    )
    if place is not None:
        statement = statement.where(RegistrationForm.id == place.form_id)
    return dict(db.session.execute(statement).all())


def limited_options(form_ids: Collection[int]) -> dict[Choice, LimitedOption]:
    """Return the options of these forms, as they are now, of which there are only so many places."""
    if not form_ids:
        return {}
    newest = (
        select(func.max(FieldVersion.number))
        .where(FieldVersion.field_id == FormField.id)
        .correlate(FormField)
        .scalar_subquery()
    )
    statement = (
        select(FormField.id, FormField.key, FieldVersion.choices)
        .join(FieldVersion, FieldVersion.field_id == FormField.id)
        .where(FormField.form_id.in_(form_ids), FormField.removed_at.is_(None), FieldVersion.number == newest)
    )
    return {
        (field_id, option["key"]): LimitedOption(key, option["label"], option["seats"])
        for field_id, key, options in db.session.execute(statement)
        for option in options
        if option.get("seats") is not None
    }


def choices_taken(choices: Collection[Choice], *, besides: Registration | None = None) -> dict[Choice, int]:
    """Return how many places of these options are taken; `besides` somebody who chooses anew."""
    if not choices:
        return {}
    statement = (
        select(ChosenOption.field_id, ChosenOption.option, func.count())
        .join(Registration, Registration.id == ChosenOption.registration_id)
        .where(
            ChosenOption.field_id.in_({field for field, _option in choices}),
            ChosenOption.option.in_({option for _field, option in choices}),
            Registration.status.in_(KEEPING_A_CHOICE),
        )
        .group_by(ChosenOption.field_id, ChosenOption.option)
    )
    if besides is not None:
        statement = statement.where(Registration.id != besides.id)
    return {(field, option): taken for field, option, taken in db.session.execute(statement)}


def places_of(registrations: Iterable[Registration]) -> dict[int, Place]:
    """Return by id what the limits count these registrations by."""
    people = {one.id: one for one in registrations}
    chosen: dict[int, set[Choice]] = {number: set() for number in people}
    if any(one.form_id is not None for one in people.values()):
        statement = select(ChosenOption.registration_id, ChosenOption.field_id, ChosenOption.option).where(
            ChosenOption.registration_id.in_(people)
        )
        for number, field_id, option in db.session.execute(statement):
            chosen[number].add((field_id, option))
    return {
        number: Place(one.entity_key, one.form_id, frozenset(chosen[number]))
        for number, one in people.items()
    }


def next_waiting(
    event: Event, left: Vacancies, *, limit: int, passed_over: Collection[int] = ()
) -> list[Registration]:
    """Return the first of the waitlist whom no limit that is exhausted keeps out, in the order in which they came."""
    statement = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == RegistrationStatus.WAITLISTED,
            Registration.id.not_in(passed_over),
            *_outside_full_limits(left),
        )
        .order_by(Registration.waiting_since, Registration.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _outside_full_limits(left: Vacancies) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    full = [key for key, seats in left.entities.items() if seats <= 0]
    if left.only_listed:
        conditions.append(Registration.entity_key.in_(left.entities.keys() - set(full)))
    elif full:
        conditions.append(Registration.entity_key.not_in(full))
    if forms := [form_id for form_id, seats in left.forms.items() if seats <= 0]:
        conditions.append(or_(Registration.form_id.is_(None), Registration.form_id.not_in(forms)))
    if choices := [choice for choice, seats in left.choices.items() if seats <= 0]:
        is_full = or_(
            *(and_(ChosenOption.field_id == field, ChosenOption.option == key) for field, key in choices)
        )
        conditions.append(~exists().where(ChosenOption.registration_id == Registration.id, is_full))
    return conditions


def starts_at(event: Event) -> datetime | None:
    """Return when an event begins: with its first session, or where it has none with its first day."""
    first = db.session.scalar(select(func.min(Session.starts_at)).where(Session.event_id == event.id))
    if first is not None or event.starts_on is None:
        return first
    return at_time(event.starts_on, time.min, zone=event.timezone)


def events_with_expired_offers(*, at: datetime) -> list[int]:
    """Return the ids of the events of which offers have run out."""
    statement = (
        select(Registration.event_id)
        .where(Registration.status == RegistrationStatus.OFFERED, Registration.offer_expires_at <= at)
        .distinct()
    )
    return list(db.session.scalars(statement))


def numbers_by_entity(event: Event) -> dict[str, tuple[int, int]]:
    """Return by institution with a quota how many have a seat and how many wait."""
    holds = Registration.status.in_(HOLDING_A_SEAT)
    waits = Registration.status == RegistrationStatus.WAITLISTED
    statement = (
        select(Registration.entity_key, func.count().filter(holds), func.count().filter(waits))
        .join(
            EntityQuota,
            and_(
                EntityQuota.event_id == Registration.event_id,
                EntityQuota.entity_key == Registration.entity_key,
            ),
        )
        .where(Registration.event_id == event.id)
        .group_by(Registration.entity_key)
    )
    return {key: (taken, waiting) for key, taken, waiting in db.session.execute(statement)}


def entity_keys_by_ruc(event: Event) -> dict[str, str]:
    """Return by which institution with a quota the people who give its RUC are counted."""
    statement = select(EntityQuota.ruc, EntityQuota.entity_key).where(
        EntityQuota.event_id == event.id, EntityQuota.ruc != ""
    )
    return dict(db.session.execute(statement).all())


_RUCS = (
    select(FormField.key, Answer.value, Registration)
    .select_from(Answer)
    .join(Answer.registration)
    .join(Answer.version)
    .join(FieldVersion.field)
    .where(FieldVersion.kind == FieldKind.RUC, FormField.form_id == Registration.form_id)
    .order_by(Registration.id)
)


def rucs_of(registration: Registration) -> dict[str, str]:
    """Return the RUCs that somebody answered with, by the keys of the fields."""
    found = db.session.execute(_RUCS.where(Registration.id == registration.id))
    return {key: ruc for key, ruc, _registration in found}


def with_rucs(event: Event) -> dict[Registration, set[str]]:
    """Return those of an event who answered with a RUC, and with which."""
    people: dict[Registration, set[str]] = {}
    for _key, ruc, registration in db.session.execute(_RUCS.where(Registration.event_id == event.id)):
        people.setdefault(registration, set()).add(ruc)
    return people


def quota_of(event: Event, quota_id: int) -> EntityQuota | None:
    """Return an institution's quota of this event."""
    return db.session.scalar(
        select(EntityQuota).where(EntityQuota.id == quota_id, EntityQuota.event_id == event.id)
    )


def quotas(event: Event, *, limit: int | None = None) -> list[EntityQuota]:
    """Return the (first) institutions with seats of their own, by name."""
    statement = select(EntityQuota).where(EntityQuota.event_id == event.id)
    return list(db.session.scalars(statement.order_by(EntityQuota.entity_key).limit(limit)))
