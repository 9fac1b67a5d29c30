"""How the back office calls things."""

from flask_babel import gettext as _

from app.events.models import EventStatus
from app.events.rules import Missing


def status(value: EventStatus | str) -> tuple[str, str]:
    """Return the chip of an event's status: its state and its word."""
    match EventStatus(value):
        case EventStatus.DRAFT:
            return "warn", _("Draft")
        case EventStatus.PUBLISHED:
            return "ok", _("Published")
        case EventStatus.CANCELLED:
            return "bad", _("Cancelled event")


def missing(value: Missing) -> str:
    """Return what an event lacks, as something to do."""
    return {
        Missing.DAY: _("Add a day to the agenda."),
        Missing.SESSION: _("Add a session to the agenda."),
        Missing.SUMMARY: _("Write a summary in one or two sentences."),
        Missing.VENUE: _("Say where it takes place."),
        Missing.ONLINE_URL: _("Give at least one session the address of its room."),
        Missing.CONTACT: _("Give an e-mail for questions."),
        Missing.HOURS: _("Say how many hours the certificate states."),
    }[value]
