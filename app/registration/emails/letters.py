"""The letters about a registration. Each is a row now and a text when the worker sends it."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, literal, select

from app import codes, mail, qr
from app.addresses import absolute
from app.events import calendar
from app.events import queries as events
from app.events.models import Event
from app.mail.letters import Inline, Letter
from app.mail.services import queue_many
from app.mail.wording import Words
from app.registration import queries
from app.registration.emails.fields import personal_url, session_values, values
from app.registration.emails.frame import framed
from app.registration.models import (
    ENDED,
    UNDER_REVIEW,
    Enrolment,
    EnrolmentStatus,
    Registration,
    RegistrationStatus,
)

_OF_AN_END = frozenset({"registration/cancelled", "registration/event_cancelled", "registration/rejected"})


def enqueue(letter: str, registration: Registration, **more: int) -> None:
    """Leave a letter to a person in the outbox, if they gave an address; `more` ids are for its writer."""
    if registration.email:
        mail.queue(
            letter,
            to=registration.email,
            payload={"registration_id": registration.id} | more,
            language=registration.language,
            about=registration,
        )


def received(registration: Registration) -> None:
    """Confirm a new registration, or say that it waits for a seat."""
    enqueue("registration.received", registration)


def registered_already(registration: Registration) -> None:
    """Send the personal link again."""
    enqueue("registration.again", registration)


def promoted(registration: Registration) -> None:
    """Tell that a seat has become free."""
    enqueue("registration.promoted", registration)


def offered(registration: Registration) -> None:
    """Offer a seat that has become free, until a deadline."""
    enqueue("registration.offered", registration)


def offer_expired(registration: Registration) -> None:
    """Tell that an offer was not answered in time."""
    enqueue("registration.offer_expired", registration)


def session_place(enrolment: Enrolment) -> None:
    """Tell that somebody who waited has a place in a session, or is offered one."""
    enqueue("registration.session", enrolment.registration, session_id=enrolment.session_id)


def session_moved(enrolment: Enrolment) -> None:
    """Tell that the time or the room of a chosen session has changed."""
    enqueue("registration.session_moved", enrolment.registration, session_id=enrolment.session_id)


def cancelled(registration: Registration) -> None:
    """Confirm that the registration was cancelled."""
    enqueue("registration.cancelled", registration)


def event_cancelled(event: Event) -> None:
    """Tell everybody who takes part, waits or is under review that the event was called off, in one statement."""
    about = literal(f"{Registration.__tablename__}:") + cast(Registration.id, String)
    statement = select(Registration.email, Registration.language, about, Registration.id).where(
        Registration.event_id == event.id, Registration.email != "", Registration.status.not_in(ENDED)
    )
    queue_many("registration.event_cancelled", statement, key="registration_id")


def link_renewed(registration: Registration) -> None:
    """Send the new personal link; the old one has stopped working."""
    enqueue("registration.link_renewed", registration)


@mail.letter("registration.received")
def write_received(registration_id: int) -> Letter | None:
    """Write the confirmation as it stands when it is sent: a person promoted since gets the good news."""
    if stands(registration_id, *UNDER_REVIEW):
        return write("registration/under_review", registration_id, heading=_("We received your registration"))
    return write("registration/received", registration_id, heading=_("You are registered"))


@mail.letter("registration.promoted")
def write_promoted(registration_id: int) -> Letter | None:
    """Write that a seat has become free."""
    return write(
        "registration/received", registration_id, letter="registration.promoted", heading=_("You have a seat")
    )


@mail.letter("registration.offered")
def write_offered(registration_id: int) -> Letter | None:
    """Write the offer, as long as it is open when the letter is sent."""
    if not stands(registration_id, RegistrationStatus.OFFERED):
        return None
    return write("registration/offered", registration_id, heading=_("We keep a seat for you"))


@mail.letter("registration.offer_expired")
def write_offer_expired(registration_id: int) -> Letter | None:
    """Write that the offer has gone to the next."""
    if not stands(registration_id, RegistrationStatus.WAITLISTED):
        return None
    return write("registration/offer_expired", registration_id, heading=_("The offered seat went on"))


@mail.letter("registration.session")
def write_session(registration_id: int, session_id: int) -> Letter | None:
    """Write that a place in a session is there, or offered, as it stands when the letter is sent."""
    enrolment = queries.enrolments_of_id(registration_id).get(session_id)
    if enrolment is None or enrolment.status == EnrolmentStatus.WAITING:
        return None
    is_offer = enrolment.status == EnrolmentStatus.OFFERED
    heading = _("We keep a place in a session for you") if is_offer else _("You have a place in the session")
    return write("registration/session", registration_id, heading=heading, enrolment=enrolment)


@mail.letter("registration.session_moved")
def write_session_moved(registration_id: int, session_id: int) -> Letter | None:
    """Write when and where a chosen session takes place now."""
    enrolment = queries.enrolments_of_id(registration_id).get(session_id)
    if enrolment is None:
        return None
    heading = _("A session of yours has changed")
    return write("registration/session_moved", registration_id, heading=heading, enrolment=enrolment)


@mail.letter("registration.again")
def write_again(registration_id: int) -> Letter | None:
    """Write the letter that brings the personal link once more."""
    return write("registration/again", registration_id, heading=_("Your personal link"))


@mail.letter("registration.link_renewed")
def write_link_renewed(registration_id: int) -> Letter | None:
    """Write the letter that brings a new personal link."""
    return write(
        "registration/again",
        registration_id,
        letter="registration.link_renewed",
        heading=_("Your new personal link"),
    )


@mail.letter("registration.event_cancelled")
def write_event_cancelled(registration_id: int) -> Letter | None:
    """Write that the whole event was called off."""
    if stands(registration_id, *ENDED):
        return None
    return write("registration/event_cancelled", registration_id, heading=_("The event was cancelled"))


@mail.letter("registration.cancelled")
def write_cancelled(registration_id: int) -> Letter | None:
    """Write that the registration is cancelled."""
    return write("registration/cancelled", registration_id, heading=_("Registration cancelled"))


def stands(registration_id: int, *statuses: RegistrationStatus) -> bool:
    """Return whether a registration is in one of these states."""
    registration = queries.by_id(registration_id)
    return registration is not None and registration.status in statuses


def write(
    template: str, registration_id: int, *, heading: str, letter: str = "", **more: Any
) -> Letter | None:
    """Write a letter about a registration; one that has ended gets only those that say so."""
    registration = queries.by_id(registration_id)
    if registration is None or (template not in _OF_AN_END and not registration.is_active):
        return None
    waits = registration.status == RegistrationStatus.WAITLISTED
    if template == "registration/received" and waits:
        letter = "registration.waitlisted"
    letter = letter or template.replace("/", ".")
    has_pass = registration.status == RegistrationStatus.CONFIRMED and template not in _OF_AN_END
    fields = None
    if enrolment := more.get("enrolment"):
        fields = session_values(enrolment.enrollable.session, registration.event)
    return compose(
        registration,
        template,
        letter=letter,
        heading=heading,
        has_pass=has_pass,
        fields=fields,
        waits=waits,
        **more,
    )


def compose(
    registration: Registration,
    template: str,
    *,
    letter: str,
    heading: str,
    has_pass: bool = False,
    own: Words | None = None,
    fields: dict[str, str] | None = None,
    **more: Any,
) -> Letter:
    """Write a letter to a participant: in the office's own words for `letter` where it has any, else the template's.

    `own` are words for this letter alone, `fields` the merge fields that it alone knows, `more` what its template
    needs besides the person, the event and their addresses. A letter with the pass carries the calendar along.
    """
    event = events.with_agenda(registration.event_id)
    sessions = [session for day in event.days for session in day.sessions]
    event_url = absolute("events.show", slug=event.slug)
    return framed(
        event,
        template,
        letter=letter,
        heading=heading,
        fields=values(registration, event, **fields or {}),
        own=own,
        calendar=calendar.feed(event, sessions, link=event_url) if has_pass else None,
        pictures=(Inline("pass", qr.png(queries.pass_text(registration))),) if has_pass else (),
        registration=registration,
        personal_url=personal_url(registration),
        code=codes.grouped(registration.code),
        has_pass=has_pass,
        **more,
    )
