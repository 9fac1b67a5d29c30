"""The page of those who speak in a session or moderate it: a link of their own, earlier, with more rights."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, security
from app.errors import DomainError
from app.events.models import Appearance
from app.extensions import csrf, limiter
from app.live import materials, providers, queries, services
from app.live.providers import janus
from app.live.rules import STAGE_OPENS
from app.live.views import policy
from app.pages import away
from app.permissions import participant

bp = Blueprint("live_stage", __name__, url_prefix="/sala/<int:session_id>/ponente/<int:speaker_id>/<key>")
csrf.exempt(bp)  # the key in the address is the permission, and no cookie is


def page(part: Appearance, key: str, *, error: DomainError | None = None) -> Response:
    """Return the page of somebody who speaks, with what went wrong."""
    at = clock.now()
    session = part.session
    place = queries.place_shown(session.event, session)
    policy.admit(place, speaks=True)
    body = render_template(
        "live/stage.html",
        part=part,
        key=key,
        session=session,
        event=session.event,
        opens_at=queries.opens_at(session) - STAGE_OPENS,
        at=at,
        place=place,
        **_own_parts(part, key) if place.is_own else {},
        board=queries.board(session.id),
        links=queries.links_of(session.id),
        files=queries.files_of(session.id),
        kind_of_file=materials.WORDS,
        error=error,
    )
    return security.keep_private(Response(body, 503 if error else 200))


def _order_of(part: Appearance, key: str, other_id: int) -> str:
    return url_for(
        ".order_by_moderator",
        session_id=part.session_id,
        speaker_id=part.speaker_id,
        key=key,
        other_id=other_id,
    )


def _own_parts(part: Appearance, key: str) -> dict[str, Any]:
    """Return what the stage of a room of this server shows: who has a place on it, and who was sent off it."""
    return {
        "names": queries.names_on_stage(part.session_id)[: janus.SLOTS],
        "others": [one for one in queries.appearances_of(part.session_id) if one is not part],
        "is_office": False,
        "order_of": partial(_order_of, part, key),
        "removed": queries.removed_from(part.session_id),
    }


@bp.get("")
@participant
def show(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Show the way in, and what people ask."""
    return page(queries.appearance_by_key(session_id, speaker_id, key), key)


@bp.get("/entrar")
@participant
@limiter.limit("20 per minute")
def enter(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Lead into the meeting, as somebody who may speak there."""
    part = queries.appearance_by_key(session_id, speaker_id, key)
    guest = providers.Guest(f"s{part.speaker_id}", part.speaker.name, is_moderator=True)
    try:
        address = services.way_in(part.session.event, part.session, guest, at=clock.now())
    except DomainError as error:
        return page(part, key, error=error)
    return security.keep_private(away(address))
