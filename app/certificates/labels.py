"""How the facts of a certificate are called on the screen, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app import codes
from app.addresses import absolute
from app.assessments import queries as assessments
from app.certificates.models import Award, Certificate, CertificateKind, CertificateRole
from app.certificates.queries import Change, State
from app.certificates.rules import (
    AllOf,
    AnyOf,
    ByHand,
    Condition,
    Days,
    Grade,
    Lack,
    LackKind,
    Minutes,
    Percent,
    Sessions,
    Survey,
)
from app.certificates.wording import figures
from app.events import queries as events
from app.events.models import Event, HourUnit, Modality
from app.localisation import days, minutes
from app.registration import queries as registrations
from app.registration.rules.answers import words

_PROFILE = "https://www.linkedin.com/profile/add"


def taking_part(certificate: Certificate) -> str:
    """Return what a certificate was granted for: "Participar como asistente en «Gobierno Abierto»"."""
    facts = certificate.design.content["facts"]
    event, detail = facts["event"], facts.get("detail", "")
    if certificate.kind in {CertificateKind.APPROVAL, CertificateKind.FINAL}:
        return _("Passing «%(event)s»", event=event)
    if certificate.kind == CertificateKind.SUBJECT:
        return _("«%(detail)s», a subject of «%(event)s»", detail=detail, event=event)
    if detail:
        event = f"{detail}, {event}"
    match CertificateRole(certificate.role):
        case CertificateRole.ATTENDEE:
            return _("Taking part as an attendee in «%(event)s»", event=event)
        case CertificateRole.SPEAKER:
            return _("Taking part as a speaker in «%(event)s»", event=event)
        case CertificateRole.MODERATOR:
            return _("Taking part as a moderator in «%(event)s»", event=event)
        case CertificateRole.ORGANISER:
            return _("Taking part as an organiser in «%(event)s»", event=event)


def duration(certificate: Certificate) -> str:
    """Return hours, dates and modality as they were at the time of issue."""
    facts = certificate.design.content["facts"]
    parts = [hours(certificate)]
    if facts["starts_on"]:
        parts.append(days(date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"])))
    return " · ".join([*parts, _modality(Modality(facts["modality"]))])


def hours(certificate: Certificate) -> str:
    """Return the hours of a certificate with their unit: "6 horas cronológicas"."""
    number = figures(certificate.hours)
    count = 1 if certificate.hours <= 1 else 2
    if HourUnit(certificate.hour_unit) == HourUnit.ACADEMIC:
        return ngettext("%(number)s academic hour", "%(number)s academic hours", count, number=number)
    return ngettext("%(number)s chronological hour", "%(number)s chronological hours", count, number=number)


def _modality(modality: Modality) -> str:
    match modality:
        case Modality.VIRTUAL:
            return _("virtual")
        case Modality.IN_PERSON:
            return _("in person")
        case Modality.HYBRID:
            return _("in person and virtual")


def state(value: State) -> tuple[str, str]:
    """Return the chip of a participant's state: its colour and its word."""
    match value:
        case State.ISSUED:
            return "ok", _("Issued")
        case State.EARNED:
            return "info", _("Ready to issue")
        case State.ANNULLED:
            return "bad", _("Annulled")
        case State.REFUSED:
            return "bad", _("Refused by hand")
        case State.LACKING:
            return "warn", _("Something lacking")


def change(value: Change) -> str:
    """Return what is otherwise than at the last issue."""
    match value:
        case Change.NEW:
            return _("Earned since the last issue")
        case Change.LOST:
            return _("Has it, and no longer qualifies")
        case Change.NAME:
            return _("The name or document was corrected since")
        case Change.HOURS:
            return _("The hours are others since")


def kind(value: CertificateKind) -> str:
    """Return the word for a kind of certificate."""
    match CertificateKind(value):
        case CertificateKind.PARTICIPATION:
            return _("Participation")
        case CertificateKind.APPROVAL:
            return _("Approval")
        case CertificateKind.DAY:
            return _("One day")
        case CertificateKind.SUBJECT:
            return _("One subject")
        case CertificateKind.FINAL:
            return _("The whole programme")


def role(value: CertificateRole) -> str:
    """Return the word for whom an award is for."""
    match CertificateRole(value):
        case CertificateRole.ATTENDEE:
            return _("Participants")
        case CertificateRole.SPEAKER:
            return _("Speakers")
        case CertificateRole.MODERATOR:
            return _("Moderators")
        case CertificateRole.ORGANISER:
            return _("Organisers")


def award(value: Award) -> str:
    """Return how an award is called: by its own name, or by its kind and by whom it is for."""
    if value.name:
        return value.name
    words = kind(CertificateKind(value.kind))
    return words if value.is_for_participants else f"{words}: {role(CertificateRole(value.role))}"


@dataclass(frozen=True)
class Names:
    """What sessions, subjects and surveys are called, by their ids."""

    sessions: Mapping[int, str]
    subjects: Mapping[int, str]
    surveys: Mapping[int, str] = field(default_factory=dict)

    def of(self, sessions: Sequence[int]) -> str:
        """Return some sessions' titles with commas."""
        return ", ".join(self.sessions.get(number, "?") for number in sessions)


