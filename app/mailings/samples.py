"""Letters to look at and to try before they leave: as a person of the event gets them, or as a made-up one would."""

from datetime import timedelta

from flask_babel import gettext as _

from app import clock
from app.accounts.models import Organisation
from app.addresses import absolute
from app.events.models import Event
from app.mail import wording
from app.mail.letters import Letter
from app.mailings.catalogue import LETTERS
from app.registration import emails
from app.registration.models import (
    DocumentType,
    Invitation,
    Registration,
    RegistrationGroup,
    RegistrationStatus,
)
from app.theme import brand


def person(event: Event) -> Registration:
    """Return a made-up person of an event, stored nowhere, as whom one may look at a letter."""
    now = clock.now()
    return Registration(
        id=0,
        event=event,
        event_id=event.id,
        status=RegistrationStatus.CONFIRMED,
        code="DEMQ2345",
        document_type=DocumentType.DNI,
        document_number="00000001",
        given_names="Rosa",
        first_surname="Quispe",
        second_surname="Mamani",
        entity="Municipalidad de Ejemplo",
        email="",
        language="es",
        link_version=0,
        review_note=_("What the office wrote"),
        cancel_reason=_("Why it was cancelled"),
        created_at=now,
        offer_expires_at=now + timedelta(days=1),
    )


def invited(invitation: Invitation, event: Event) -> Registration:
    """Return somebody invited as whom one may look at an invitation, stored nowhere."""
    reader = person(event)
    for name in ("given_names", "first_surname", "second_surname", "entity", "language"):
        setattr(reader, name, getattr(invitation, name))
    reader.offer_expires_at = invitation.expires_at
    return reader


def coordinator(group: RegistrationGroup, event: Event) -> Registration:
    """Return the coordinator of a group as whom one may look at the letter to them, stored nowhere."""
    reader = person(event)
    reader.given_names, reader.first_surname, reader.second_surname = (
        group.coordinator_name or group.name,
        "",
        "",
    )
    reader.group, reader.language = group, group.coordinator_language
    return reader


def event(organisation: Organisation) -> Event:
    """Return a made-up event of an organisation, stored nowhere, about which its letters may be looked at."""
    day = clock.now().date() + timedelta(days=14)
    return Event(
        slug="ejemplo",
        title=_("An example of an event"),
        organisation=organisation,
        organisation_id=organisation.id,
        timezone="America/Lima",
        starts_on=day,
        ends_on=day + timedelta(days=1),
        venue_name="Auditorio de ejemplo",
        venue_address="Jirón de Ejemplo 123",
        contact_email="consultas@example.pe",
    )


def letter(name: str, about: Event, reader: Registration, *, subject: str, body: str) -> Letter:
    """Write a letter of the catalogue in an office's own words, as one person would get it.

    What only the moment of sending knows is made up, addresses that open something among it.
    """
    editable = LETTERS[name]
    page = absolute("events.show", slug=about.slug)
    made_up = {
        "constancia": absolute("certificates.verify"),
        "encuesta": page,
        "sesion": _("A session"),
        "horario": _("Its time"),
        "grupo": _("An example of a group") if reader.group is None else reader.group.name,
        "correo": "rosa@example.pe",
    }
    if editable.link is not None:
        made_up["enlace"] = page
    values = emails.values(reader, about, **made_up)
    own = wording.fill(
        subject,
        body,
        {field: values[field] for field in editable.fields},
        addresses=emails.ADDRESSES,
        colour=brand(about.organisation.accent),
    )
    return emails.framed(
        about,
        editable.template,
        letter=name,
        heading=own.subject,
        fields=values,
        own=own,
        registration=reader,
    )
