"""A room on the wall: the question on stage, the poll that is open, what comes next, the code for checking in."""

from flask import Blueprint, Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, qr, signing
from app.addresses import absolute
from app.attendance.queries import check_ins
from app.events import queries as events
from app.events.models import Session
from app.live import queries
from app.microcache import cached
from app.permissions import public
from app.security import keep_private

bp = Blueprint("live_projector", __name__, url_prefix="/pantalla/sala/<int:session_id>/<key>")


def _key(session_id: int) -> str:
    return signing.to_text(signing.derive("room-projector", session_id, length=12))


def projector_address(session: Session) -> str:
    """Return where the projector of a room stands."""
    return url_for("live_projector.show", session_id=session.id, key=_key(session.id))


def _session(session_id: int, key: str) -> Session:
    if not signing.matches(_key(session_id).encode(), key.encode()):
        abort(404)
    return events.session_by_id(session_id) or abort(404)


def _shown(session: Session) -> dict[str, object]:
    at = clock.now()
    board = queries.board(session.id)
    code, address = check_ins.code_in_room(session, at=at)
    by_poll = absolute("my_events.ask")
    return {
        "session": session,
        "event": session.event,
        "stage": next((one for one in board.questions if one.is_pinned), None),
        "poll": next((one for one in board.polls if one.state == "open"), None),
        "talk": queries.talk(session.id, at=at),
        "following": queries.now(events.sessions_of(session.event_id), at=at).next,
        "is_over": at >= session.ends_at,
        "code": code,
        "code_qr": qr.svg_path(address) if address else None,
        "poll_qr": qr.svg_path(by_poll),
        "poll_address": by_poll,
    }


@bp.get("")
@public
def show(session_id: int, key: str) -> ResponseReturnValue:
    """Show a room on the wall."""
    session = _session(session_id, key)
    address = url_for(".piece", session_id=session_id, key=key)
    return keep_private(Response(render_template("live/projector.html", address=address, **_shown(session))))


@bp.get("/ahora")
@public
@cached
def piece(session_id: int, key: str) -> ResponseReturnValue:
    """Answer what the wall shows now, as a piece of its page."""
    return render_template("live/_projector.html", **_shown(_session(session_id, key)))
