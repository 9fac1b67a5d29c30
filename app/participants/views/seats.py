"""What a participant does about seats: answers an offer, chooses sessions, takes the agenda along."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.addresses import absolute
from app.errors import DomainError
from app.events import calendar
from app.events import queries as events
from app.extensions import csrf
from app.participants import agenda
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
    """Take the seat that is offered. Only a button does: a mail program's scanner that opens addresses takes none."""
    return _answer(token, services.accept_offer)


@bp.post("/<token>/oferta/rechazar")
@participant
def decline(token: str) -> ResponseReturnValue:
    """Leave the seat that is offered to the next who waits."""
    return _answer(token, services.decline_offer)


def _answer(token: str, answer: Callable[..., None]) -> ResponseReturnValue:
    registration = queries.by_token_or_404(token)
    try:
        answer(registration, at=clock.now())
    except DomainError as error:
        page = render_template(
            "participants/offer_gone.html", token=token, registration=registration, error=error
        )
        return keep_private(Response(page, 422))
    return redirect(url_for("participants.show", token=token), 303)


@bp.get("/<token>/sesiones")
@participant
def sessions(token: str) -> ResponseReturnValue:
    """Show the sessions that one enrols in: places left, one's own, one's place in a line."""
    return _sessions_page(token, queries.by_token_or_404(token))


def _sessions_page(
    token: str, registration: Registration, *, at_session: int | None = None, error: DomainError | None = None
) -> Response:
    page = render_template(
        "participants/sessions.html",
        token=token,
        registration=registration,
        event=registration.event,
        choices=agenda.choices(registration, at=clock.now()),
        at_session=at_session,
        error=error,
    )
    return keep_private(Response(page, 422 if error else 200))


_CHANGES: dict[str, Callable[..., object]] = {
    "inscribirme": services.enrol,
    "salir": services.leave,
    "aceptar": services.accept_session,
    "dejar": services.decline_session,
}


@bp.post("/<token>/sesiones/<int:session_id>")
@participant
def choose(token: str, session_id: int) -> ResponseReturnValue:
    """Enrol in a session, leave it, or answer the offer of a place in it."""
    registration = queries.by_token_or_404(token)
    enrollable = queries.enrollable_or_404(registration.event, session_id)
    change = _CHANGES.get(request.form.get("hacer", "")) or abort(400)
    try:
        change(registration, enrollable, at=clock.now())
    except DomainError as error:
        return _sessions_page(token, registration, at_session=session_id, error=error)
    return redirect(url_for(".sessions", token=token, _anchor=f"sesion-{session_id}"), 303)


@bp.get("/<token>/agenda.ics")
@participant
def agenda_file(token: str) -> ResponseReturnValue:
    """Answer one's own agenda as a calendar that can be subscribed to: open sessions and those one is enrolled in."""
    registration = queries.by_token_or_404(token)
    event = events.with_agenda(registration.event_id)
    body = calendar.feed(
        event,
        agenda.own_sessions(registration, event),
        link=absolute("participants.show", token=token),
        refreshed_every=agenda.REFRESH,
    )
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'inline; filename="agenda-{event.slug}.ics"'
    return keep_private(response)
