"""Who gets a seat: one transaction at a time decides, and what becomes free goes to the next who waits."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from app import audit
from app.events.models import Event, EventStatus
from app.events.rules import today
from app.events.services import capacity_changed
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.errors import ChoiceFull, EntityFull, EntityNotListed
from app.registration.models import (
    Promotion,
    Registration,
    RegistrationForm,
    RegistrationSettings,
    RegistrationStatus,
)
from app.registration.queries.seats import LimitedOption
from app.registration.rules.answers import words
from app.registration.rules.seats import Choice, Place, Vacancies, offer_deadline
from app.registration.services.entities import rucs_among

_NONE: Mapping[str, Any] = {}
_ALL = 10_000  # of the waitlist at once, where nothing limits an event
_NAMED = 10  # institutions that a refusal names at most


def lock(event: Event) -> None:
    """Let one transaction at a time decide about an event's seats.

    SQLite has one writer anyway (see unit_of_work); PostgreSQL locks the event's row, after which all that follows
    reads what earlier holders committed, the event's own limit and state too.
    """
    if db.engine.dialect.name == "sqlite":
        return
    held = select(Event.capacity, Event.status).where(Event.id == event.id).with_for_update()
    for name, value in db.session.execute(held).one()._mapping.items():
        set_committed_value(event, name, value)


def status_of_newcomer(
    event: Event,
    *,
    form: RegistrationForm | None = None,
    entity: str = "",
    values: Mapping[str, Any] = _NONE,
) -> RegistrationStatus:
    """Return where somebody of this institution who registers now with these answers would land.

    Raises ChoiceFull at the field of an option of which no place is left, and EntityNotListed.
    """
    options = {} if form is None else queries.limited_options([form.id])
    rucs = {} if form is None or not values else rucs_among(queries.current_fields(form), values)
    place = Place(
        rules.entity_key(entity),
        None if form is None else form.id,
        chosen_options(options, values),
        frozenset(ruc for ruc in rucs.values() if ruc),
    )
    left = queries.vacancies(event, place)
    _refuse_unlisted(event, left, place)
    _refuse_full(options, left, place)
    if form is not None and form.is_moderated:
        return RegistrationStatus.PENDING
    return RegistrationStatus.CONFIRMED if left.admit(place) else RegistrationStatus.WAITLISTED


def status_once_approved(registration: Registration) -> RegistrationStatus:
    """Return where somebody who waits for the office's word lands with it. What they chose is theirs already."""
    place = Place(registration.entity_key, registration.form_id)
    is_free = queries.vacancies(registration.event, place).admit(place)
    return RegistrationStatus.CONFIRMED if is_free else RegistrationStatus.WAITLISTED


def refuse_full_choices(registration: Registration, values: Mapping[str, Any]) -> None:
    """Refuse new answers of somebody registered, under the lock. Raises ChoiceFull."""
    if registration.form_id is None:
        return
    options = queries.limited_options([registration.form_id])
    chosen = chosen_options(options, values)
    taken = queries.choices_taken(chosen, besides=registration)
    left = {choice: options[choice].seats - taken.get(choice, 0) for choice in chosen}
    _refuse_full(options, Vacancies(choices=left), Place(choices=chosen))


def refuse_full_entity(registration: Registration, entity_key: str) -> None:
    """Refuse to move somebody with a seat to an institution that has none left. Raises EntityFull, EntityNotListed."""
    if not registration.holds_a_seat or entity_key == registration.entity_key:
        return
    place = Place(entity_key)
    left = queries.vacancies(registration.event, place)
    _refuse_unlisted(registration.event, left, place)
    if left.entities.get(entity_key, 1) <= 0:
        raise EntityFull


def chosen_options(options: Mapping[Choice, LimitedOption], values: Mapping[str, Any]) -> frozenset[Choice]:
    """Return which of the limited options the answers choose."""
    answers = {key: [value] if isinstance(value, str) else value or () for key, value in values.items()}
    return frozenset(
        (field_id, key) for (field_id, key), option in options.items() if key in answers.get(option.key, ())
    )


def _refuse_unlisted(event: Event, left: Vacancies, place: Place) -> None:
    if left.lists(place):
        return
    names = [quota.entity for quota in queries.quotas(event)]
    if len(names) > _NAMED:
        raise EntityNotListed
    raise EntityNotListed(
        _l("Only people of these institutions can register: %(names)s.", names=", ".join(names))
    )


def _refuse_full(options: Mapping[Choice, LimitedOption], left: Vacancies, place: Place) -> None:
    for choice in sorted(place.choices):
        if left.choices.get(choice, 1) <= 0:
            field_id, full = choice[0], options[choice]
            others = {one: option for one, option in options.items() if one[0] == field_id and one != choice}
            raise ChoiceFull(_no_place(full, _still_free(others)), field=full.key)


def _still_free(others: Mapping[Choice, LimitedOption]) -> list[str]:
    taken = queries.choices_taken(others)
    left = {choice: option.seats - taken.get(choice, 0) for choice, option in others.items()}
    return [f"{_named(others[choice])} ({seats})" for choice, seats in left.items() if seats > 0]


def _named(option: LimitedOption) -> str:
    return words(option.label, str(get_locale()))


def _no_place(full: LimitedOption, free: list[str]) -> Any:
    if not free:
        return _l("No place is left of «%(option)s».", option=_named(full))
    return _l(
        "No place is left of «%(option)s». Places left: %(free)s.", option=_named(full), free=", ".join(free)
    )


def is_over(event: Event, *, at: datetime) -> bool:
    """Return whether the event's last day has passed."""
    return event.ends_on is not None and today(event, at=at) > event.ends_on


def promote(event: Event, *, at: datetime, passed_over: Collection[int] = ()) -> int:
    """Give the free seats to those who wait and whom every limit lets in, first come first served.

    They have them at once, or where the event offers seats, and until it begins, are offered one. `passed_over` are
    ids of people who have just let an offer go. Returns how many were promoted; nobody is in an event that is over
    or was called off.
    """
    lock(event)
    if is_over(event, at=at) or event.status == EventStatus.CANCELLED:
        return 0
    left = queries.vacancies(event)
    settings = queries.settings_of(event)
    deadline = _deadline(event, settings, at=at) if settings.promotion == Promotion.OFFER else None
    promoted = 0
    while left.seats is None or left.seats > 0:
        free = _ALL if left.seats is None else left.seats
        found = queries.next_waiting(event, left, limit=free, passed_over=passed_over)
        if not found:
            break
        places = queries.places_of(found)
        for registration in found:
            if left.admit(places[registration.id]):
                left.take(places[registration.id])
                _give_seat(registration, offered_until=deadline, at=at)
                promoted += 1
        db.session.flush()
    return promoted


def _deadline(event: Event, settings: RegistrationSettings, *, at: datetime) -> datetime | None:
    return offer_deadline(queries.starts_at(event), hours=settings.offer_hours, at=at)


def _give_seat(registration: Registration, *, offered_until: datetime | None, at: datetime) -> None:
    event = registration.event
    if offered_until is not None:
        registration.status = RegistrationStatus.OFFERED
        registration.offer_expires_at = offered_until
        audit.record("registration.offered", registration, event=event, at=at)
        emails.offered(registration)
        return
    registration.status = RegistrationStatus.CONFIRMED
    registration.confirmed_at = at
    registration.waiting_since = None
    audit.record("registration.promoted", registration, event=event, at=at)
    emails.promoted(registration)


@capacity_changed.connect
def _give_new_seats(event: Event, *, at: datetime) -> None:
    """Let those who wait have the seats that an organiser adds."""
    promote(event, at=at)
