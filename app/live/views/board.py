"""What everybody in a room sees alike, made once and not for each person."""

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, signing
from app.events import queries as events
from app.events.models import Session
from app.live import queries
from app.localisation import language
from app.microcache import cached
from app.permissions import public

bp = Blueprint("live_board", __name__, url_prefix="/sala/<int:session_id>/<key>")


def _key(session_id: int) -> str:
    """Return what opens the board of a room: it stands on the pages of the room alone."""
    return signing.to_text(signing.derive("room-board", session_id, length=12))


def board_address(session: Session) -> str:
    """Return where the board of a room stands, in the language of the present page."""
    return url_for("live_board.board", session_id=session.id, key=_key(session.id), idioma=language())


def is_shared(path: str) -> bool:
    """Return whether a path is that of a board: its address means the same to everybody who has it."""
    return path.startswith("/sala/") and path.endswith("/tablero")


@bp.get("/tablero")
@public
@cached
def board(session_id: int, key: str) -> ResponseReturnValue:
    """Answer the questions and polls of a room as a piece of its page."""
    if not signing.matches(_key(session_id).encode(), key.encode()):
        abort(404)
    g.language = request.args.get("idioma", "es")  # the address alone decides what it means
    at = clock.now()
    return render_template(
        "live/_shared.html",
        board=queries.board(session_id),
        hands=queries.hands(session_id, at=at),
        talk=queries.talk(session_id, at=at),
        zone=events.zone_of(session_id),
        voted=(),
        answered=(),
    )
