"""A participant's own hand; what moderators do with all of them stands with the other acts of a desk."""

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from app.extensions import limiter
from app.live import services
from app.live.queries import Visit
from app.live.views.room import bp, did, of_person
from app.permissions import participant
from app.unit_of_work import reads_first

_PRESSES = "12 per minute"


@bp.post("/mano")
@participant
@reads_first
@limiter.limit(_PRESSES, key_func=of_person)
def own_hand(token: str, session_id: int) -> ResponseReturnValue:
    """Raise one's hand, or take it down."""
    is_up = request.form.get("do") == "up"

    def work(visit: Visit, at: datetime) -> None:
        if is_up:
            services.raise_hand(visit, visit.room, at=at)
        else:
            services.take_hand_down(visit, visit.room)

    return did(token, session_id, work)
