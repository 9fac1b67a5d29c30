"""How an event's choices are called on the screen."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.models import Day, Event, EventStatus, HourUnit, Modality, SessionKind, SpeakerRole
from app.localisation import day as format_day


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


def hour_unit(value: HourUnit | str) -> str:
    """Return what an hour on a certificate means."""
    match HourUnit(value):
        case HourUnit.CHRONOLOGICAL:
            return _("Clock hours (60 minutes)")
        case HourUnit.ACADEMIC:
            return _("Academic hours (45 minutes)")


def session_kind(value: SessionKind | str) -> str:
    """Return what a session is."""
    match SessionKind(value):
        case SessionKind.TALK:
            return _("Talk")
        case SessionKind.PANEL:
            return _("Panel")
        case SessionKind.WORKSHOP:
            return _("Workshop")
        case SessionKind.CEREMONY:
            return _("Ceremony")
        case SessionKind.BREAK:
            return _("Break")


def speaker_role(value: SpeakerRole | str) -> str:
    """Return what somebody does in a session."""
    match SpeakerRole(value):
        case SpeakerRole.SPEAKER:
            return _("Speaker")
        case SpeakerRole.MODERATOR:
            return _("Moderator")


def status(value: EventStatus | str) -> tuple[str, str]:
    """Return the state of a chip and its word for how far an event has come."""
    match EventStatus(value):
        case EventStatus.DRAFT:
            return "warn", _("Draft")
        case EventStatus.PUBLISHED:
            return "ok", _("Published")
        case EventStatus.CANCELLED:
            return "bad", _("Cancelled")


def day(value: Day) -> str:
    """Return how a day is called in a list: its date, and its title if it has one."""
    date = format_day(value.date, weekday=True, year=False)
    return f"{date} · {value.title}" if value.title else date
