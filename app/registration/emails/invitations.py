"""The letters to the invited: the invitation, and a reminder of it."""

from typing import Any

from flask_babel import gettext as _

from app import clock, mail
from app.addresses import absolute
from app.band import band_png
from app.mail import Letter
from app.mail.letters import Inline, rendered
from app.registration import queries
from app.registration.models import Invitation
from app.registration.rules.invitations import InvitationState, state
from app.theme import brand


def invited(invitation: Invitation) -> None:
    """Invite somebody."""
    _queue("registration.invitation", invitation)


def reminded(invitation: Invitation) -> None:
    """Remind somebody of an invitation that they have not answered."""
    _queue("registration.invitation_reminder", invitation)


def _queue(letter: str, invitation: Invitation) -> None:
    mail.queue(
        letter, to=invitation.email, payload={"invitation_id": invitation.id}, language="es", about=invitation
    )


@mail.letter("registration.invitation")
def write_invitation(invitation_id: int) -> Letter | None:
    """Write an invitation, as long as it can be used."""
    return _write(invitation_id, heading=_("You are invited"))


@mail.letter("registration.invitation_reminder")
def write_reminder(invitation_id: int) -> Letter | None:
    """Write the reminder of an invitation, as long as it can be used."""
    return _write(invitation_id, heading=_("Your invitation waits for an answer"))


def _write(invitation_id: int, *, heading: str) -> Letter | None:
    invitation = queries.invitation_by_id(invitation_id)
    if invitation is None or state(invitation, at=clock.now()) != InvitationState.OPEN:
        return None
    event: Any = invitation.form.event
    accent = brand(event.organisation.accent)
    token = queries.invitation_token(invitation)
    return rendered(
        "registration/invitation",
        pictures=(Inline("band", band_png(event.slug, accent, width=560, cell=6)),),
        invitation=invitation,
        event=event,
        heading=heading,
        accent=accent,
        invitation_url=absolute("invitations.register", slug=event.slug, token=token),
        event_url=absolute("events.show", slug=event.slug),
        sender_name=event.organisation.label,
        reply_to=event.contact_email or None,
    )
