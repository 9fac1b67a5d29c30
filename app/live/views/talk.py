"""What a participant says in a room: messages and reactions."""

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from app.extensions import limiter
from app.live import services
from app.live.errors import ChatClosed
from app.live.models import ReactionKind
from app.live.queries import Visit
from app.live.views.room import bp, did, of_person
from app.permissions import participant
from app.unit_of_work import reads_first

_MESSAGES = "6 per minute; 60 per hour"
_REACTIONS = "30 per minute"


@bp.post("/mensajes")
@participant
@reads_first
@limiter.limit(_MESSAGES, key_func=of_person)
def say(token: str, session_id: int) -> ResponseReturnValue:
    """Take a message."""
    typed = request.form.get("message", "")

    def work(visit: Visit, at: datetime) -> None:
        services.say(visit, visit.room, typed, at=at)

    return did(token, session_id, work, typed=typed)


@bp.post("/reacciones")
@participant
@reads_first
@limiter.limit(_REACTIONS, key_func=of_person)
def react(token: str, session_id: int) -> ResponseReturnValue:
    """Take a reaction."""
    kind = request.form.get("kind", "")

    def work(visit: Visit, at: datetime) -> None:
        if kind not in {*ReactionKind}:
            raise ChatClosed
        services.react(visit.room, ReactionKind(kind), at=at)

    return did(token, session_id, work)
