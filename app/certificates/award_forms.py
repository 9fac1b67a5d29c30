"""Forms of awards. They stand beside forms.py, which is about single certificates."""

from decimal import Decimal
from typing import Any, Self

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.assessments import queries as assessments
from app.certificates import designing
from app.certificates.forms import ROLES
from app.certificates.models import Award, CertificateKind, CertificateRole
from app.certificates.rules import (
    AllOf,
    AnyOf,
    ByHand,
    Condition,
    Days,
    Grade,
    Minutes,
    Percent,
    Sessions,
    Survey,
)
from app.certificates.services import AwardFacts
from app.events import queries as events
from app.events.models import Event
from app.forms import (
    Form,
    amount_field,
    choice_field,
    email_field,
    optional_id,
    paragraphs_field,
    text_field,
    whole_field,
)
from app.localisation import clock_time, day, local
from app.registration import queries as registrations
from app.registration.models import DocumentType
from app.registration.rules.answers import words

KINDS = [
    (CertificateKind.PARTICIPATION.value, _l("Participation (constancia)")),
    (CertificateKind.APPROVAL.value, _l("Approval (certificado)")),
    (CertificateKind.DAY.value, _l("One day, or a part of the programme")),
    (CertificateKind.SUBJECT.value, _l("One subject of a programme")),
    (CertificateKind.FINAL.value, _l("The whole programme, at its end")),
]


