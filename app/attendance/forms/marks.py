"""What the door and the office send."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField

from app.attendance.errors import MalformedScan
from app.attendance.models import Checkpoint, ScanSource
from app.attendance.services import Reading
from app.events.models import Event
from app.events.rules import at_time
from app.forms import LARGEST_ID, Form, choice_field, date_field, text_field
from app.localisation import day as format_day

_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LONGEST = 300  # characters of what a QR symbol may hold: ours hold 125


def reading_from(values: Mapping[str, Any], *, at: datetime) -> tuple[date, Reading]:
    """Return the day and the reading that a door sent, as JSON or from its form.

    A form knows no time, so that its reading is of now. Raises MalformedScan.
    """
    code, day, nonce = (_text(values, name) for name in ("code", "day", "nonce"))
    if not code:
        raise MalformedScan(_("Write the code of the pass."), field="code")
    if len(code) > _LONGEST:
        raise MalformedScan(_("This is no code of a pass: it is too long."), field="code")
    if not _NONCE.fullmatch(nonce):
        raise MalformedScan(_("The reading has no number of its own (nonce)."), field="nonce")
    source = _text(values, "source") or ScanSource.CAMERA
    if source not in set(ScanSource) - {ScanSource.CLOSE}:
        raise MalformedScan(_("A code is read by camera, typed or found by search."), field="source")
    return _day(day), Reading(code, nonce, _instant(_text(values, "scanned_at"), at), ScanSource(source))


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
    checkpoints = SelectMultipleField(_l("Checkpoints"), validate_choice=False, coerce=_id)
    may_force = BooleanField(_l("Exceptions can be made on it"))
    until = date_field(_l("Works until the end of"), is_required=True)

    def for_event(self, event: Event, checkpoints: Sequence[Checkpoint] = ()) -> "DeviceForm":
        """Offer the days and checkpoints of an event, and its last day as the end."""
        self.checkpoints.choices = [(one.id, one.name) for one in checkpoints]
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
