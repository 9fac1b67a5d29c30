"""Reads of one person's registrations, whatever the event."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration

MOST = 200  # of one address: more is an office's own, which has the list of its event


def of_email(email: str) -> list[Registration]:
    """Return the newest registrations of an e-mail address in events of all bodies, each with event and body."""
    statement = (
        select(Registration)
        .options(joinedload(Registration.event).joinedload(Event.organisation))
        .where(Registration.email == email)
        .order_by(Registration.id.desc())
        .limit(MOST)
    )
    return list(db.session.scalars(statement))
