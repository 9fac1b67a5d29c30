"""What mail programs and mail servers ask for: stopping notices, and handing in bounces."""

import hashlib

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app import clock, signing, unit_of_work
from app.extensions import csrf
from app.mailings import bounces
from app.mailings.queries import notices
from app.mailings.services import notices as services
from app.permissions import participant, public
from app.registration.models import Registration
from app.security import keep_private

bp = Blueprint("mailings_public", __name__)


def _by_token(token: str) -> Registration:
    return notices.by_token(token) or abort(404)


@bp.get("/baja/<token>")
@participant
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask whether notices shall stop: programs that look at every address of a letter change nothing."""
    registration = _by_token(token)
    page = render_template(
        "mailings/unsubscribe.html",
        organisation=registration.event.organisation,
        token=token,
        is_done=notices.is_suppressed(registration),
    )
    return keep_private(Response(page))


@bp.post("/baja/<token>")
@csrf.exempt
@participant
def stop(token: str) -> ResponseReturnValue:
    """Stop notices: the button of the page, or of a mail program (RFC 8058), which sends no cookie."""
    registration = _by_token(token)
    services.stop(registration, at=clock.now())
    page = render_template(
        "mailings/unsubscribe.html", organisation=registration.event.organisation, token=token, is_done=True
    )
    return keep_private(Response(page))


@bp.post("/correo/rebotes")
@csrf.exempt
@public
@unit_of_work.reads_first
def take_bounce() -> ResponseReturnValue:
    """Take a report of a mail server, as it came, from whoever knows BOUNCE_TOKEN."""
    expected = current_app.config["BOUNCE_TOKEN"]
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if not expected:
        abort(404)
    if scheme.lower() != "bearer" or not signing.matches(_hashed(expected), _hashed(given.strip())):
        abort(401)
    return jsonify(recorded=bounces.take(request.get_data()))


def _hashed(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()
