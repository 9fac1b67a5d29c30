"""`/confirmar-correo/<token>`: the word of an old or a new address about a change of e-mail.

A letter brings the link; the page asks, and only its buttons answer: programs that look through mail open links too.
"""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.errors import DomainError
from app.extensions import csrf, limiter
from app.permissions import participant
from app.registration.models import EmailChange
from app.registration.queries import requests as queries
from app.registration.services import addresses
from app.security import keep_private

bp = Blueprint("email_changes", __name__, url_prefix="/confirmar-correo")
csrf.exempt(bp)
_LIMIT = "60 per hour"


def _asked(token: str) -> tuple[EmailChange, bool]:
    return queries.change_by_token(token) or abort(404)


def _page(token: str, status: int = 200, *, error: DomainError | None = None) -> Response:
    change, is_new = _asked(token)
    page = render_template(
        "participants/data/change.html",
        token=token,
        change=change,
        is_new=is_new,
        registration=change.registration,
        event=change.registration.event,
        is_expired=clock.now() >= change.expires_at,
        # Only the mailbox that all their letters went to may read where else a person is registered.
        others=[] if is_new else [one.event.title for one in queries.others_of_the_change(change)],
        error=error,
    )
    return keep_private(Response(page, status))


@bp.get("/<token>")
@participant
def show(token: str) -> ResponseReturnValue:
    """Ask the address for its word, or say what became of the change."""
    return _page(token)


@bp.post("/<token>/si")
@participant
@limiter.limit(_LIMIT)
def confirm(token: str) -> ResponseReturnValue:
    """Take the address's yes; with that of the other the change is made."""
    change, is_new = _asked(token)
    try:
        addresses.confirm(change, is_new=is_new, at=clock.now())
    except DomainError as error:
        return _page(token, 422, error=error)
    return _page(token)


@bp.post("/<token>/no")
@participant
@limiter.limit(_LIMIT)
def refuse(token: str) -> ResponseReturnValue:
    """Take the address's no: nothing changes, and the links of the change are dead."""
    change, _is_new = _asked(token)
    addresses.take_back(change, at=clock.now())
    return _page(token)
