"""Registering for an event: the form, and the page after it."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app import clock, unit_of_work
from app.accounts import queries as accounts
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.events.rules import RegistrationWindow, registration_window
from app.extensions import csrf, limiter
from app.microcache import cached
from app.permissions import public
from app.registration import queries, services, ubigeo
from app.registration.forms import PublicForm
from app.registration.models import RegistrationStatus
from app.registration.rules import first_status

bp = Blueprint("registration", __name__)
# A whole municipality may share one address, so the limit is far above what people do and below what robots want.
_PER_ADDRESS = "60 per minute; 1000 per hour"


@bp.get("/eventos/<slug>/inscripcion")
@public
@cached
def form(slug: str) -> ResponseReturnValue:
    """Show the form, or say when registration opens or that it has closed."""
    event = events.published_or_404(slug)
    return _page(event, PublicForm(formdata=None))


@bp.post("/eventos/<slug>/inscripcion")
@public
@csrf.exempt
@limiter.limit(_PER_ADDRESS)
@unit_of_work.reads_first
def register(slug: str) -> ResponseReturnValue:
    """Take a registration: 303 to the page that says what happens next, or 422 with the form as it was typed."""
    typed = PublicForm()
    if not typed.validate_on_submit():
        return _page(events.published_or_404(slug), typed), 422
    person, key, language = typed.person(), typed.key(), str(get_locale())
    unit_of_work.start_writing()
    event = events.published_or_404(slug)
    try:
        status = services.register(event, person, idempotency_key=key, language=language, at=clock.now())
    except DomainError as error:
        return _page(event, typed.with_error(error)), 422
    return redirect(url_for(".received", slug=slug, estado=_WORDS.get(status, "inscrito")), 303)


_WORDS = {RegistrationStatus.CONFIRMED: "inscrito", RegistrationStatus.WAITLISTED: "en-espera"}


@bp.get("/eventos/<slug>/inscripcion/recibida")
@public
@cached
def received(slug: str) -> ResponseReturnValue:
    """Say what happens next. The page holds nothing about the person."""
    event = events.published_or_404(slug)
    waits = request.args.get("estado") == _WORDS[RegistrationStatus.WAITLISTED]
    return render_template("registration/received.html", event=event, waits=waits)


@bp.get("/ubigeo.json")
@public
@limiter.limit("240 per minute")
def districts() -> Response:
    """Return districts that match what is being typed, for the form's suggestions."""
    found = ubigeo.find(request.args.get("q", "")[:80], limit=12)
    response = jsonify([{"code": district.code, "label": district.label} for district in found])
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _page(event: Event, typed: PublicForm) -> str:
    window = registration_window(event, at=clock.now())
    if window != RegistrationWindow.OPEN:
        return render_template("registration/closed.html", event=event, window=window)
    taken = queries.taken_seats(event) if event.capacity is not None else 0
    is_full = first_status(event.capacity, taken=taken) == RegistrationStatus.WAITLISTED
    return render_template(
        "registration/form.html",
        event=event,
        form=typed,
        is_full=is_full,
        notice=accounts.consent_in_force(event.organisation),
    )
