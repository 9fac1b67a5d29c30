"""The merge fields of letters to participants: one list for every letter, and what each stands for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app import codes, localisation
from app.addresses import absolute
from app.events.models import Event, Session
from app.registration import queries
from app.registration.models import Registration


@dataclass(frozen=True)
class MergeField:
    """A field of letters: what it stands for, and whether that is an address, to which a link may lead."""

    label: Any
    is_address: bool = False


FIELDS = {
    "nombre": MergeField(_l("The person's whole name")),
    "nombres": MergeField(_l("The person's given names")),
    "institucion": MergeField(_l("The person's institution")),
    "evento": MergeField(_l("The event's title")),
    "fecha": MergeField(_l("The event's days")),
    "lugar": MergeField(_l("The event's place")),
    "organizacion": MergeField(_l("The organisation's name")),
    "contacto": MergeField(_l("The event's e-mail for questions")),
    "enlace": MergeField(_l("The person's page"), is_address=True),
    "pagina": MergeField(_l("The event's public page"), is_address=True),
    "codigo": MergeField(_l("The code for the door")),
    "plazo": MergeField(_l("Until when an offered seat is kept")),
    "sesion": MergeField(_l("The session's title")),
    "horario": MergeField(_l("When the session begins")),
    "nota": MergeField(_l("What the office wrote when it reviewed the registration")),
    "motivo": MergeField(_l("Why the registration was cancelled")),
    "constancia": MergeField(_l("The certificate's address"), is_address=True),
    "encuesta": MergeField(_l("The survey's address"), is_address=True),
    "grupo": MergeField(_l("The group's name")),
    "correo": MergeField(_l("The e-mail address that was asked for")),
}
ADDRESSES = frozenset(name for name, field in FIELDS.items() if field.is_address)


def personal_url(registration: Registration) -> str:
    """Return the whole address of a person's page."""
    return absolute("participants.show", token=queries.personal_token(registration))


def event_values(event: Event) -> dict[str, str]:
    """Return the fields that every letter about an event knows, whoever reads it."""
    first, last = event.starts_on, event.ends_on
    return {
        "evento": event.title,
        "fecha": localisation.days(first, last) if first and last else "",
        "lugar": ", ".join(part for part in (event.venue_name, event.venue_address) if part),
        "organizacion": event.organisation.name,
        "contacto": event.contact_email,
        "pagina": absolute("events.show", slug=event.slug),
    }


def deadline(until: datetime | None, event: Event) -> str:
    """Return a moment in the words of a letter, in the event's time; nothing where there is none."""
    return "" if until is None else localisation.moment(until, event.timezone)


def values(registration: Registration, event: Event, **more: str) -> dict[str, str]:
    """Return what the fields stand for in a letter to one person; `more` are those that the letter alone knows."""
    person = {
        "nombre": registration.full_name,
        "nombres": registration.given_names,
        "institucion": registration.entity,
        "enlace": personal_url(registration),
        "codigo": codes.grouped(registration.code),
        "plazo": deadline(registration.offer_expires_at, event),
        "nota": registration.review_note,
        "motivo": registration.cancel_reason,
    }
    return event_values(event) | person | more


def session_values(session: Session, event: Event) -> dict[str, str]:
    """Return the fields that a letter about one session knows besides."""
    return {"sesion": session.title, "horario": localisation.moment(session.starts_at, event.timezone)}