class Boxes(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _session_choices(event: Event) -> list[tuple[int, str]]:
    """Return the sessions that count, each with the day and time at which it is held."""
    zone = event.timezone
    return [
        (
            one.id,
            f"{day(local(one.starts_at, zone).date(), year=False)}, {clock_time(one.starts_at, zone)} · {one.title}",
        )
        for one in events.sessions_of(event.id)
        if one.counts
    ]


class AwardForm(Form):
    """What an award is and says; empty texts mean the event's own or the kind's."""

    kind = choice_field(_l("What it certifies"), KINDS)
    role = choice_field(_l("For whom"), ROLES)
    name = text_field(_l("Its name"), limit=200)
    sessions = Boxes(_l("Only these sessions"), coerce=int)
    design = choice_field(_l("Design"), coerce=optional_id)
    hours = amount_field(_l("Hours"), 0.5, 999)
    credits_attended = BooleanField(_l("State the hours that each person attended, up to these"))
    title = text_field(_l("Title"), limit=120)
    wording = paragraphs_field(_l("Words after the name"), limit=1200)

    @classmethod
    def about(cls, event: Event, award: Award | None = None, *, is_shown: bool = False) -> Self:
        """Return the form as it was sent, or, not sent yet or only `is_shown`, with what an award says."""
        given: dict[str, Any] = {}
        if award is not None:
            given = {
                "kind": str(award.kind),
                "role": str(award.role),
                "name": award.name,
                "sessions": list(award.sessions),
                "hours": award.hours,
                "design": award.design_id,
                "credits_attended": award.credits_attended,
                "title": award.title,
                "wording": award.wording,
            }
        form = cls(formdata=None, **given) if is_shown else cls(**given)
        form.sessions.choices = _session_choices(event)
        designs = designing.of_organisation(event.organisation)
        form.design.choices = [("", _("the event's")), *((str(one.id), one.name) for one in designs)]
        return form

    def facts(self) -> AwardFacts:
        """Return what was typed."""
        return AwardFacts(
            kind=CertificateKind(self.kind.data),
            role=CertificateRole(self.role.data),
            name=self.name.data or "",
            title=self.title.data or "",
            wording=" ".join((self.wording.data or "").split()),
            hours=self.hours.data or None,
            credits_attended=bool(self.credits_attended.data),
            sessions=tuple(self.sessions.data or ()),
            design_id=self.design.data,
        )


class ConditionForm(Form):
    """One thing that an award asks for."""

    what = choice_field(
        _l("It asks for"),
        [
            ("percent", _l("a share of the time, in per cent")),
            ("minutes", _l("minutes of attendance")),
            ("sessions", _l("each of the sessions ticked below")),
            ("days", _l("a number of days")),
            ("grade", _l("a grade")),
            ("survey", _l("an answer to a survey")),
            ("any", _l("one of several things (a group)")),
            ("all", _l("all of several things (a group)")),
        ],
    )
    amount = amount_field(_l("How much"), 0, 99999)
    share = whole_field(_l("Per cent of a session or day from which it counts"), 1, 100)
    subject = choice_field(_l("Subject of study"), [("", _l("the average of all"))], coerce=optional_id)
    survey = choice_field(_l("Survey"), coerce=optional_id)
    of_sessions = Boxes(_l("Of these sessions (none means all)"), coerce=int)

    @classmethod
    def about(cls, event: Event, *, is_shown: bool = False) -> Self:
        """Return the form with an event's sessions and subjects to choose from."""
        form = cls(formdata=None, share=80) if is_shown else cls()
        form.of_sessions.choices = _session_choices(event)
        subjects = [(str(subject.id), subject.name) for subject in assessments.subjects_of(event.id)]
        form.subject.choices = [("", _("the average of all")), *subjects]
        surveys, language = registrations.surveys_of(event), str(get_locale())
        form.survey.choices = [
            ("", _("none")),
            *((str(one.id), words(one.title, language)) for one in surveys),
        ]
        return form

    def validate_amount(self, field: Any) -> None:
        """Ask for an amount in the range of its kind."""
        most = {"percent": 100, "grade": 20, "days": 366}.get(self.what.data, 99999)
        if self.what.data in {"percent", "minutes", "days", "grade"}:
            if field.data is None:
                raise ValidationError(_("Fill in this field."))
            if field.data > most:
                raise ValidationError(_("Write a number up to %(most)s.", most=most))

    def validate_survey(self, field: Any) -> None:
        """Ask for a survey where an answer to one is asked for."""
        if self.what.data == "survey" and field.data is None:
            raise ValidationError(_("Choose a survey. Make one under Forms if there is none."))

    def validate_of_sessions(self, field: Any) -> None:
        """Ask for at least one session where each is asked for."""
        if self.what.data == "sessions" and not field.data:
            raise ValidationError(_("Tick at least one session."))

    def condition(self) -> Condition:
        """Return what was typed."""
        amount, sessions = self.amount.data or Decimal(0), tuple(self.of_sessions.data or ())
        made: dict[str, Condition] = {
            "percent": Percent(int(amount), sessions),
            "minutes": Minutes(int(amount), sessions),
            "sessions": Sessions(sessions, self.share.data or 80),
            "days": Days(int(amount), self.share.data or 80),
            "grade": Grade(amount, self.subject.data),
            "survey": Survey(self.survey.data or 0),
            "any": AnyOf(),
            "all": AllOf(),
        }
        return made[self.what.data]


class RecipientForm(Form):
    """Somebody who gets a certificate without having registered."""

    name = text_field(_l("Name as it must be printed"), limit=360, is_required=True)
    document_type = choice_field(
        _l("Document"),
        [
            (DocumentType.NONE.value, _l("none")),
            (DocumentType.DNI.value, "DNI"),
            (DocumentType.CE.value, "CE"),
            (DocumentType.PASSPORT.value, _l("Passport")),
        ],
    )
    document_number = text_field(_l("Document number"), limit=20)
    email = email_field(_l("E-mail"))


class ByHandForm(Form):
    """A word about one person whatever the rule says, and why."""

    verdict = choice_field(
        _l("Decision"),
        [
            (ByHand.GRANTED.value, _l("Grant it, whatever the rule says")),
            (ByHand.REFUSED.value, _l("Refuse it, whatever the rule says")),
            (ByHand.WITHDRAWN.value, _l("Let the rule decide again")),
        ],
    )
    reason = text_field(_l("Reason"), limit=300, is_required=True)
