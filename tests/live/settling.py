"""How people take part in a room, as a test wants it."""

from app import clock
from app.events.models import Event, Session
from app.live import services

_USUAL = {"takes_questions": True, "takes_hands": True, "is_moderated": False, "is_anonymous": False}


def settle(event: Event, talk: Session, **otherwise: bool) -> None:
    """Settle a room the usual way but for what is said."""
    services.settle(event, talk, **{**_USUAL, **otherwise}, at=clock.now())
