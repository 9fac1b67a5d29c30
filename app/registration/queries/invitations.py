"""Reads of invitations."""

from datetime import datetime
from typing import NoReturn

from flask import abort
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app import signing
from app.addresses import LARGEST_NUMBER
from app.events.models import Event
from app.extensions import db
from app.registration.models import Access, Invitation, Registration, RegistrationForm

_TOKEN_ID = 6  # bytes of the invitation's number at the head of its token


def _not_found() -> NoReturn:
    abort(404)


def invitation_token(invitation: Invitation) -> str:
    """Return the token of an invitation's address, which only this server can derive from its row."""
    mac = signing.derive("invitation", invitation.id, invitation.link_version)
    return signing.to_text(invitation.id.to_bytes(_TOKEN_ID) + mac)


def invitation_by_token_or_404(event: Event, token: str) -> Invitation:
    """Return the invitation of this event that a token opens, or answer 404."""
    try:
        raw = signing.from_text(token)
    except (ValueError, UnicodeEncodeError):
        return _not_found()
    number = int.from_bytes(raw[:_TOKEN_ID])
    invitation = db.session.get(Invitation, number) if number <= LARGEST_NUMBER else None
    if invitation is None or invitation.form.event_id != event.id:
        return _not_found()
    expected = signing.derive("invitation", invitation.id, invitation.link_version)
    return invitation if signing.matches(expected, raw[_TOKEN_ID:]) else _not_found()


def invitation_by_id(invitation_id: int) -> Invitation | None:
    """Return an invitation with its form, event and organisation."""
    event = joinedload(Invitation.form).joinedload(RegistrationForm.event)
    return db.session.scalar(
        select(Invitation).options(event.joinedload(Event.organisation)).where(Invitation.id == invitation_id)
    )


def invitations_behind(registration: Registration) -> list[Invitation]:
    """Return the invitation of which a registration came, if any: its letters are the person's, too."""
    return list(db.session.scalars(select(Invitation).where(Invitation.registration_id == registration.id)))


def _of(event: Event) -> Select[Invitation]:
    return (
        select(Invitation)
        .join(Invitation.form)
        .options(contains_eager(Invitation.form), joinedload(Invitation.registration))
        .where(RegistrationForm.event_id == event.id)
        .order_by(Invitation.email, Invitation.id)
    )


def invitation_of_event_or_404(event: Event, invitation_id: int) -> Invitation:
    """Return an invitation of this event, or answer 404."""
    return db.session.scalar(_of(event).where(Invitation.id == invitation_id)) or _not_found()


def invitations_of(event: Event, *, limit: int, offset: int = 0) -> list[Invitation]:
    """Return a part of the invitations of an event, by address."""
    return list(db.session.scalars(_of(event).limit(limit).offset(offset)))


def unsent(event: Event, *, at: datetime) -> list[int]:
    """Return the ids of the invitations that wait to be sent."""
    return _ids(event, Invitation.sent_at.is_(None), at=at)


def to_remind(event: Event, *, since: datetime, at: datetime) -> list[int]:
    """Return the ids of the open invitations whose last letter went out before `since`."""
    last = func.coalesce(Invitation.reminded_at, Invitation.sent_at)
    return _ids(event, Invitation.sent_at.is_not(None), last < since, at=at)


def _ids(event: Event, *conditions: ColumnElement[bool], at: datetime) -> list[int]:
    statement = (
        select(Invitation.id)
        .join(Invitation.form)
        .where(
            RegistrationForm.event_id == event.id,
            Invitation.registration_id.is_(None),
            Invitation.revoked_at.is_(None),
            or_(Invitation.expires_at.is_(None), Invitation.expires_at > at),
            *conditions,
        )
        .order_by(Invitation.id)
    )
    return list(db.session.scalars(statement))


def invitation_counts(event: Event) -> tuple[int, int, int]:
    """Return how many were invited, how many of them were sent a letter, and how many answered."""
    statement = (
        select(func.count(), func.count(Invitation.sent_at), func.count(Invitation.registration_id))
        .select_from(Invitation)
        .join(Invitation.form)
        .where(RegistrationForm.event_id == event.id)
    )
    everybody, sent, answered = db.session.execute(statement).one()
    return everybody, sent, answered


def invited_forms(event: Event) -> list[RegistrationForm]:
    """Return the forms of an event that are for the invited alone."""
    statement = (
        select(RegistrationForm)
        .where(RegistrationForm.event_id == event.id, RegistrationForm.access == Access.INVITED)
        .order_by(RegistrationForm.position, RegistrationForm.id)
    )
    return list(db.session.scalars(statement))


def known_addresses(form: RegistrationForm) -> set[str]:
    """Return the addresses that were invited to a form."""
    return set(db.session.scalars(select(Invitation.email).where(Invitation.form_id == form.id)))
