"""What stands on a participant's page, put together from the packages below."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import get_locale

from app.assessments import queries as assessments
from app.attendance import queries as attendance
from app.attendance.queries import check_ins
from app.certificates import queries as certificates
from app.certificates.labels import Names
from app.certificates.models import Certificate
from app.certificates.queries import Outlook
from app.events.models import Event
from app.events.rules import RegistrationWindow, today
from app.live import queries as live
from app.live.queries import Now
from app.participants import agenda
from app.registration import queries as registrations
from app.registration import rules
from app.registration.models import Registration, RegistrationForm, RegistrationStatus
from app.registration.rules.answers import words


class Moment(StrEnum):
    """When the page is opened, which decides what comes first on it."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True)
class Page:
    """The parts of the page that depend on the moment. `minutes` are those attended, by session; `chosen` says of each
    session that people enrol in whether this participant is; `takes_codes` says whether one can check in by oneself;
    `surveys` are those that await an answer.
    """

    moment: Moment
    minutes: dict[int, int]
    certificates: list[Certificate]
    outlooks: list[Outlook]
    names: Names
    now: Now | None
    chosen: dict[int, bool]
    takes_codes: bool
    surveys: list[RegistrationForm]


def moment_of(event: Event, *, at: datetime) -> Moment:
    """Return whether an event is still to come, is on (by its own dates), or has passed."""
    if event.starts_on is None or event.ends_on is None or today(event, at=at) < event.starts_on:
        return Moment.BEFORE
    return Moment.DURING if today(event, at=at) <= event.ends_on else Moment.AFTER


def of(registration: Registration, event: Event, *, at: datetime) -> Page:
    """Return what to show a participant at an instant."""
    subjects, surveys = assessments.subjects_of(event.id), registrations.surveys_of(event)
    confirmed = registration.status == RegistrationStatus.CONFIRMED
    return Page(
        moment=moment_of(event, at=at),
        minutes=attendance.by_session(registration) if confirmed else {},
        certificates=certificates.certificates_of(registration),
        outlooks=certificates.outlooks(registration) if confirmed else [],
        names=Names(
            {session.id: session.title for day in event.days for session in day.sessions},
            {subject.id: subject.name for subject in subjects},
            {survey.id: words(survey.title, str(get_locale())) for survey in surveys},
        ),
        now=live.now((one for day in event.days for one in day.sessions), at=at) if confirmed else None,
        chosen=agenda.enrolled_or_open(registration, event) if confirmed else {},
        takes_codes=confirmed and check_ins.takes_codes(event, at=at),
        surveys=_awaiting(registration, surveys, at=at) if confirmed and surveys else [],
    )


def _awaiting(
    registration: Registration, surveys: list[RegistrationForm], *, at: datetime
) -> list[RegistrationForm]:
    """Return the surveys that are open and that a participant has not answered."""
    replied = registrations.replied_by(registration)
    return [
        survey
        for survey in surveys
        if survey.id not in replied
        and rules.survey_window(registration.event, survey, at=at) == RegistrationWindow.OPEN
    ]
