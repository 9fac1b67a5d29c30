"""When a form takes registrations."""

from datetime import datetime

from app.events.models import Event
from app.events.rules import RegistrationWindow, registration_window
from app.registration.models import RegistrationForm


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
