"""What Janus calls by itself, on the same machine."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app import clock, signing
from app.extensions import csrf, limiter
from app.live import queries, services
from app.live.providers import janus, janus_events
from app.permissions import public
from app.unit_of_work import reads_first, start_writing

bp = Blueprint("live_own_events", __name__, url_prefix="/sala/propia")
csrf.exempt(bp)


@bp.post("/avisos")
@public
@reads_first
@limiter.limit("6000 per minute")
def hear() -> ResponseReturnValue:
    """Take in who began to watch a room of this server and who left. Janus alone has the password."""
    given = request.authorization.password if request.authorization else None
    if not given or not signing.matches(janus.secret("events").encode(), given.encode()):
        abort(403)
    told = janus_events.happenings(request.get_data())
    if told:
        start_writing()
        for session in queries.sessions_by_uid({one.meeting for one in told}):
            services.hear(session, told, at=clock.now())
    return "", 204
