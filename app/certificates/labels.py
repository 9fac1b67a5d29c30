"""How the facts of a certificate are called on the screen, in the reader's language."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from app.certificates.models import Certificate, CertificateRole
from app.certificates.queries import State
from app.certificates.wording import figures
from app.events.models import HourUnit, Modality
from app.localisation import days


def taking_part(certificate: Certificate) -> str:
    """Return what a certificate was granted for: "Participar como asistente en «Gobierno Abierto»"."""
    event = certificate.design.content["facts"]["event"]
    match CertificateRole(certificate.role):
        case CertificateRole.ATTENDEE:
            return _("Taking part as an attendee in «%(event)s»", event=event)
        case CertificateRole.SPEAKER:
            return _("Taking part as a speaker in «%(event)s»", event=event)
        case CertificateRole.MODERATOR:
            return _("Taking part as a moderator in «%(event)s»", event=event)
        case CertificateRole.ORGANISER:
            return _("Taking part as an organiser in «%(event)s»", event=event)


def duration(certificate: Certificate) -> str:
    """Return hours, dates and modality as they were at the time of issue."""
    facts = certificate.design.content["facts"]
    parts = [hours(certificate)]
    if facts["starts_on"]:
        parts.append(days(date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"])))
    return " · ".join([*parts, _modality(Modality(facts["modality"]))])


def hours(certificate: Certificate) -> str:
    """Return the hours of a certificate with their unit: "6 horas cronológicas"."""
    number = figures(certificate.hours)
    count = 1 if certificate.hours <= 1 else 2
    if HourUnit(certificate.hour_unit) == HourUnit.ACADEMIC:
        return ngettext("%(number)s academic hour", "%(number)s academic hours", count, number=number)
    return ngettext("%(number)s chronological hour", "%(number)s chronological hours", count, number=number)


def _modality(modality: Modality) -> str:
    match modality:
        case Modality.VIRTUAL:
            return _("virtual")
        case Modality.IN_PERSON:
            return _("in person")
        case Modality.HYBRID:
            return _("in person and virtual")


def state(value: State) -> tuple[str, str]:
    """Return the chip of a participant's state: its colour and its word."""
    match value:
        case State.ISSUED:
            return "ok", _("Issued")
        case State.EARNED:
            return "info", _("Ready to issue")
        case State.ANNULLED:
            return "bad", _("Annulled")
        case State.LACKING:
            return "warn", _("Attendance lacking")
