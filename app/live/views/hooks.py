"""What servers of rooms call by themselves."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app import clock, signing
from app.addresses import absolute
from app.events import queries as events
from app.events.models import Session
from app.extensions import csrf, limiter
from app.live import queries, services
from app.live.providers import hooks
from app.permissions import public
from app.vault import CannotUnseal

bp = Blueprint("live_hooks", __name__, url_prefix="/sala/<int:session_id>/avisos")
csrf.exempt(bp)


def _secret_of(session: Session) -> str:
    account = queries.account_for(session.event, session.online_url)
    try:
        return queries.access_of(account).secret if account else ""
    except CannotUnseal:
        return ""


@bp.post("/<key>")
@public
@limiter.limit("600 per minute")
def hear(session_id: int, key: str) -> ResponseReturnValue:
    """Take in who came into a meeting and who left. The address and a checksum prove who tells."""
    if not signing.matches(queries.hook_key(session_id).encode(), key.encode()):
        abort(404)
    session = events.session_by_id(session_id) or abort(404)
    secret, body = _secret_of(session), request.get_data(cache=True)
    form = {name: request.form[name] for name in request.form}
    callback = absolute(".hear", session_id=session_id, key=key)
    if not secret or not hooks.is_proved(callback, body, form, request.args.get("checksum", ""), secret):
        abort(403)
    services.hear(session, hooks.happenings(form.get("event", "")), at=clock.now())
    return "", 204
