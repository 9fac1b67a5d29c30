"""How an event's choices are called on the screen."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.models import Event, HourUnit, Modality


def modality(value: Modality | str) -> str:
    """Return where an event takes place, in a word or two."""
    match Modality(value):
        case Modality.VIRTUAL:
            return _("Virtual")
        case Modality.IN_PERSON:
            return _("In person")
        case Modality.HYBRID:
            return _("In person and virtual")


def modality_in_full(value: Modality | str) -> str:
    """Return what an event's modality means for whoever wants to take part."""
    match Modality(value):
        case Modality.VIRTUAL:
            return _("Virtual, from any device")
        case Modality.IN_PERSON:
            return _("In person")
        case Modality.HYBRID:
            return _("In person, or virtual from any device")


def hours(event: Event) -> str:
    """Return how many hours an event certifies, with their unit: "12 horas"; empty where it does not say."""
    if event.hours is None:
        return ""
    amount = Decimal(event.hours)
    number = f"{amount.normalize():f}"
    count = 1 if amount == 1 else 2
    if HourUnit(event.hour_unit) == HourUnit.ACADEMIC:
        return ngettext("%(number)s academic hour", "%(number)s academic hours", count, number=number)
    return ngettext("%(number)s hour", "%(number)s hours", count, number=number)
