"""A table of people in a meeting program's file: its rows read one by one, each fault named by row and column."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _

from app.attendance.rules.meetings.headings import Column
from app.attendance.rules.meetings.times import instant, seconds
from app.registration.sheets import Row, UnreadableFile, column_letter
from app.text import folded, tidy

_LONGEST = timedelta(hours=24)  # what is longer is a slip in a date, or a room that nobody closed
_YES = {"yes", "si", "sim", "oui", "true", "1"}


class Problem(NamedTuple):
    """What cannot be read: `row` as a spreadsheet counts, `column` its letter and heading, empty for the whole row."""

    row: int
    column: str
    text: str


class FaultyFile(UnreadableFile):
    """A file of which nothing is taken, with all that is wrong in it."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)


class Stay(NamedTuple):
    """From when to when somebody was in the meeting, by the file's own clock."""

    joined_at: datetime
    left_at: datetime


@dataclass
class Attender:
    """Somebody in a file. `seconds` is how long they were there in all, where no times tell when."""

    row: int
    name: str
    email: str = ""
    person: str = ""
    stays: list[Stay] = field(default_factory=list)
    seconds: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By what several rows are of one person: the address and the name together, as accounts are lent."""
        return folded(self.email or self.person), folded(self.name)


@dataclass(frozen=True)
class Table:
    """Headings, where each kind of column stands, and the rows beneath.

    `is_summary`: a row tells of the first coming and the last leaving, between which its person may have been away.
    """

    headings: list[str]
    columns: dict[Column, int]
    rows: list[Row]
    is_summary: bool = False

    @property
    def has_times(self) -> bool:
        """Whether it tells when people came."""
        return Column.JOINED in self.columns and (
            Column.LEFT in self.columns or Column.DURATION in self.columns
        )


class _Bad(Exception):
    """A cell that cannot be read."""

    def __init__(self, column: Column | None, text: str) -> None:
        super().__init__(text)
        self.column, self.text = column, text


def attenders(table: Table, order: str) -> tuple[list[Attender], list[Problem]]:
    """Return who stands in a table, each person once, and what cannot be read in it."""
    found: dict[tuple[str, str], Attender] = {}
    problems = []
    for row in table.rows:
        if _waited(table, row):
            continue
        try:
            one = _attender(table, row, order)
        except _Bad as bad:
            problems.append(Problem(row.number, _column_name(table, bad.column), bad.text))
            continue
        _join(found.setdefault(one.key, one), one)
    return list(found.values()), problems


def _join(first: Attender, again: Attender) -> None:
    if first is again:
        return
    first.stays += again.stays
    if again.seconds is not None:
        first.seconds = (first.seconds or 0) + again.seconds


def _waited(table: Table, row: Row) -> bool:
    """Return whether a row tells of the waiting room, where nobody attends anything."""
    place = table.columns.get(Column.WAITING)
    return place is not None and place < len(row.cells) and folded(row.cells[place]) in _YES


def _column_name(table: Table, column: Column | None) -> str:
    place = table.columns.get(column) if column is not None else None
    if place is None:
        return ""
    heading = tidy(table.headings[place])[:60] if place < len(table.headings) else ""
    return f"{column_letter(place)} “{heading}”"


def _attender(table: Table, row: Row, order: str) -> Attender:
    needed = max(table.columns.values())
    if len(row.cells) <= needed:
        words = _(
            "This row ends after %(found)s of %(all)s columns. The file may be cut off.",
            found=len(row.cells),
            all=len(table.headings),
        )
        raise _Bad(None, words)
    cell = {column: tidy(row.cells[place]) for column, place in table.columns.items()}
    one = Attender(
        row.number,
        cell.get(Column.NAME, "")[:200],
        cell.get(Column.EMAIL, "").lower()[:254],
        cell.get(Column.PERSON, "")[:254],
    )
    if not (one.name or one.email or one.person):
        raise _Bad(
            Column.NAME if Column.NAME in table.columns else Column.EMAIL, _("Nobody is named in this row.")
        )
    length = _duration(cell.get(Column.DURATION, ""))
    stay = _stay(cell, length, order) if table.has_times else None
    if stay is not None:
        one.stays.append(_cut(stay, length) if table.is_summary else stay)
    elif length is not None:
        one.seconds = int(length.total_seconds())
    elif not table.has_times:
        raise _Bad(Column.DURATION, _("The duration is missing."))
    return one


def _duration(text: str) -> timedelta | None:
    if not text:
        return None
    found = seconds(text)
    if found is None:
        raise _Bad(Column.DURATION, _("“%(text)s” is no duration.", text=text[:40]))
    if found > _LONGEST.total_seconds():
        raise _Bad(Column.DURATION, _("“%(text)s” is longer than a day: it cannot be right.", text=text[:40]))
    return timedelta(seconds=found)


def _stay(cell: dict[Column, str], length: timedelta | None, order: str) -> Stay | None:
    """Return from when to when a row tells of; None where it tells no times, which a policy may leave out."""
    joined = _moment(cell, Column.JOINED, order)
    left = _moment(cell, Column.LEFT, order)
    if joined is None and left is None:
        if length is None:
            raise _Bad(Column.JOINED, _("The time is missing."))
        return None
    if joined is None:
        raise _Bad(Column.JOINED, _("The time is missing."))
    if left is None:
        if length is None:
            raise _Bad(Column.LEFT, _("The time is missing."))
        left = joined + length
    if left < joined:
        raise _Bad(Column.LEFT, _("It is before the time of joining."))
    if left - joined > _LONGEST:
        hours = int((left - joined).total_seconds() // 3600)
        raise _Bad(
            Column.LEFT,
            _("It is %(hours)s hours after the time of joining: that cannot be right.", hours=hours),
        )
    return Stay(joined, left)


def _cut(stay: Stay, length: timedelta | None) -> Stay:
    """Return a stay that counts no more than the duration beside it."""
    return stay if length is None else Stay(stay.joined_at, min(stay.left_at, stay.joined_at + length))


def _moment(cell: dict[Column, str], column: Column, order: str) -> datetime | None:
    text = cell.get(column, "")
    if not text:
        return None
    found = instant(text, order)
    if found is None:
        raise _Bad(column, _("“%(text)s” is no date with a time.", text=text[:40]))
    return found
