"""Signature sheets: for what they are, and which of their lines are signed."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.events.models import Event
from app.forms import LARGEST_ID, Form, choice_field, options, whole_field
from app.localisation import clock_time
from app.localisation import day as format_day


class SheetForm(Form):
    """For what a sheet is printed."""

    scope = choice_field(_l("Day or session"))

    def for_event(self, event: Event, *, on: date) -> "SheetForm":
        """Offer the days of an event and the sessions that count; the day `on` is chosen beforehand."""
        self.scope.choices = options(
            choice
            for day in event.days
            for choice in (
                (f"day-{day.id}", _("Whole day %(day)s", day=format_day(day.date, year=False))),
                *(
                    (f"session-{one.id}", f"{clock_time(one.starts_at, event.timezone)} · {one.title}")
                    for one in day.sessions
                    if one.counts
                ),
            )
        )
        if not self.scope.data:
            self.scope.data = next((f"day-{day.id}" for day in event.days if day.date == on), None)
        return self

    def day_or_session(self, event: Event) -> dict[str, Any]:
        """Return the scope as services.make takes it. Only after `validate()`."""
        kind, _dash, number = (self.scope.data or "").partition("-")
        found = event.days if kind == "day" else [one for day in event.days for one in day.sessions]
        return {kind: next(one for one in found if one.id == int(number))}


class LineForm(Form):
    """A line of a sheet, and whether it is signed."""

    line = whole_field(_l("Line"), 1, LARGEST_ID, is_required=True)
    signed = choice_field(_l("Signed"), ["yes", "no"])


def ticked_lines(values: Any) -> set[int]:
    """Return the numbers of the lines that were ticked."""
    given = values.getlist("line")
    return {int(one) for one in given if one.isascii() and one.isdecimal() and len(one) <= 6}
