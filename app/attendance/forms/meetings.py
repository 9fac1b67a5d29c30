"""Attendance files: the file itself, its clock and its sessions, and who its doubtful rows are."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.attendance.rules.meetings import DAY_FIRST, MONTH_FIRST
from app.events import rules
from app.events.models import Event, Session
from app.forms import LARGEST_ID, Form, options, text_field
from app.localisation import clock_time
from app.localisation import day as format_day


class MeetingFileForm(Form):
    """The file of a meeting, and how its dates are written where that cannot be told."""

    file = FileField(_l("List of participants from Zoom or Teams (CSV or XLSX)"))
    order = RadioField(
        _l("Dates in the file"),
        choices=options(
            [
                ("", _l("Find out")),
                (DAY_FIRST, _l("Day first: 28/05/2026")),
                (MONTH_FIRST, _l("Month first: 05/28/2026")),
            ]
        ),
        default="",
    )

    def validate_file(self, field: FileField) -> None:
        """Ask for a file."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a file."))


class MeetingSessionsForm(Form):
    """In which zone the file's clock runs, and of which sessions it tells."""

    timezone = text_field(_l("Time zone of the file"), limit=60, is_required=True)
    sessions = SelectMultipleField(
        _l("Sessions"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def for_event(self, event: Event, sessions: list[Session]) -> "MeetingSessionsForm":
        """Offer the sessions of an event that count."""
        self.sessions.choices = options(
            (one.id, f"{one.title} · {_when(one, event.timezone)}") for one in sessions
        )
        return self

    def validate_timezone(self, field: Any) -> None:
        """Refuse a zone that does not exist."""
        if field.data not in rules.zones():
            raise ValidationError(_("Choose a zone from the list, such as America/Lima."))


def _when(session: Session, zone: str) -> str:
    day = format_day(session.day.date, year=False)
    return f"{day}, {clock_time(session.starts_at, zone)} – {clock_time(session.ends_at, zone)}"


def chosen_people(values: Any) -> dict[int, int | None]:
    """Return whom the office chose for the doubtful rows: `person-12=34`; anything else is nobody."""
    chosen: dict[int, int | None] = {}
    for name, value in values.items():
        kind, _dash, number = name.partition("-")
        if kind == "person" and _is_id(number):
            chosen[int(number)] = int(value) if _is_id(value) else None
    return chosen


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= LARGEST_ID
