"""Hands in a room: a participant's own, and all of them before whoever moderates."""

from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue

from app import clock
from app.events.models import Event, Session
from app.extensions import limiter
from app.live import services
from app.live.queries import Visit
from app.live.views import office, stage, stage_desk
from app.live.views.room import bp, did, of_person
from app.permissions import Permission, participant, requires
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


def _one(event: Event, session: Session, registration_id: int) -> None:
    """Give somebody the word, or take their hand down."""
    acts = {"word": services.give_word, "lower": services.lower_hand}
    act = acts.get(request.form.get("do", "")) or abort(404)
    act(event, session, registration_id, at=clock.now())


def _all(event: Event, session: Session) -> None:
    services.lower_hands(event, session, at=clock.now())


@office.bp.post("/manos/<int:person_id>")
@requires(Permission.ROOM_MODERATE)
def hand(slug: str, session_id: int, person_id: int) -> ResponseReturnValue:
    """Give somebody the word, or take their hand down."""
    event, session = office.found(slug, session_id)
    _one(event, session, person_id)
    return office.back(slug, session_id, "manos")


@office.bp.post("/manos")
@requires(Permission.ROOM_MODERATE)
def lower_hands(slug: str, session_id: int) -> ResponseReturnValue:
    """Take all hands down."""
    event, session = office.found(slug, session_id)
    _all(event, session)
    return office.back(slug, session_id, "manos")


@stage.bp.post("/mesa/manos/<int:person_id>")
@participant
@limiter.limit(stage_desk.ACTS)
def desk_hand(session_id: int, speaker_id: int, key: str, person_id: int) -> ResponseReturnValue:
    """Give somebody the word, or take their hand down."""

    def work(event: Event, session: Session) -> None:
        _one(event, session, person_id)

    return stage_desk.did(session_id, speaker_id, key, "manos", work)


@stage.bp.post("/mesa/manos")
@participant
@limiter.limit(stage_desk.ACTS)
def desk_lower_hands(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Take all hands down."""
    return stage_desk.did(session_id, speaker_id, key, "manos", _all)
