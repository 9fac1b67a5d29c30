"""What a participant does about seats: answers an offer."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.errors import DomainError
from app.extensions import csrf
from app.permissions import participant
from app.registration import queries, services
from app.registration.models import Registration
from app.security import keep_private

# Whoever holds the link is the participant: no cookie plays a part that a forged request could abuse.
bp = Blueprint("participant_seats", __name__, url_prefix="/mi")
csrf.exempt(bp)


@bp.post("/<token>/oferta/aceptar")
@participant
def accept(token: str) -> ResponseReturnValue:
    """Take the seat that is offered; an address opened by a mail program's scanner takes none, for it only reads."""
    return _answer(token, services.accept_offer)


@bp.post("/<token>/oferta/rechazar")
@participant
def decline(token: str) -> ResponseReturnValue:
    """Leave the seat that is offered to the next who waits."""
    return _answer(token, services.decline_offer)


def _answer(token: str, answer: Callable[..., None]) -> ResponseReturnValue:
    registration = queries.by_token_or_404(token)
    now: datetime = clock.now()
    try:
        answer(registration, at=now)
    except DomainError as error:
        return _too_late(token, registration, error)
    return redirect(url_for("participants.show", token=token), 303)


def _too_late(token: str, registration: Registration, error: DomainError) -> Response:
    page = render_template(
        "participants/offer_gone.html", token=token, registration=registration, error=error
    )
    return keep_private(Response(page, 422))
