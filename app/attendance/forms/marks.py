"""What the door and the office send."""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField

from app.attendance.errors import MalformedScan
from app.attendance.models import Checkpoint, CheckpointKind, HowOften, ScanSource, Ways
from app.attendance.services import CheckpointFacts, Reading
from app.events.models import Event
from app.events.rules import at_time
from app.forms import LARGEST_ID, Form, choice_field, date_field, text_field, time_field
from app.localisation import day as format_day
from app.registration import queries as registrations
from app.registration.models import Words

_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LONGEST = 300  # characters of what a QR symbol may hold: ours hold 125


def reading_from(values: Mapping[str, Any], *, at: datetime) -> tuple[date, Reading]:
    """Return the day and the reading that a door sent, as JSON or from its form.

    A form knows no time, so that its reading is of now. Raises MalformedScan.
    """
    return _day(_text(values, "day")), code_from(values, at=at)


def code_from(values: Mapping[str, Any], *, at: datetime) -> Reading:
    """Return the reading alone, as at a checkpoint, which knows its days. Raises MalformedScan."""
    code, nonce = _text(values, "code"), _text(values, "nonce")
    if not code:
        raise MalformedScan(_("Write the code of the pass."), field="code")
    if len(code) > _LONGEST:
        raise MalformedScan(_("This is no code of a pass: it is too long."), field="code")
    if not _NONCE.fullmatch(nonce):
        raise MalformedScan(_("The reading has no number of its own (nonce)."), field="nonce")
    source = _text(values, "source") or ScanSource.CAMERA
    if source not in set(ScanSource) - {ScanSource.CLOSE}:
        raise MalformedScan(_("A code is read by camera, typed or found by search."), field="source")
    return Reading(code, nonce, _instant(_text(values, "scanned_at"), at), ScanSource(source))


def new_nonce() -> str:
    """Return a number for a reading that has not been made yet."""
    return uuid.uuid4().hex


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise MalformedScan(_("%(field)s has to be text.", field=name), field=name)
    return value.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MalformedScan(_("The day has to be a date such as 2026-05-28."), field="day") from None


def _instant(text: str, at: datetime) -> datetime:
    if not text:
        return at
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(at.tzinfo)
    except (ValueError, OverflowError):
        pass
    raise MalformedScan(_("The time has to be such as 2026-05-28T09:02:00-05:00."), field="scanned_at")


def _id(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:20]) > LARGEST_ID:
        raise ValueError("not the id of a row")
    return int(text)


class DeviceForm(Form):
    """A device for the door: what it is called, where it serves and until when."""

    name = text_field(_l("Name of the device"), limit=80, is_required=True)
    days = SelectMultipleField(_l("Days"), validate_choice=False, coerce=_id)
    until = date_field(_l("Works until the end of"), is_required=True)

    def for_event(self, event: Event) -> "DeviceForm":
        """Offer the days of an event, and its last day as the end."""
        self.days.choices = [(day.id, format_day(day.date, year=False, weekday=True)) for day in event.days]
        if self.until.data is None and not self.until.raw_data and event.days:
            self.until.data = event.days[-1].date
        return self

    def expires_at(self, event: Event) -> datetime:
        """Return the last minute of the chosen day where the event takes place. Only after `validate()`."""
        return at_time(self.until.data, time(23, 59), zone=event.timezone)


class MarkForm(Form):
    """Attendance written by hand for the people who were ticked."""

    people = SelectMultipleField(_l("People"), validate_choice=False, coerce=_id)
    scope = choice_field(_l("What for"))
    present = choice_field(_l("What"), [("yes", _l("Was there")), ("no", _l("Was not there"))])
    reason = text_field(_l("Reason"), limit=200)

    def for_event(self, event: Event) -> "MarkForm":
        """Offer the days of an event and the sessions that count."""
        self.scope.choices = [
            choice
            for day in event.days
            for choice in (
                (f"day-{day.id}", _("Whole day %(day)s", day=format_day(day.date, year=False))),
                *((f"session-{one.id}", one.title) for one in day.sessions if one.counts),
            )
        ]
        return self

    @property
    def day_or_session(self) -> dict[str, int]:
        """The scope as services.mark takes it."""
        kind, _dash, number = self.scope.data.partition("-")
        return {f"{kind}_id": int(number)}


_EVERYBODY = ("", _l("Everybody"))


class CheckpointForm(Form):
    """A checkpoint: what it leads into, and who may pass."""

    name = text_field(_l("Name"), limit=80, is_required=True)
    place = choice_field(_l("Where it leads"))
    ways = choice_field(
        _l("Which way"), [("in", _l("In")), ("out", _l("Out")), ("both", _l("In and out"))], default="in"
    )
    how_often = choice_field(
        _l("How often a person may come in"),
        [("any", _l("Any number of times")), ("daily", _l("Once a day")), ("once", _l("Once"))],
        default="any",
    )
    form = choice_field(_l("Who registered with"), [_EVERYBODY], default="")
    choice = choice_field(_l("Who chose"), [_EVERYBODY], default="")
    needs_place = BooleanField(_l("Only people with a place in the session"))
    admits_waiting = BooleanField(_l("People on the waitlist may come in too"))
    opens_at = time_field(_l("Opens"))
    closes_at = time_field(_l("Closes"))

    def for_event(self, event: Event, words: Callable[[Words], str]) -> "CheckpointForm":
        """Offer the places, forms and choices of an event; `words` says a text in the reader's language."""
        self.place.choices = [
            ("event", _("The event")),
            *((f"day-{day.id}", format_day(day.date, year=False, weekday=True)) for day in event.days),
            *((f"room-{room.id}", room.name) for room in event.rooms),
            *((f"session-{one.id}", one.title) for day in event.days for one in day.sessions),
        ]
        found = registrations.forms_of(event)
        self.form.choices = [_EVERYBODY, *((str(one.id), words(one.title)) for one in found)]
        self.choice.choices = [
            _EVERYBODY,
            *(
                (f"{version.field_id}:{option['key']}", f"{words(version.label)}: {words(option['label'])}")
                for one in found
                for version in registrations.current_fields(one)
                for option in version.choices
            ),
        ]
        return self

    def of(self, checkpoint: Checkpoint) -> "CheckpointForm":
        """Show what a checkpoint is."""
        number = checkpoint.day_id or checkpoint.session_id or checkpoint.room_id
        self.place.data = checkpoint.kind if number is None else f"{checkpoint.kind}-{number}"
        for name in ("name", "ways", "how_often", "needs_place", "admits_waiting", "opens_at", "closes_at"):
            self[name].data = getattr(checkpoint, name)
        self.form.data = str(checkpoint.form_ids[0]) if checkpoint.form_ids else ""
        self.choice.data = f"{checkpoint.field_id}:{checkpoint.option}" if checkpoint.field_id else ""
        return self

    def facts(self) -> CheckpointFacts:
        """Return what was chosen."""
        kind, _dash, number = (self.place.data or "event").partition("-")
        field_id, _colon, option = (self.choice.data or "").partition(":")
        places = {f"{kind}_id": int(number)} if number else {}
        return CheckpointFacts(
            name=self.name.data or "",
            kind=CheckpointKind(kind),
            ways=Ways(self.ways.data),
            how_often=HowOften(self.how_often.data),
            admits_waiting=self.admits_waiting.data,
            form_ids=[int(self.form.data)] if self.form.data else [],
            needs_place=self.needs_place.data,
            field_id=int(field_id) if field_id else None,
            option=option or None,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            **places,
        )