def names_of(event: Event) -> Names:
    """Return what the sessions, subjects and surveys of an event are called."""
    language = str(get_locale())
    return Names(
        {session.id: session.title for session in events.sessions_of(event.id)},
        {subject.id: subject.name for subject in assessments.subjects_of(event.id)},
        {survey.id: words(survey.title, language) for survey in registrations.surveys_of(event)},
    )


def lack(value: Lack, names: Names) -> str:  # noqa: PLR0911 - one for each kind
    """Return what is lacking as something to be done: "attend 2 h more"."""
    match value.kind:
        case LackKind.MINUTES:
            time = minutes(value.missing)
            if value.sessions:
                return _("attend %(time)s more of %(sessions)s", time=time, sessions=names.of(value.sessions))
            return _("attend %(time)s more", time=time)
        case LackKind.SESSIONS:
            return _("attend %(sessions)s", sessions=names.of(value.sessions))
        case LackKind.DAYS:
            return ngettext("attend %(num)s day more", "attend %(num)s days more", value.missing)
        case LackKind.GRADE:
            return _grade_lacking(value, names)
        case LackKind.SURVEY:
            return _("answer «%(survey)s»", survey=names.surveys.get(value.survey_id or 0, "?"))
        case LackKind.ONE_OF:
            ways = (_(" and ").join(lack(one, names) for one in option) for option in value.options)
            return _("one of these: %(ways)s", ways="; ".join(ways))
        case LackKind.PROGRAMME:
            return _("a programme with sessions that count")


def _grade_lacking(value: Lack, names: Names) -> str:
    at_least = grade(value.at_least)
    subject = _("the average") if value.subject_id is None else names.subjects.get(value.subject_id, "?")
    if value.grade is None:
        return _("reach %(at_least)s in %(subject)s (no grade yet)", at_least=at_least, subject=subject)
    have = grade(value.grade)
    return _(
        "reach %(at_least)s in %(subject)s (now %(have)s)", at_least=at_least, subject=subject, have=have
    )


def grade(value: Decimal | None) -> str:
    """Return a grade in figures, as short as it goes: "16", "15.5"."""
    return "–" if value is None else figures(value)


def asked(condition: Condition, names: Names) -> str:  # noqa: PLR0911 - one for each kind
    """Return what a condition asks for, in words."""
    match condition:
        case AllOf(parts):
            return _(" and ").join(asked(part, names) for part in parts) or _("nothing")
        case AnyOf(parts):
            ways = "; ".join(asked(part, names) for part in parts)
            return _("one of these: %(ways)s", ways=ways) if parts else _("nothing")
        case Percent(at_least, sessions):
            return _("%(percent)s %% of %(what)s", percent=at_least, what=_what(sessions, names))
        case Minutes(at_least, sessions):
            return _("%(time)s of %(what)s", time=minutes(at_least), what=_what(sessions, names))
        case Sessions(sessions, share):
            return _(
                "each of these sessions (%(percent)s %%): %(what)s", percent=share, what=names.of(sessions)
            )
        case Days(at_least, share):
            return ngettext(
                "%(num)s day (%(percent)s %% of it)",
                "%(num)s days (%(percent)s %% of each)",
                at_least,
                percent=share,
            )
        case Grade(at_least, subject_id):
            subject = _("the average") if subject_id is None else names.subjects.get(subject_id, "?")
            return _("%(grade)s in %(subject)s", grade=grade(at_least), subject=subject)
        case Survey(survey_id):
            return _("an answer to «%(survey)s»", survey=names.surveys.get(survey_id, "?"))


def _what(sessions: Sequence[int], names: Names) -> str:
    return names.of(sessions) if sessions else _("all its sessions")


@dataclass(frozen=True)
class Branch:
    """A condition as it is drawn: its words, the way to it, and what is within it where it is a group."""

    text: str
    path: str
    group: str  # "all", "any" or nothing
    parts: tuple["Branch", ...] = ()


def drawn(tree: Condition, names: Names, path: tuple[int, ...] = ()) -> Branch:
    """Return a tree of conditions as it is drawn."""
    way = ".".join(map(str, path))
    match tree:
        case AllOf(parts) | AnyOf(parts):
            inner = tuple(drawn(part, names, (*path, number)) for number, part in enumerate(parts))
            is_any = isinstance(tree, AnyOf)
            text = _("One of these is enough") if is_any else _("All of these")
            return Branch(text, way, "any" if is_any else "all", inner)
        case _:
            return Branch(asked(tree, names), way, "")


def by_hand(value: ByHand) -> str:
    """Return the word for what was decided by hand."""
    match ByHand(value):
        case ByHand.GRANTED:
            return _("Granted by hand")
        case ByHand.REFUSED:
            return _("Refused by hand")
        case ByHand.WITHDRAWN:
            return _("Left to the rule again")


def profile_url(certificate: Certificate) -> str:
    """Return the address at which somebody adds their certificate to their profile on LinkedIn."""
    design, code = certificate.design.content, codes.grouped(certificate.code)
    facts = design["facts"]
    day = certificate.issued_at.astimezone(ZoneInfo(design["timezone"]))
    entry = {
        "startTask": "CERTIFICATION_NAME",
        "name": f"{design['title']}: {facts.get('detail') or facts['event']}",
        "organizationName": facts["organisation"],
        "issueYear": day.year,
        "issueMonth": day.month,
        "certUrl": absolute("certificates.show", code=code),
        "certId": code,
    }
    return f"{_PROFILE}?{urlencode(entry)}"
