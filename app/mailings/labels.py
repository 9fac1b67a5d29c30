"""How the back office calls the facts of mailings."""

from collections.abc import Sequence

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.events.models import Event
from app.localisation import moment
from app.mailings.models import Mailing, MailingStatus, Reminder
from app.mailings.queries.mailings import Result
from app.mailings.rules import Audience
from app.registration import labels as registration
from app.registration.models import FieldVersion, RegistrationForm
from app.registration.rules.answers import words

_DAY, _HOUR = 24 * 60, 60


def status(value: MailingStatus | str) -> tuple[str, str]:
    """Return the chip of a mailing: its state and its word."""
    return {
        MailingStatus.DRAFT: ("", _("Draft")),
        MailingStatus.SCHEDULED: ("info", _("Scheduled")),
        MailingStatus.SENDING: ("info", _("Being sent")),
        MailingStatus.PAUSED: ("warn", _("Paused")),
        MailingStatus.CANCELLED: ("bad", _("Stopped")),
        MailingStatus.FINISHED: ("ok", _("Sent")),
    }[MailingStatus(value)]


def result(value: Result) -> tuple[str, str]:
    """Return the chip of a letter of a mailing: its state and its word."""
    return {
        Result.WAITING: ("", _("On its way")),
        Result.SENT: ("ok", _("Sent")),
        Result.BOUNCED: ("bad", _("Came back")),
        Result.FAILED: ("bad", _("Not delivered")),
        Result.NOT_SENT: ("", _("Not sent any more")),
    }[value]


def reminder_time(reminder: Reminder) -> str:
    """Return when a reminder goes out: "3 days before"."""
    minutes = reminder.minutes
    if minutes and minutes % _DAY == 0:
        span = ngettext("%(num)s day", "%(num)s days", minutes // _DAY)
    else:
        span = ngettext("%(num)s hour", "%(num)s hours", minutes // _HOUR)
    if reminder.is_after:
        return _("%(span)s after the end", span=span)
    return _("%(span)s before the beginning", span=span)


def option(version: FieldVersion, key: str) -> str:
    """Return the words of one of a field's choices."""
    language = str(get_locale())
    return next((words(one["label"], language) for one in version.choices if one["key"] == key), key)


def form_title(form: RegistrationForm) -> str:
    """Return the title of a form in the reader's language."""
    return words(form.title, str(get_locale()))


def field_title(version: FieldVersion) -> str:
    """Return what a field asks, in the reader's language."""
    return words(version.label, str(get_locale()))


def audience(
    event: Event,
    chosen: Audience,
    *,
    forms: Sequence[RegistrationForm],
    fields: Sequence[FieldVersion],
) -> list[str]:
    """Return what a choice of people says, in a few words each."""
    said = [", ".join(registration.status(status)[1] for status in chosen.statuses)]
    if chosen.attended is not None:
        said.append(_attended(event, chosen))
    sessions = {session.id: session.title for day in event.days for session in day.sessions}
    if chosen.session_id:
        said.append(_("Session: %(session)s", session=sessions.get(chosen.session_id, "–")))
    if chosen.entity:
        said.append(_("Institution: %(entity)s", entity=chosen.entity))
    if chosen.department:
        said.append(_("Department: %(department)s", department=registration.department(chosen.department)))
    said += [form_title(form) for form in forms if form.id == chosen.form_id]
    said += [
        f"{field_title(version)} {option(version, chosen.option)}"
        for version in fields
        if version.field_id == chosen.field_id
    ]
    return said


def _attended(event: Event, chosen: Audience) -> str:
    days = {day.id: str(number) for number, day in enumerate(event.days, start=1)}
    if chosen.day_id in days:
        number = days[chosen.day_id]
        if chosen.attended:
            return _("Came on day %(number)s", number=number)
        return _("Did not come on day %(number)s", number=number)
    return _("Came") if chosen.attended else _("Did not come")


def when(mailing: Mailing, zone: str) -> str:
    """Return the moment that says most about a mailing, in the event's time."""
    at = mailing.finished_at or mailing.started_at or mailing.send_at or mailing.created_at
    return moment(at, zone)
