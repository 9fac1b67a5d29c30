"""Reads of what people ask to be changed about themselves."""

from datetime import datetime
from typing import NoReturn

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app import signing
from app.addresses import LARGEST_NUMBER
from app.events.models import Event
from app.extensions import db
from app.registration.models import DocumentType, EmailChange, NameRequest, Registration, RequestStatus
from app.registration.models.requests import OPEN_CHANGE

_CHANGE_ID = 6  # bytes of the change's number at the head of a token
DECIDED_SHOWN = 50
_WAITS = NameRequest.status == RequestStatus.WAITING


def _not_found() -> NoReturn:
    abort(404)


def waiting_request(registration: Registration) -> NameRequest | None:
    """Return the correction that a person waits for."""
    return db.session.scalar(
        select(NameRequest).where(
            NameRequest.registration_id == registration.id, NameRequest.status == RequestStatus.WAITING
        )
    )


def was_applied_before(registration: Registration) -> bool:
    """Return whether a person has corrected their name without the office before."""
    statement = select(NameRequest.id).where(
        NameRequest.registration_id == registration.id, NameRequest.status == RequestStatus.APPLIED
    )
    return db.session.scalar(statement.limit(1)) is not None


def requests_waiting(event: Event) -> list[NameRequest]:
    """Return the corrections that wait for an event's office, the oldest first, each with its registration."""
    return list(db.session.scalars(_of(event).where(_WAITS).order_by(NameRequest.id)))


def requests_decided(event: Event) -> list[NameRequest]:
    """Return the latest corrections of an event that wait no more, the newest first."""
    statement = _of(event).where(NameRequest.status != RequestStatus.WAITING)
    return list(db.session.scalars(statement.order_by(NameRequest.id.desc()).limit(DECIDED_SHOWN)))


def number_waiting(event: Event) -> int:
    """Return how many corrections wait for an event's office."""
    statement = (
        select(func.count())
        .select_from(NameRequest)
        .join(NameRequest.registration)
        .where(Registration.event_id == event.id, _WAITS)
    )
    return db.session.scalar(statement) or 0


def request_of_event_or_404(event: Event, request_id: int) -> NameRequest:
    """Return a correction asked for in this event, or answer 404."""
    return db.session.scalar(_of(event).where(NameRequest.id == request_id)) or _not_found()


def _of(event: Event) -> Select[NameRequest]:
    return (
        select(NameRequest)
        .join(NameRequest.registration)
        .options(contains_eager(NameRequest.registration))
        .where(Registration.event_id == event.id)
    )


def request_by_id(request_id: int) -> NameRequest | None:
    """Return a correction with its registration, event and body."""
    statement = select(NameRequest).options(
        joinedload(NameRequest.registration).joinedload(Registration.event).joinedload(Event.organisation)
    )
    return db.session.scalar(statement.where(NameRequest.id == request_id))


# --- the e-mail address


def open_change(registration: Registration, *, at: datetime) -> EmailChange | None:
    """Return the change of address that still waits for a word."""
    return db.session.scalar(
        select(EmailChange).where(
            EmailChange.registration_id == registration.id, OPEN_CHANGE, EmailChange.expires_at > at
        )
    )


def changes_since(registration: Registration, moment: datetime) -> int:
    """Return how many changes of address were asked for since a moment."""
    statement = select(func.count()).where(
        EmailChange.registration_id == registration.id, EmailChange.created_at > moment
    )
    return db.session.scalar(statement) or 0


def change_by_id(change_id: int) -> EmailChange | None:
    """Return a change of address with its registration, event and body."""
    statement = select(EmailChange).options(
        joinedload(EmailChange.registration).joinedload(Registration.event).joinedload(Event.organisation)
    )
    return db.session.scalar(statement.where(EmailChange.id == change_id))


def others_of_the_change(change: EmailChange, *, is_locked: bool = False) -> list[Registration]:
    """Return the other registrations that a change holds for as long as it is not applied, with their events.

    They are of the same person, by document, at the same address, in events of the same organisation; without a
    document or a former address there are none. With `is_locked` the rows are kept from changing, always in the
    same order.
    """
    one = change.registration
    if one.document_type == DocumentType.NONE or not one.email:
        return []
    statement = (
        select(Registration)
        .join(Registration.event)
        .options(contains_eager(Registration.event))
        .where(
            Registration.email == one.email,
            Registration.document_type == one.document_type,
            Registration.document_number == one.document_number,
            Event.organisation_id == one.event.organisation_id,
        )
        .order_by(Registration.id)
    )
    if is_locked:
        statement = statement.with_for_update(of=Registration).execution_options(populate_existing=True)
    return [other for other in db.session.scalars(statement) if other.id != one.id]


def change_token(change: EmailChange, *, is_new: bool) -> str:
    """Return the token that the letter to the new, or to the old, address of a change brings."""
    side = b"\1" if is_new else b"\0"
    return signing.to_text(change.id.to_bytes(_CHANGE_ID) + side + _change_mac(change, is_new=is_new))


def change_by_token(token: str) -> tuple[EmailChange, bool] | None:
    """Return the change that a token speaks about, and whether it is the new address that does."""
    try:
        raw = signing.from_text(token)
    except (ValueError, UnicodeEncodeError):
        return None
    number = int.from_bytes(raw[:_CHANGE_ID])
    change = change_by_id(number) if number <= LARGEST_NUMBER else None
    side = raw[_CHANGE_ID : _CHANGE_ID + 1]
    if change is None or side not in {b"\0", b"\1"}:
        return None
    is_new = side == b"\1"
    if not signing.matches(_change_mac(change, is_new=is_new), raw[_CHANGE_ID + 1 :]):
        return None
    return change, is_new


def _change_mac(change: EmailChange, *, is_new: bool) -> bytes:
    return signing.derive("email-change", change.id, change.email, is_new)
