"""What an office sends about letters, messages and reminders."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.events.models import Event
from app.forms import (
    Form,
    choice_field,
    https_field,
    moment_field,
    optional_id,
    options,
    paragraphs_field,
    text_field,
    whole_field,
)
from app.localisation import day as format_day
from app.mailings import labels
from app.mailings.models import Mailing
from app.mailings.queries import audience
from app.mailings.rules import Audience
from app.mailings.services.mailings import Message
from app.registration import labels as registration
from app.registration import queries as registrations
from app.registration.models import RegistrationStatus

_ANYBODY = _l("Everybody")
_MOST = 6000  # characters of a letter


def _number(label: Any, default: int, lowest: int, highest: int) -> Any:
    return whole_field(label, lowest, highest, is_required=True, default=default)


class WordsForm(Form):
    """Subject and body of a letter."""

    subject = text_field(_l("Subject"), limit=200, is_required=True)
    body = paragraphs_field(_l("Text"), limit=_MOST, is_required=True)


class MailingForm(WordsForm):
    """A message to many, and whom it is for."""

    about = RadioField(
        _l("What it is about"),
        choices=options(
            [("event", _l("This event: changes, instructions, materials")), ("other", _l("Other notices"))]
        ),
        default="event",
    )
    statuses = SelectMultipleField(
        _l("Who"), option_widget=CheckboxInput(), widget=ListWidget(), default=[RegistrationStatus.CONFIRMED]
    )
    attended = choice_field(_l("Attendance"), default="")
    session_id = choice_field(_l("Enrolled in the session"), coerce=optional_id)
    department = choice_field(_l("Department"), default="")
    form_id = choice_field(_l("Form"), coerce=optional_id)
    answer = choice_field(_l("Answer"), default="")
    entity = text_field(_l("Institution"), limit=200)
    per_minute = _number(_l("Letters per minute"), 60, 1, 1000)

    @classmethod
    def of(cls, event: Event, mailing: Mailing | None = None) -> Self:
        """Return the form with the choices of an event, filled in with what was kept."""
        form = cls(data=None if mailing is None else _kept(mailing))
        form.statuses.choices = options(
            [(status.value, registration.status(status)[1]) for status in RegistrationStatus]
        )
        form.attended.choices = options(_attendance(event))
        enrollable = audience.enrollable(event)
        form.session_id.choices = options(
            [
                ("", _ANYBODY),
                *((one.id, one.title) for day in event.days for one in day.sessions if one.id in enrollable),
            ]
        )
        codes = audience.departments(event)
        form.department.choices = options(
            [("", _l("All")), *((code, registration.department(code)) for code in codes)]
        )
        forms = registrations.forms_of(event)
        form.form_id.choices = options(
            [("", _l("All")), *((one.id, labels.form_title(one)) for one in forms)]
        )
        form.answer.choices = options([("", _ANYBODY), *_answers(event)])
        return form

    def message(self) -> Message:
        """Return what was written, and to whom."""
        field_id, _sign, option = (self.answer.data or "").partition(":")
        came, _sign, day_id = (self.attended.data or "").partition(":")
        return Message(
            subject=self.subject.data,
            body=self.body.data,
            is_notice=self.about.data == "other",
            audience=Audience(
                statuses=tuple(self.statuses.data or ()),
                attended={"came": True, "not": False}.get(came),
                day_id=optional_id(day_id),
                session_id=self.session_id.data,
                entity=self.entity.data or "",
                department=self.department.data or "",
                form_id=self.form_id.data,
                field_id=optional_id(field_id),
                option=option,
            ),
            per_minute=self.per_minute.data,
        )


def _attendance(event: Event) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("", _ANYBODY), ("came", _l("Came")), ("not", _l("Did not come"))]
    for day in event.days:
        date = format_day(day.date, year=False)
        found.append((f"came:{day.id}", _l("Came on %(day)s", day=date)))
        found.append((f"not:{day.id}", _l("Did not come on %(day)s", day=date)))
    return found


def _answers(event: Event) -> list[tuple[str, str]]:
    return [
        (
            f"{version.field_id}:{one['key']}",
            f"{labels.field_title(version)}: {labels.option(version, one['key'])}",
        )
        for version in audience.choice_fields(event)
        for one in version.choices
    ]


def _kept(mailing: Mailing) -> dict[str, Any]:
    chosen = Audience.of(mailing.audience)
    came = {True: "came", False: "not", None: ""}[chosen.attended]
    return {
        "subject": mailing.subject,
        "body": mailing.body,
        "about": "other" if mailing.is_notice else "event",
        "statuses": list(chosen.statuses),
        "attended": f"{came}:{chosen.day_id}" if came and chosen.day_id else came,
        "session_id": chosen.session_id,
        "department": chosen.department,
        "form_id": chosen.form_id,
        "answer": f"{chosen.field_id}:{chosen.option}" if chosen.field_id else "",
        "entity": chosen.entity,
        "per_minute": mailing.per_minute,
    }


class SendForm(Form):
    """That a draft shall be sent: to how many, and when."""

    expected = whole_field(_l("People"), 0, 10**7, is_required=True)
    send_at = moment_field(_l("At a later time"))


class ReminderForm(Form):
    """When a letter goes out by itself."""

    amount = _number(_l("How long"), 3, 1, 90)
    unit = choice_field(
        _l("Days or hours"), [("1440", _l("days")), ("60", _l("hours"))], coerce=int, default=1440
    )
    moment = choice_field(
        _l("Before or after"),
        [
            ("before", _l("before the beginning: a reminder")),
            ("after", _l("after the end: thanks and survey")),
        ],
        default="before",
    )
    survey_url = https_field(_l("Survey's address"))

    @property
    def minutes(self) -> int:
        """How long before or after, in minutes."""
        return int(self.amount.data * self.unit.data)
