"""`/mi/<token>/encuestas/...`: what those who take part think of the event. The link is the permission."""

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, unit_of_work
from app.errors import DomainError
from app.events.rules import RegistrationWindow
from app.extensions import csrf, limiter
from app.pages import form_page
from app.permissions import participant
from app.registration import queries, rules, services
from app.registration.forms import QuestionsForm, built
from app.registration.models import Registration, RegistrationForm, RegistrationStatus
from app.registration.receipts import receipts
from app.security import keep_private

bp = Blueprint("participant_surveys", __name__, url_prefix="/mi")
csrf.exempt(bp)


@bp.route("/<token>/encuestas/<survey>", methods=["GET", "POST"])
@participant
@limiter.limit("60 per hour", methods=["POST"])
@unit_of_work.reads_first
def answer(token: str, survey: str) -> ResponseReturnValue:
    """Let a person answer a survey once; afterwards show what they answered."""
    registration = queries.by_token_or_404(token)
    asked = queries.survey_or_404(registration.event, survey)
    form_class = built(QuestionsForm, asked)
    form_class.admit_files()
    form = form_class()
    if not form.validate_on_submit():
        return _page(token, registration, asked, form)
    unit_of_work.start_writing()
    try:
        services.reply(registration, asked, form.values, at=clock.now())
    except DomainError as error:
        return _page(token, registration, asked, form.with_error(error))
    return redirect(url_for("participants.show", token=token, guardado="encuesta"), 303)


def _page(token: str, registration: Registration, asked: RegistrationForm, form: object) -> Response:
    is_answered = asked.id in queries.replied_by(registration)
    window = rules.survey_window(registration.event, asked, at=clock.now())
    takes_part = registration.status == RegistrationStatus.CONFIRMED
    page = form_page(
        "participants/survey.html",
        token=token,
        registration=registration,
        event=registration.event,
        survey=asked,
        form=form,
        is_open=takes_part and window == RegistrationWindow.OPEN,
        is_coming=takes_part and window == RegistrationWindow.NOT_YET,
        is_answered=is_answered,
        receipts=receipts(registration, survey=asked) if is_answered else [],
    )
    return keep_private(page)
