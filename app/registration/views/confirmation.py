"""`/inscripcion/...`: the puzzle against robots, and confirming by e-mail what a browser without JavaScript sent."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.extensions import csrf, limiter
from app.permissions import participant, public
from app.registration import puzzles, queries, robots, rules, services
from app.registration.errors import NoWayToConfirm, PuzzleSpent
from app.registration.forms import PublicForm, public_form
from app.registration.models import HeldSubmission
from app.registration.services import uploads
from app.security import keep_private

bp = Blueprint("confirmation", __name__, url_prefix="/inscripcion")
csrf.exempt(bp)


@bp.get("/<slug>/reto")
@public
@limiter.limit("600 per minute")
def puzzle(slug: str) -> Response:
    """Return a fresh puzzle for the form of an event."""
    event = events.published_or_404(slug)
    answer = jsonify(puzzles.puzzle(event.slug, at=clock.now()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def is_wanted(event: Event) -> bool:
    """Return whether browsers must solve a puzzle before they register for an event now."""
    return rules.is_puzzle_wanted(queries.proof_of_work(event), is_flooded=robots.is_flooded(event.slug))


def passes(event: Event, typed: PublicForm, *, form_slug: str, key: str) -> bool:
    """Return whether a submission may go on; False where it is held until it is confirmed by e-mail.

    Raises PuzzleSpent, which asks to send the form once more, for a solution that is wrong, old or used, and for a
    page from before the flood; NoWayToConfirm where nothing can be held.
    """
    now, sent = clock.now(), request.form.get("altcha", "")
    if sent:
        solved = puzzles.solved(event.slug, sent, at=now)
        if solved is None:
            raise PuzzleSpent
        services.spend_puzzle(solved.challenge, expires_at=solved.expires_at)
        return True
    if "puzzle" not in request.form:
        raise PuzzleSpent
    email = typed.person().email
    if not email:
        raise NoWayToConfirm
    files = typed.kept_files()
    services.hold(
        event,
        [pair for pair in request.form.items(multi=True) if pair[0] not in files]
        + [(name, uploads.sealed(number)) for name, number in files.items()],
        upload_ids=files.values(),
        form_slug=form_slug,
        email=email,
        idempotency_key=key,
        language=str(get_locale()),
        at=now,
    )
    return False


@bp.get("/confirmar/<token>")
@participant
@limiter.limit("60 per minute")
def show(token: str) -> ResponseReturnValue:
    """Ask whether the registration is to be made: programs that look at letters open every link in them."""
    held = queries.held_by_token(token, at=clock.now())
    return _page(held, 200 if held else 404)


def _page(held: HeldSubmission | None, status: int, *, problems: list[str] | None = None) -> Response:
    page = render_template("registration/confirm.html", held=held, problems=problems)
    return keep_private(Response(page, status))


@bp.post("/confirmar/<token>")
@participant
@limiter.limit("60 per minute")
def confirm(token: str) -> ResponseReturnValue:
    """Register whoever sent the form, as if it came now."""
    now = clock.now()
    held = queries.held_by_token(token, at=now)
    if held is None:
        return _page(None, 404)
    event = held.event
    asked = queries.form_at(event.slug, held.form_slug)
    typed = public_form(asked)(formdata=MultiDict([(name, value) for name, value in held.body]))
    if not typed.validate():
        return _page(held, 422, problems=[str(error) for errors in typed.errors.values() for error in errors])
    try:
        status = services.register(
            event,
            typed.person(),
            form=asked,
            values=typed.values,
            idempotency_key=held.idempotency_key,
            language=held.language,
            at=now,
        )
    except DomainError as error:
        return _page(held, 422, problems=[str(error)])
    services.release(held)
    return redirect(
        url_for("registration.received", slug=event.slug, estado=robots.WORDS.get(status, "inscrito")), 303
    )
