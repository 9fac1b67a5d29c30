"""The demonstration's forms: a workshop that asks for language and interpreter, a programme with groups of sixteen."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.events.models import Event
from app.registration import services
from app.registration.models import FieldKind, RegistrationForm
from app.registration.services import FieldFacts, FormFacts

Values = Callable[[int], Mapping[str, Any]]  # the answers of the first, the second … participant

_LANGUAGES = ("castellano", "awajun", "kukama", "wampis", "castellano", "urarina")
_LEVELS = ("distrital", "provincial", "distrital", "regional")
_REGIMES = ("276", "cas", "728", "cas", "servicios", "30057")
_GROUPS = {
    "imaza": "Imaza",
    "manseriche": "Manseriche",
    "urarinas": "Urarinas",
    "condorcanqui": "Condorcanqui",
    "datem": "Datem del Marañón",
}
_SEATS = 16  # of a group: eighty officials of five municipalities


def for_workshop(event: Event, *, at: datetime) -> RegistrationForm:
    """Give the workshop the form of a community workshop."""
    title = {"es": "Inscripción al taller", "en": "Registration for the workshop"}
    facts = FormFacts(slug="taller", title=title)
    return services.start_form(event, facts, services.shipped()["community"], at=at)


def of_leader(number: int) -> dict[str, Any]:
    """Return what a participant of the workshop answers."""
    language = _LANGUAGES[number % len(_LANGUAGES)]
    return {"lengua": language, "interprete": language != "castellano" and number % 3 == 1}


def for_programme(event: Event, *, at: datetime) -> RegistrationForm:
    """Give the programme the form of a training, and a group of sixteen for each municipality."""
    title = {"es": "Inscripción al programa", "en": "Registration for the programme"}
    facts = FormFacts(slug="programa", title=title)
    form = services.start_form(event, facts, services.shipped()["training"], at=at)
    choices = [
        {"key": key, "label": {"es": name, "en": name}, "seats": _SEATS} for key, name in _GROUPS.items()
    ]
    label = {"es": "Grupo de trabajo", "en": "Working group"}
    group = FieldFacts(kind=FieldKind.ONE_OF, label=label, is_required=True, choices=choices)
    services.save_field(form, None, group, at=at)
    return form


def of_official(number: int) -> dict[str, Any]:
    """Return what a participant of the programme answers."""
    groups = list(_GROUPS)
    return {
        "nivel-de-gobierno": _LEVELS[number % len(_LEVELS)],
        "regimen-laboral": _REGIMES[number % len(_REGIMES)],
        "grupo-de-trabajo": groups[number % len(groups)],
    }
