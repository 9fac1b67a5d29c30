"""What a participant says in a room: messages and reactions."""

from flask import request
from flask.typing import ResponseReturnValue

from app import clock
from app.extensions import limiter
from app.live import services
from app.live.errors import ChatClosed
from app.live.models import ReactionKind
from app.live.views.room import bp, did, of_person, room_of
from app.permissions import participant

_MESSAGES = "6 per minute; 60 per hour"
_REACTIONS = "30 per minute"


@bp.post("/mensajes")
@participant
@limiter.limit(_MESSAGES, key_func=of_person)
def say(token: str, session_id: int) -> ResponseReturnValue:
    """Take a message."""
    person, session = room_of(token, session_id)
    typed = request.form.get("message", "")
    return did(
        token, person, session, lambda: services.say(person, session, typed, at=clock.now()), typed=typed
    )


@bp.post("/reacciones")
@participant
@limiter.limit(_REACTIONS, key_func=of_person)
def react(token: str, session_id: int) -> ResponseReturnValue:
    """Take a reaction."""
    person, session = room_of(token, session_id)
    kind = request.form.get("kind", "")

    def work() -> None:
        if kind not in {*ReactionKind}:
            raise ChatClosed
        services.react(session, ReactionKind(kind), at=clock.now())

    return did(token, person, session, work)
