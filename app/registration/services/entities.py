"""By which institution people are counted: that whose RUC they gave, if it has seats of its own, else the one named."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.events.models import Event
from app.registration import queries, rules
from app.registration.models import FieldKind, FieldVersion, Registration, RegistrationForm
from app.registration.rules.seats import Place, Vacancies


def rucs_among(versions: Iterable[FieldVersion], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return which of the answers are to questions for a RUC; None where one is taken back."""
    return {
        one.field.key: values[one.field.key]
        for one in versions
        if one.kind == FieldKind.RUC and one.field.key in values
    }


def key_of(event: Event, entity: str, rucs: Iterable[str]) -> str:
    """Return the institution by which somebody is counted who names one and gives these RUCs."""
    given = frozenset(rucs)
    known = queries.entity_keys_by_ruc(event) if given else {}
    return Vacancies(rucs=known).entity_of(Place(rules.entity_key(entity), rucs=given))


def key_after(
    registration: Registration,
    *,
    entity: str | None = None,
    form: RegistrationForm | None = None,
    values: Mapping[str, Any] | None = None,
) -> str:
    """Return the institution by which a registration will be counted with another name or other answers."""
    rucs: dict[str, Any] = {} if registration.form_id is None else dict(queries.rucs_of(registration))
    if form is not None and values:
        rucs |= rucs_among(queries.current_fields(form), values)
    named = registration.entity if entity is None else entity
    return key_of(registration.event, named, (ruc for ruc in rucs.values() if ruc))


def settle(registration: Registration) -> None:
    """Count a registration by the institution that it belongs to now."""
    registration.entity_key = key_after(registration)


def settle_all(event: Event) -> None:
    """Count everybody of an event who gave a RUC anew: the office has written down other ones."""
    known = Vacancies(rucs=queries.entity_keys_by_ruc(event))
    for registration, rucs in queries.with_rucs(event).items():
        registration.entity_key = known.entity_of(
            Place(rules.entity_key(registration.entity), rucs=frozenset(rucs))
        )
