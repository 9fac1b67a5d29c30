"""Answering surveys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import audit, changes
from app.events.rules import RegistrationWindow
from app.extensions import db
from app.registration import rules
from app.registration.errors import SurveyAnswered, SurveyClosed
from app.registration.models import Registration, RegistrationForm, RegistrationStatus, SurveyReply
from app.registration.services.answers import save_answers


def reply(
    registration: Registration, survey: RegistrationForm, values: Mapping[str, Any], *, at: datetime
) -> None:
    """Keep what somebody who takes part answered to a survey: `values` as `rules.answers.read_all` returns them.

    Raises SurveyClosed outside its window and for who does not take part, SurveyAnswered the second time, and what
    save_answers raises.
    """
    event = registration.event
    is_open = rules.survey_window(event, survey, at=at) == RegistrationWindow.OPEN
    if not is_open or registration.status != RegistrationStatus.CONFIRMED:
        raise SurveyClosed
    with changes.refused_as(SurveyAnswered, constraint="survey_replies.form_id"):
        db.session.add(SurveyReply(form_id=survey.id, registration_id=registration.id, replied_at=at))
    save_answers(registration, survey, values, at=at)
    audit.record("survey.answered", survey, event=event, at=at)
