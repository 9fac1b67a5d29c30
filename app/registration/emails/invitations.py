"""The letters to the invited: the invitation, and a reminder of it."""

from typing import Any

from flask_babel import gettext as _

from app import clock, mail
from app.addresses import absolute
from app.events.models import Event
from app.mail import Letter
from app.registration import queries
from app.registration.emails.fields import deadline, event_values
from app.registration.emails.frame import framed
from app.registration.models import Invitation
from app.registration.rules.invitations import InvitationState, state


def invited(invitation: Invitation) -> None:
    """Invite somebody."""
    _queue("registration.invitation", invitation)


def reminded(invitation: Invitation) -> None:
    """Remind somebody of an invitation that they have not answered."""
    _queue("registration.invitation_reminder", invitation)


def _queue(letter: str, invitation: Invitation) -> None:
    mail.queue(
        letter,
        to=invitation.email,
        payload={"invitation_id": invitation.id},
        language=invitation.language,
        about=invitation,
    )


@mail.letter("registration.invitation")
def write_invitation(invitation_id: int) -> Letter | None:
    """Write an invitation, as long as it can be used."""
    return _write("registration.invitation", invitation_id, heading=_("You are invited"))


@mail.letter("registration.invitation_reminder")
def write_reminder(invitation_id: int) -> Letter | None:
    """Write the reminder of an invitation, as long as it can be used."""
    heading = _("Your invitation waits for an answer")
    return _write("registration.invitation_reminder", invitation_id, heading=heading)


def _write(letter: str, invitation_id: int, *, heading: str) -> Letter | None:
    invitation = queries.invitation_by_id(invitation_id)
    if invitation is None or state(invitation, at=clock.now()) != InvitationState.OPEN:
        return None
    event: Any = invitation.form.event
    link = _link(invitation, event)
    fields = event_values(event) | {
        "nombre": invitation.full_name,
        "nombres": invitation.given_names,
        "institucion": invitation.entity,
        "enlace": link,
        "plazo": deadline(invitation.expires_at, event),
    }
    return framed(
        event,
        "registration/invitation",
        letter=letter,
        heading=heading,
        fields=fields,
        invitation=invitation,
        invitation_url=link,
    )


def _link(invitation: Invitation, event: Event) -> str:
    """Return the address of the form, which opens in the person's language where that is not the first one."""
    token = queries.invitation_token(invitation)
    language = {} if invitation.language == "es" else {"lang": invitation.language}
    return absolute("invitations.register", slug=event.slug, token=token, **language)
