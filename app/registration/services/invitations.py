"""Inviting people to a form, reminding them, and taking an invitation back."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update

from app import audit
from app.events.models import Event
from app.extensions import db
from app.registration import emails, queries
from app.registration.errors import InvitationEnded, InvitationUsed
from app.registration.models import ENDED, Invitation, Registration, RegistrationForm
from app.registration.rules.invitations import InvitationState, Invitee, is_answered, state

# Nobody is reminded again before that: neither by a double click nor by a colleague's.
BETWEEN_LETTERS = timedelta(hours=12)


def invite(
    form: RegistrationForm, invitees: Sequence[Invitee], *, expires_at: datetime | None, at: datetime
) -> int:
    """Put people on the list of a form; those whose address is on it stay as they are. Returns how many are new."""
    known = queries.known_addresses(form)
    new = {one.email: one for one in reversed(invitees) if one.email not in known}
    db.session.add_all(
        Invitation(
            form_id=form.id,
            email=one.email,
            given_names=one.given_names,
            first_surname=one.first_surname,
            second_surname=one.second_surname,
            entity=one.entity,
            language=one.language,
            link_version=1,
            expires_at=expires_at,
            created_at=at,
        )
        for one in reversed(new.values())
    )
    if new:
        audit.record("invitations.added", form, event=form.event, at=at, people=len(new))
    return len(new)


def send(event: Event, invitation_ids: Collection[int], *, at: datetime) -> int:
    """Send invitations that were not sent yet. Returns how many: one that another request sends is left to it."""
    sent = db.session.scalars(
        update(Invitation)
        .where(Invitation.id.in_(invitation_ids), Invitation.sent_at.is_(None), *_usable(at))
        .values(sent_at=at)
        .returning(Invitation)
        .execution_options(populate_existing=True)
    ).all()
    for invitation in sent:
        emails.invited(invitation)
    if sent:
        audit.record("invitations.sent", event=event, at=at, people=len(sent))
    return len(sent)


def remind(event: Event, invitation_ids: Collection[int], *, at: datetime) -> int:
    """Remind people who have not answered, unless a letter went to them within BETWEEN_LETTERS. Returns how many."""
    last = func.coalesce(Invitation.reminded_at, Invitation.sent_at)
    reminded = db.session.scalars(
        update(Invitation)
        .where(Invitation.id.in_(invitation_ids), last < at - BETWEEN_LETTERS, *_usable(at))
        .values(reminded_at=at)
        .returning(Invitation)
        .execution_options(populate_existing=True)
    ).all()
    for invitation in reminded:
        emails.reminded(invitation)
    if reminded:
        audit.record("invitations.reminded", event=event, at=at, people=len(reminded))
    return len(reminded)


def _usable(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.registration_id.is_(None),
        Invitation.revoked_at.is_(None),
        or_(Invitation.expires_at.is_(None), Invitation.expires_at > at),
    )


def revoke(invitation: Invitation, *, at: datetime) -> None:
    """Make an invitation useless; doing so twice changes nothing. Raises InvitationUsed."""
    if is_answered(invitation):
        raise InvitationUsed
    if invitation.revoked_at is None:
        invitation.revoked_at = at
        audit.record("invitations.revoked", invitation, event=invitation.form.event, at=at)


def send_again(invitation: Invitation, *, at: datetime) -> None:
    """Invite anew with another address, for a letter that was lost or an invitation that has ended.

    The address of before stops working. Raises InvitationUsed.
    """
    if is_answered(invitation):
        raise InvitationUsed
    invitation.link_version += 1
    invitation.revoked_at, invitation.reminded_at, invitation.sent_at = None, None, at
    if invitation.expires_at is not None and invitation.expires_at <= at:
        invitation.expires_at = None
    emails.invited(invitation)
    audit.record("invitations.sent", event=invitation.form.event, at=at, people=1)


def check(invitation: Invitation, *, at: datetime) -> None:
    """Make sure, under the event's lock, that an invitation can be used. Raises InvitationUsed, InvitationEnded."""
    db.session.refresh(invitation)
    if invitation.registration is not None:
        db.session.refresh(invitation.registration, ["status"])
    match state(invitation, at=at):
        case InvitationState.ANSWERED:
            raise InvitationUsed
        case InvitationState.EXPIRED | InvitationState.REVOKED:
            raise InvitationEnded


def use(invitation: Invitation, registration: Registration) -> None:
    """Note who came of an invitation. Raises InvitationUsed where another request was faster."""
    ended = select(Registration.id).where(Registration.status.in_(ENDED))
    used = db.session.scalar(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            or_(Invitation.registration_id.is_(None), Invitation.registration_id.in_(ended)),
        )
        .values(registration_id=registration.id)
        .returning(Invitation.id)
    )
    if used is None:
        raise InvitationUsed
