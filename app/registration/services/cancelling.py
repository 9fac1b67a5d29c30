"""Cancelling registrations."""

from collections.abc import Collection
from datetime import datetime

from app import audit
from app.events.models import Event
from app.events.services import event_cancelled
from app.extensions import db
from app.registration import emails, queries
from app.registration.errors import AlreadyCancelled, EventOver, NobodyChosen
from app.registration.models import Registration, RegistrationStatus
from app.registration.services.enrolments import promote_sessions, release
from app.registration.services.seats import is_over, lock, promote


def cancel(registration: Registration, *, at: datetime, by_participant: bool, reason: str = "") -> None:
    """Cancel a registration, free its seat and give it to the next who waits.

    `reason` is one of CancelReason, or the person's own words.

    Raises AlreadyCancelled, or EventOver once the event's last day has passed.
    """
    event = registration.event
    lock(event)
    db.session.refresh(registration)
    if not registration.is_active:
        raise AlreadyCancelled
    if is_over(event, at=at):
        raise EventOver
    registration.cancel_reason = reason
    _cancel(registration, at=at, by_participant=by_participant)
    _give_on(event, [registration], at=at)


def cancel_many(event: Event, registration_ids: Collection[int], *, at: datetime) -> int:
    """Cancel several registrations of an event for the office. Returns how many were not cancelled before.

    The seats are given on once all are free, so that none goes to somebody who is cancelled along.

    Raises EventOver, and NobodyChosen where nothing is left to cancel.
    """
    lock(event)
    if is_over(event, at=at):
        raise EventOver
    chosen = [one for one in queries.several(event, registration_ids, fresh=True) if one.is_active]
    if not chosen:
        raise NobodyChosen
    for registration in chosen:
        _cancel(registration, at=at, by_participant=False)
    _give_on(event, chosen, at=at)
    return len(chosen)


def _give_on(event: Event, gone: Collection[Registration], *, at: datetime) -> None:
    """Let those who wait have the seats of the event, and of its sessions, that the cancelled leave."""
    db.session.flush()
    sessions = release(gone)
    promote(event, at=at)
    promote_sessions(event, only=sessions, at=at)


def _cancel(registration: Registration, *, at: datetime, by_participant: bool) -> None:
    registration.status = RegistrationStatus.CANCELLED
    registration.cancelled_at = at
    event = registration.event
    audit.record("registration.cancelled", registration, event=event, at=at, by_participant=by_participant)
    emails.cancelled(registration)


@event_cancelled.connect
def _tell_everybody(event: Event, *, at: datetime) -> None:
    """Write to everybody as soon as an event is called off."""
    emails.event_cancelled(event)
