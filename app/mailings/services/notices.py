"""Stopping notices."""

from datetime import datetime

from app import audit
from app.extensions import db
from app.mailings.models import Suppression
from app.mailings.queries import notices
from app.registration.models import Registration


def stop(registration: Registration, *, at: datetime) -> None:
    """Send a person no more notices of this organisation, whichever of its events they came from."""
    if notices.is_suppressed(registration):
        return
    event = registration.event
    hashed = notices.address_hash(registration.email)
    db.session.add(Suppression(organisation_id=event.organisation_id, address_hash=hashed, created_at=at))
    audit.record("notices.stopped", registration, event=event, at=at)
