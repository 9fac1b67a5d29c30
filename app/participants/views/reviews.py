"""`/mi/<token>/completar`: what a person corrects when the office asked for more before it decides."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, unit_of_work
from app.errors import DomainError
from app.extensions import csrf
from app.forms import Form
from app.permissions import participant
from app.registration import queries, services
from app.registration.forms import OfficePersonForm, answered, built
from app.registration.models import Registration, RegistrationStatus
from app.security import keep_private

# Whoever holds the link is the participant: no cookie plays a part that a forged request could abuse.
bp = Blueprint("participant_reviews", __name__, url_prefix="/mi")
csrf.exempt(bp)


@bp.route("/<token>/completar", methods=["GET", "POST"])
@participant
@unit_of_work.reads_first
def complete(token: str) -> ResponseReturnValue:
    """Let a person correct their facts; then the office looks at the registration again."""
    registration = queries.by_token_or_404(token)
    if registration.status != RegistrationStatus.RETURNED:
        return redirect(url_for("participants.show", token=token), 303)
    number = registration.form_id
    asked = None if number is None else queries.form_by_id(registration.event, number)
    form_class = OfficePersonForm if asked is None else built(OfficePersonForm, asked)
    form_class.admit_files()
    form = form_class.of(registration, **answered(queries.answers_of(registration)))
    if not form.validate_on_submit():
        return _page(token, registration, form)
    unit_of_work.start_writing()
    person = form.person_like(registration)
    try:
        services.resubmit(registration, person, form=asked, values=form.values, at=clock.now())
    except DomainError as error:
        return _page(token, registration, form.with_error(error))
    return redirect(url_for("participants.show", token=token), 303)


def _page(token: str, registration: Registration, form: Form) -> Response:
    text = render_template(
        "participants/complete.html",
        token=token,
        registration=registration,
        event=registration.event,
        form=form,
    )
    return keep_private(Response(text, 422 if form.errors else 200))
