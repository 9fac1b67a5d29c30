"""The letters of mailings and reminders, and an office's tries of its own words."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from app import clock, mail
from app.accounts.models import User
from app.addresses import absolute
from app.events import queries as events
from app.events.models import Event
from app.mail import wording
from app.mail.letters import Letter
from app.mailings.models import Mailing, MailingStatus
from app.mailings.queries import mailings, notices, reminders
from app.mailings.rules import Audience
from app.registration import emails
from app.registration import queries as registrations
from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.theme import brand


def sample_person(event: Event) -> Registration:
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


def compose(event: Event, person: Registration, *, subject: str, body: str, **more: Any) -> Letter:
    """Write a letter to one person in an office's own words, in the frame of every letter."""
    fields = {
        "constancia": absolute("certificates.verify"),
        "encuesta": absolute("events.show", slug=event.slug),
        "sesion": _("A session"),
        "horario": _("Its time"),
    }
    own = wording.fill(
        subject,
        body,
        emails.values(person, event, **fields),
        addresses=emails.ADDRESSES,
        colour=brand(event.organisation.accent),
    )
    return emails.compose(person, "own", letter="", heading=own.subject, own=own, **more)


@mail.letter("mailings.message")
def write_message(mailing_id: int, registration_id: int) -> Letter | None:
    """Write a message to many for one of them, unless it or the registration was cancelled since."""
    mailing = mailings.by_id(mailing_id)
    person = registrations.by_id(registration_id)
    if mailing is None or person is None or mailing.status == MailingStatus.CANCELLED:
        return None
    if person.status not in Audience.of(mailing.audience).statuses:
        return None
    if mailing.is_notice and not notices.wants_notices(person):
        return None
    return message(mailing, person)


def message(mailing: Mailing, person: Registration) -> Letter:
    """Return a message to many as one person gets it."""
    more: dict[str, Any] = {}
    if mailing.is_notice:
        more["unsubscribe_url"] = absolute("mailings_public.unsubscribe", token=notices.token(person))
    return compose(mailing.event, person, subject=mailing.subject, body=mailing.body, **more)


def try_message(mailing: Mailing, *, to: User, language: str) -> None:
    """Send a message to the person who works on it, as a made-up participant would get it."""
    mail.queue("mailings.try", to=to.email, payload={"mailing_id": mailing.id}, language=language)


def try_letter(event: Event, *, subject: str, body: str, to: User, language: str) -> None:
    """Send an office's words to the person who works on them, as a made-up participant would get them."""
    payload = {"event_id": event.id, "subject": subject, "body": body}
    mail.queue("mailings.try_letter", to=to.email, payload=payload, language=language)


@mail.letter("mailings.try_letter")
def write_try_letter(event_id: int, subject: str, body: str) -> Letter | None:
    """Write a letter as a made-up participant would get it."""
    event = events.with_agenda(event_id)
    return compose(event, sample_person(event), subject=subject, body=body)


@mail.letter("mailings.try")
def write_try(mailing_id: int) -> Letter | None:
    """Write a message as a made-up participant would get it."""
    mailing = mailings.by_id(mailing_id)
    return None if mailing is None else message(mailing, sample_person(mailing.event))


@mail.letter("mailings.reminder")
def write_reminder(reminder_id: int, registration_id: int) -> Letter | None:
    """Write that the event is near, to whom has a seat still."""
    return _reminder("mailings/reminder", reminder_id, registration_id, heading=_("The event is near"))


@mail.letter("mailings.thanks")
def write_thanks(reminder_id: int, registration_id: int) -> Letter | None:
    """Write the thanks after the event, with the survey."""
    return _reminder("mailings/thanks", reminder_id, registration_id, heading=_("Thank you for taking part"))


def _reminder(template: str, reminder_id: int, registration_id: int, *, heading: str) -> Letter | None:
    reminder, person = reminders.by_id(reminder_id), registrations.by_id(registration_id)
    if reminder is None or person is None or person.status != RegistrationStatus.CONFIRMED:
        return None
    return emails.compose(
        person,
        template,
        letter=template.replace("/", "."),
        heading=heading,
        fields={"encuesta": reminder.survey_url},
        survey_url=reminder.survey_url,
    )
