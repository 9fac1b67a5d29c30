"""Registering for an event: the form, and the page after it."""

import time

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app import clock, unit_of_work
from app.accounts import queries as accounts
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.events.rules import RegistrationWindow
from app.extensions import csrf, limiter
from app.microcache import ENTRIES, LIFETIME, cached
from app.permissions import public
from app.registration import queries, robots, rules, services, ubigeo
from app.registration.errors import PuzzleSpent
from app.registration.forms import QuestionsForm, public_form
from app.registration.models import Access, RegistrationForm, RegistrationStatus, Words
from app.registration.rules import answers
from app.registration.rules.robots import Doubt
from app.registration.rules.seats import Place
from app.registration.rules.windows import Way
from app.registration.views.confirmation import is_wanted, passes

bp = Blueprint("registration", __name__)
_SUGGESTED = 300  # institutions at most: a page stays small


@bp.get("/eventos/<slug>/inscripcion", defaults={"form_slug": ""})
@bp.get("/eventos/<slug>/inscripcion/<form_slug>")
@public
@cached
def form(slug: str, form_slug: str) -> ResponseReturnValue:
    """Show a form of an event, the main one or the plain one, or say when it opens or that it has closed."""
    event = events.published_or_404(slug)
    asked = _form_or_404(slug, form_slug)
    if asked is not None and asked.access == Access.INVITED:
        return render_template("registration/invitation_ended.html", event=event, state="needed")
    return page(event, asked, public_form(asked)(formdata=None))


@bp.post("/eventos/<slug>/inscripcion", defaults={"form_slug": ""})
@bp.post("/eventos/<slug>/inscripcion/<form_slug>")
@public
@csrf.exempt
@limiter.limit(robots.SENT)
@limiter.limit(robots.FAILED, deduct_when=robots.has_failed)
@unit_of_work.reads_first
def register(slug: str, form_slug: str) -> ResponseReturnValue:
    """Take a registration: 303 to the page that says what happens next, or 422 with the form as it was typed."""
    asked = _form_or_404(slug, form_slug)
    made = public_form(asked)
    made.admit_files()
    typed, now = made(), clock.now()
    if (doubt := robots.doubt(slug, at=now)) is not None:
        typed.keep_files_of_doubted(at=now)
        return page(events.published_or_404(slug), asked, typed, doubt=doubt), 422
    if not typed.validate_on_submit():
        return page(events.published_or_404(slug), asked, typed), 422
    person, key, language = typed.person(), robots.own_key(typed.key()), str(get_locale())
    robots.count_person(slug, person.identity)
    unit_of_work.start_writing()
    event = events.published_or_404(slug)
    if typed.form_id is not None:
        asked = queries.form_by_id(event, typed.form_id) or abort(404)
    try:
        if is_wanted(event) and not passes(event, typed, form_slug=form_slug, key=key):
            return redirect(url_for(".received", slug=slug, estado=robots.TO_CONFIRM), 303)
        status = services.register(
            event,
            person,
            form=asked,
            values=typed.values,
            idempotency_key=key,
            language=language,
            at=now,
        )
    except PuzzleSpent:
        return page(event, asked, typed, doubt=Doubt.UNSOLVED), 422
    except DomainError as error:
        return page(event, asked, typed.with_error(error)), 422
    state = robots.WORDS.get(status, "inscrito")
    return redirect(url_for(".received", slug=slug, estado=state, correo=None if person.email else "no"), 303)


# When an address was last seen to have the plain form. In a rush nobody asks again for half a second, as long as a
# page may be old (see microcache): a form made meanwhile is asked of those who load the page from then on.
_plain_since: dict[str, float] = {}


def _form_or_404(slug: str, form_slug: str) -> RegistrationForm | None:
    """Return the form at an address, None for the plain one."""
    address, now = f"{slug}/{form_slug}", time.monotonic()
    if now - _plain_since.get(address, -LIFETIME) < LIFETIME and not current_app.testing:
        return None
    asked = queries.form_at(slug, form_slug)
    if form_slug and asked is None:
        abort(404)
    if asked is None:
        if len(_plain_since) >= ENTRIES:
            _plain_since.clear()
        _plain_since[address] = now
    return asked


@bp.get("/eventos/<slug>/inscripcion/recibida")
@public
@cached
def received(slug: str) -> ResponseReturnValue:
    """Say what happens next. The page holds nothing about the person."""
    event = events.published_or_404(slug)
    state = request.args.get("estado")
    return render_template(
        "registration/received.html",
        event=event,
        waits=state == robots.WORDS[RegistrationStatus.WAITLISTED],
        is_reviewed=state == robots.WORDS[RegistrationStatus.PENDING],
        is_held=state == robots.TO_CONFIRM,
        is_written_to=request.args.get("correo") != "no",
    )


@bp.get("/ubigeo.json")
@public
@limiter.limit("1200 per minute")
def districts() -> Response:
    """Return what lies in a place (`en`: its code, "" is Peru), or the districts that match what is being typed."""
    if "en" in request.args:
        found = ubigeo.within(request.args["en"])
    else:
        found = {one.code: one.label for one in ubigeo.find(request.args.get("q", "")[:80], limit=12)}
    response = jsonify([{"code": code, "label": name} for code, name in found.items()])
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def page(
    event: Event, asked: RegistrationForm | None, typed: QuestionsForm, *, doubt: Doubt | None = None
) -> str:
    """Return a form to fill in, or what there is to say while it is not open."""
    now = clock.now()
    window = rules.window(event, asked, at=now)
    if window != RegistrationWindow.OPEN:
        return render_template(
            "registration/closed.html",
            event=event,
            window=window,
            opens_at=rules.opens_at(event, asked),
            closes_at=rules.closes_at(event, asked),
        )
    form_id = None if asked is None else asked.id
    left = queries.vacancies(event, Place(form_id=form_id))
    seats = left.of_form(form_id)
    if asked is not None and typed.has_limited_choices:
        typed.tell_left(queries.options_left(asked))
    return render_template(
        "registration/form.html",
        event=event,
        asked=asked,
        form=typed,
        token=robots.next_token(event.slug, doubt, at=now),
        is_doubted=doubt is not None,
        has_puzzle=is_wanted(event),
        seats=seats,
        is_full=seats is not None and seats <= 0,
        institutions=queries.quotas(event, limit=_SUGGESTED) if left.has_quotas else [],
        notice=accounts.consent_in_force(event.organisation),
    )


@bp.app_template_global("words")
def _words(text: Words) -> str:
    """Return a text in the language of the page."""
    return answers.words(text, str(get_locale()))


@bp.app_template_global("ways_to_register")
def _ways(event: Event) -> list[Way] | None:
    """Return the forms that an event's page leads to; None where there is the plain one alone."""
    forms = queries.forms_of(event)
    return rules.ways(event, forms, at=clock.now()) if forms else None
