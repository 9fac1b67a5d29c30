"""When a form takes registrations."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.events.models import Event
from app.events.rules import RegistrationWindow, registration_window, today
from app.registration.models import Access, RegistrationForm


def window(event: Event, form: RegistrationForm | None, *, at: datetime) -> RegistrationWindow:
    """Return whether people can register with a form: within the event's window, which that of the form narrows."""
    of_event = registration_window(event, at=at)
    if form is None or of_event == RegistrationWindow.CLOSED:
        return of_event
    if form.closes_at is not None and at >= form.closes_at:
        return RegistrationWindow.CLOSED
    if form.opens_at is not None and at < form.opens_at:
        return RegistrationWindow.NOT_YET
    return of_event


def opens_at(event: Event, form: RegistrationForm | None) -> datetime | None:
    """Return from when a form takes registrations, None for from the beginning."""
    moments = (event.registration_opens_at, form.opens_at if form else None)
    return max((moment for moment in moments if moment is not None), default=None)


def closes_at(event: Event, form: RegistrationForm | None) -> datetime | None:
    """Return until when a form takes registrations, None for as long as the event."""
    moments = (event.registration_closes_at, form.closes_at if form else None)
    return min((moment for moment in moments if moment is not None), default=None)


def survey_window(event: Event, survey: RegistrationForm, *, at: datetime) -> RegistrationWindow:
    """Return whether those who take part can answer a survey: within its window, or from the event's first day on."""
    if survey.closes_at is not None and at >= survey.closes_at:
        return RegistrationWindow.CLOSED
    if survey.opens_at is not None:
        return RegistrationWindow.OPEN if at >= survey.opens_at else RegistrationWindow.NOT_YET
    has_begun = event.starts_on is not None and event.starts_on <= today(event, at=at)
    return RegistrationWindow.OPEN if has_begun else RegistrationWindow.NOT_YET


class Way(NamedTuple):
    """A form of an event that anybody may use, and when."""

    form: RegistrationForm
    window: RegistrationWindow
    opens_at: datetime | None
    closes_at: datetime | None


def ways(event: Event, forms: Iterable[RegistrationForm], *, at: datetime) -> list[Way]:
    """Return the forms of an event that are for everybody, in their order, with when each is open."""
    return [
        Way(form, window(event, form, at=at), opens_at(event, form), closes_at(event, form))
        for form in forms
        if form.access == Access.OPEN
    ]
