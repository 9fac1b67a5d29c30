"""The back office: the word on registrations that wait for it, one by one and many at once."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.organisers import queries
from app.organisers.forms import ChosenForm, ReviewForm
from app.organisers.views.asked import filters_asked_for, place_in_list
from app.permissions import Permission, requires
from app.registration import labels, services
from app.registration import queries as registrations
from app.registration.models import Registration
from app.registration.rules.reviews import Verdict

bp = Blueprint("reviews_office", __name__, url_prefix="/gestion/eventos/<slug>/revision")
AT_ONCE = 500  # people in one go: about two seconds in which nobody else registers


@bp.post("/<int:registration_id>/otra-persona")
@requires(Permission.REGISTRATION_EDIT)
def tell_apart(slug: str, registration_id: int) -> ResponseReturnValue:
    """Note that a registration is of another person than those who look like them."""
    event = events.managed_event_or_404(slug)
    services.tell_apart(registrations.of_event_or_404(event, registration_id), at=clock.now())
    flash(_("Noted: they are two people."), "success")
    return redirect(url_for("registration_office.show", slug=slug, registration_id=registration_id), 303)


@bp.post("/<int:registration_id>")
@requires(Permission.REGISTRATION_EDIT)
def review(slug: str, registration_id: int) -> ResponseReturnValue:
    """Say the office's word on one registration."""
    event = events.managed_event_or_404(slug)
    registration = registrations.of_event_or_404(event, registration_id)
    form = ReviewForm()
    if not _is_said(event, form, [registration.id]):
        return _page(event, form, [registration], status=422)
    return redirect(url_for("registration_office.show", slug=slug, registration_id=registration_id), 303)


@bp.route("", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def review_many(slug: str) -> ResponseReturnValue:
    """Ask what shall be said about the ticked people, or about all whom the filters leave; then say it."""
    event = events.managed_event_or_404(slug)
    people = _people(event)
    is_answer = "verdict" in request.form
    form = ReviewForm() if is_answer else ReviewForm(formdata=None)
    if not people and request.method == "POST":
        flash(_("None of these people waits for a review."), "warning")
    elif not is_answer or not _is_said(event, form, [one.id for one in people]):
        return _page(event, form, people, status=422 if is_answer else 200)
    return redirect(url_for("registration_office.index", slug=slug, **place_in_list()), 303)


def _people(event: Event) -> list[Registration]:
    """Return about whom one decides: those who are sent along, else those whom the filters leave."""
    if request.method == "POST":
        chosen = ChosenForm(most=AT_ONCE)
        ids = chosen.people.data or [] if chosen.validate() else []
    else:
        ids = queries.ids_under_review(event, filters_asked_for(), limit=AT_ONCE)
    found = [one for one in registrations.several(event, ids) if one.is_under_review]
    return sorted(found, key=lambda one: (one.created_at, one.id))


def _is_said(event: Event, form: ReviewForm, ids: list[int]) -> bool:
    """Say the word; return False, with the reason in the form, where it cannot be taken."""
    if not form.validate():
        return False
    verdict = Verdict(form.verdict.data)
    try:
        number = services.review_many(event, ids, verdict, form.note.data or "", at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return False
    flash(_said(verdict, number), "success")
    return True


def _said(verdict: Verdict, number: int) -> str:
    match verdict:
        case Verdict.APPROVE:
            return ngettext(
                "%(num)s registration is approved.", "%(num)s registrations are approved.", number
            )
        case Verdict.ASK:
            return ngettext("We ask %(num)s person for more.", "We ask %(num)s people for more.", number)
        case Verdict.REJECT:
            return ngettext(
                "%(num)s registration was not accepted.", "%(num)s registrations were not accepted.", number
            )


def _page(event: Event, form: ReviewForm, people: list[Registration], *, status: int) -> ResponseReturnValue:
    values: dict[str, Any] = {
        "event": event,
        "form": form,
        "people": people,
        "place": place_in_list(),
        "at_once": AT_ONCE,
        "labels": labels,
        "silent": sum(not one.email for one in people),
    }
    return render_template("organisers/registrations/review.html", **values), status
