"""An offered seat: taken, declined, or let go by as its time runs out."""

from datetime import datetime

from sqlalchemy import update

from app import audit
from app.events.models import Event, EventStatus
from app.extensions import db
from app.registration import emails
from app.registration.errors import OfferGone
from app.registration.models import Registration, RegistrationStatus
from app.registration.services.seats import is_over, lock, promote

_BACK_IN_LINE = {"status": RegistrationStatus.WAITLISTED, "offer_expires_at": None}


def accept_offer(registration: Registration, *, at: datetime) -> None:
    """Confirm the seat that a registration holds; to say yes twice is to say it once. Raises OfferGone."""
    event = registration.event
    lock(event)
    db.session.refresh(registration)
    if registration.status == RegistrationStatus.CONFIRMED:
        return
    if is_over(event, at=at) or event.status == EventStatus.CANCELLED:
        raise OfferGone
    taken = db.session.scalar(
        update(Registration)
        .where(
            Registration.id == registration.id,
            Registration.status == RegistrationStatus.OFFERED,
            Registration.offer_expires_at > at,
        )
        .values(
            status=RegistrationStatus.CONFIRMED, confirmed_at=at, waiting_since=None, offer_expires_at=None
        )
        .returning(Registration)
        .execution_options(populate_existing=True)
    )
    if taken is None:
        raise OfferGone
    audit.record("registration.offer_accepted", registration, event=event, at=at)
    emails.promoted(registration)


def decline_offer(registration: Registration, *, at: datetime) -> None:
    """Give an offered seat to the next who waits, and go to the end of the line. Raises OfferGone."""
    event = registration.event
    lock(event)
    declined = db.session.scalar(
        update(Registration)
        .where(Registration.id == registration.id, Registration.status == RegistrationStatus.OFFERED)
        .values(**_BACK_IN_LINE, waiting_since=at)
        .returning(Registration)
        .execution_options(populate_existing=True)
    )
    if declined is None:
        raise OfferGone
    audit.record("registration.offer_declined", registration, event=event, at=at)
    promote(event, at=at, passed_over=[registration.id])


def expire_offers(event: Event, *, at: datetime) -> int:
    """Let the seats go on whose offers have run out, and those people to the end of the line. Returns how many."""
    lock(event)
    statement = (
        update(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == RegistrationStatus.OFFERED,
            Registration.offer_expires_at <= at,
        )
        .values(**_BACK_IN_LINE, waiting_since=at)
        .returning(Registration)
        .execution_options(populate_existing=True)
    )
    expired = list(db.session.scalars(statement))
    for registration in expired:
        audit.record("registration.offer_expired", registration, event=event, at=at)
        emails.offer_expired(registration)
    if expired:
        promote(event, at=at, passed_over=[one.id for one in expired])
    return len(expired)
