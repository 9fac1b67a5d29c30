"""`/mi/<token>/...`: how participants look after their own data. The link is the permission, as for their page."""

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, unit_of_work
from app.certificates import queries as certificates
from app.errors import DomainError
from app.extensions import csrf, limiter
from app.forms import Form
from app.pages import form_page
from app.participants.forms import NewAddressForm
from app.permissions import participant
from app.registration import queries
from app.registration.forms import answered
from app.registration.forms.own import NameForm, facts_form
from app.registration.models import Registration, RequestStatus
from app.registration.queries import requests as asked_for
from app.registration.services import addresses, requests, upkeep
from app.security import keep_private

bp = Blueprint("own_data", __name__, url_prefix="/mi")
csrf.exempt(bp)
_PER_VISITOR = "60 per hour"
_METHODS = ("GET", "POST")


def _back(token: str, saved: str) -> Response:
    return redirect(url_for("participants.show", token=token, guardado=saved), 303)  # type: ignore[return-value]


def _page(template: str, token: str, registration: Registration, form: Form, **values: object) -> Response:
    page = form_page(
        f"participants/data/{template}",
        token=token,
        registration=registration,
        event=registration.event,
        form=form,
        **values,
    )
    return keep_private(page)


@bp.route("/<token>/datos", methods=_METHODS)
@participant
@limiter.limit(_PER_VISITOR, methods=["POST"])
@unit_of_work.reads_first
def facts(token: str) -> ResponseReturnValue:
    """Change what a person told of themselves but for name and document."""
    registration = queries.by_token_or_404(token)
    asked = None
    if registration.form_id is not None:
        asked = queries.form_by_id(registration.event, registration.form_id)
    form_class = facts_form(asked)
    form_class.admit_files()
    form = form_class.of(registration, **answered(queries.answers_of(registration)))
    until, now = upkeep.editing_until(registration.event), clock.now()
    if not form.validate_on_submit():
        return _page("facts.html", token, registration, form, until=until, now=now)
    unit_of_work.start_writing()
    try:
        changed = form.facts(registration)
        upkeep.update_facts(registration, changed, form=asked, values=form.values, at=now)
    except DomainError as error:
        return _page("facts.html", token, registration, form.with_error(error), until=until, now=now)
    return _back(token, "datos")


@bp.route("/<token>/nombre", methods=_METHODS)
@participant
@limiter.limit(_PER_VISITOR, methods=["POST"])
def name(token: str) -> ResponseReturnValue:
    """Correct a name or a document: small slips at once, anything else by way of the organiser."""
    registration = queries.by_token_or_404(token)
    form = NameForm.of(registration)
    is_certified = certificates.was_ever_issued(registration)
    values = {"waiting": asked_for.waiting_request(registration), "is_certified": is_certified}
    if not form.validate_on_submit():
        return _page("name.html", token, registration, form, **values)
    try:
        request = requests.ask(registration, form.correction(), is_certified=is_certified, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _page("name.html", token, registration, form, **values)
    return _back(token, "nombre" if request.status == RequestStatus.APPLIED else "pedido")


@bp.route("/<token>/correo", methods=_METHODS)
@participant
@limiter.limit("20 per hour", methods=["POST"])
def email(token: str) -> ResponseReturnValue:
    """Ask that letters go to another address: both addresses are written to, and nothing changes until both agree."""
    registration = queries.by_token_or_404(token)
    form = NewAddressForm()
    change = asked_for.open_change(registration, at=clock.now())
    if not form.validate_on_submit():
        return _page("email.html", token, registration, form, change=change)
    try:
        addresses.ask(registration, form.email.data, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _page("email.html", token, registration, form, change=change)
    return _back(token, "correo")
