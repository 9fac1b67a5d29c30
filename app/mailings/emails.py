"""The letters of mailings and reminders, and an office's tries of its own words."""

from typing import Any

from flask_babel import gettext as _

from app import mail
from app.accounts import queries as accounts
from app.accounts.models import Actor, Organisation
from app.addresses import absolute
from app.events import queries as events
from app.events.models import Event
from app.mail import wording
from app.mail.letters import Letter
from app.mailings import samples
from app.mailings.models import Mailing, MailingStatus
from app.mailings.queries import mailings, notices, reminders
from app.mailings.rules import Audience
from app.registration import emails
from app.registration import queries as registrations
from app.registration.models import Registration, RegistrationStatus
from app.theme import brand


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
    event = mailing.event
    own = wording.fill(
        mailing.subject,
        mailing.body,
        emails.values(person, event),
        addresses=emails.ADDRESSES,
        colour=brand(event.organisation.accent),
    )
    more: dict[str, Any] = {}
    if mailing.is_notice:
        more["unsubscribe_url"] = absolute("mailings_public.unsubscribe", token=notices.token(person))
    return emails.compose(person, "layout", letter="", heading=own.subject, own=own, **more)


def try_message(mailing: Mailing, *, to: Actor, language: str) -> None:
    """Send a message to the person who works on it, as a made-up participant would get it."""
    mail.queue("mailings.try", to=to.email, payload={"mailing_id": mailing.id}, language=language)


def try_letter(
    owner: Event | Organisation, letter: str, *, subject: str, body: str, to: Actor, language: str
) -> None:
    """Send an office's words to the person who works on them, as a made-up participant would get them."""
    key = "event_id" if isinstance(owner, Event) else "organisation_id"
    payload = {key: owner.id, "letter": letter, "subject": subject, "body": body}
    mail.queue("mailings.try_letter", to=to.email, payload=payload, language=language)


@mail.letter("mailings.try_letter")
def write_try_letter(
    letter: str, subject: str, body: str, event_id: int | None = None, organisation_id: int | None = None
) -> Letter | None:
    """Write a letter as a made-up participant would get it."""
    if event_id is not None:
        event = events.with_agenda(event_id)
    else:
        organisation = accounts.organisation_by_id(organisation_id or 0)
        if organisation is None:
            return None
        event = samples.event(organisation)
    return samples.letter(letter, event, samples.person(event), subject=subject, body=body)


@mail.letter("mailings.try")
def write_try(mailing_id: int) -> Letter | None:
    """Write a message as a made-up participant would get it."""
    mailing = mailings.by_id(mailing_id)
    return None if mailing is None else message(mailing, samples.person(mailing.event))


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
    survey_url = reminder.survey_url or _own_survey(person)
    return emails.compose(
        person,
        template,
        letter=template.replace("/", "."),
        heading=heading,
        fields={"encuesta": survey_url},
        survey_url=survey_url,
    )


def _own_survey(person: Registration) -> str:
    """Return where a person answers the event's own survey; nothing where there is none, or they did already."""
    replied = registrations.replied_by(person)
    waiting = [one for one in registrations.surveys_of(person.event) if one.id not in replied]
    if not waiting:
        return ""
    token = registrations.personal_token(person)
    return absolute("participant_surveys.answer", token=token, survey=waiting[0].slug)
