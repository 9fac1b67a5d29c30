"""As whom a letter is looked at: somebody registered, and for letters to others somebody invited, or a coordinator."""

from typing import NamedTuple

from flask import request

from app.events.models import Event
from app.forms import whole
from app.mailings import samples
from app.mailings.queries import audience
from app.mailings.rules import Audience
from app.registration import queries as registrations
from app.registration.models import Registration

INVITATIONS = frozenset({"registration.invitation", "registration.invitation_reminder"})
TO_COORDINATORS = "registration.group_link"
_OFFERED = 30  # to choose from


class Reader(NamedTuple):
    """Somebody as whom a letter can be looked at: the number of their row, and how they are listed."""

    id: int
    listed_name: str


def readers(event: Event, letter: str = "") -> list[Reader]:
    """Return the first of those to whom a letter would go."""
    if letter in INVITATIONS:
        return [Reader(one.id, one.invitee) for one in registrations.invitations_of(event, limit=_OFFERED)]
    if letter == TO_COORDINATORS:
        groups = [one.group for one in registrations.groups_of(event)[:_OFFERED]]
        return [Reader(one.id, one.name) for one in groups]
    people = audience.some(event, Audience(), is_notice=False)
    return [Reader(one.id, one.listed_name) for one in people]


def person_asked(default: int = 0) -> int:
    """Return the id of the reader as whom a letter is asked for, 0 for the made-up one."""
    text = request.args.get("persona", str(default))
    return 0 if text == "0" else whole(text)


def person_or_404(event: Event, letter: str = "") -> Registration:
    """Return the reader as whom a letter is asked for, or a made-up one; answer 404 for a foreign one."""
    asked = person_asked()
    if not asked:
        return samples.person(event)
    if letter in INVITATIONS:
        return samples.invited(registrations.invitation_of_event_or_404(event, asked), event)
    if letter == TO_COORDINATORS:
        return samples.coordinator(registrations.group_of_event_or_404(event, asked), event)
    return registrations.of_event_or_404(event, asked)
