"""As whom a letter is looked at."""

from flask import request

from app.events.models import Event
from app.forms import whole
from app.mailings import samples
from app.registration import queries as registrations
from app.registration.models import Registration


def person_asked() -> int:
    """Return the id of the person as whom a letter is asked for, 0 for the made-up one."""
    text = request.args.get("persona", "0")
    return 0 if text == "0" else whole(text)


def person_or_404(event: Event) -> Registration:
    """Return the person of an event as whom a letter is asked for, or a made-up one; answer 404 for a foreign one."""
    asked = person_asked()
    return registrations.of_event_or_404(event, asked) if asked else samples.person(event)
