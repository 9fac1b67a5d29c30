"""Reading a whole file: finding its tables of people among sections and blocks, and putting them together.

Zoom writes one table, of joins or of people, sometimes beneath a block about the meeting; Teams writes numbered
sections: 1 about the meeting, 2 its people, 3 each coming and leaving. A file is taken wholly or not at all.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise

from flask_babel import gettext as _
from flask_babel import ngettext

from app.attendance.rules.meetings.headings import (
    Column,
    Fact,
    columns_of,
    completed,
    fact,
    facts_of,
    is_heading,
)
from app.attendance.rules.meetings.tables import Attender, FaultyFile, Problem, Table, attenders
from app.attendance.rules.meetings.times import DAY_FIRST, MONTH_FIRST, instant, order_of
from app.registration.sheets import Row
from app.text import tidy

MOST_ROWS = 50_000
_SECTION = re.compile(r"\s*(\d)[.)]\s+\S.*")
_PEOPLE, _STAYS = 2, 3  # the numbers of Teams' sections


@dataclass(frozen=True)
class MeetingFile:
    """Who was in a meeting, by the file's own clock. `order` is in which day and month stand in its dates."""

    program: str
    title: str
    started_at: datetime | None
    ended_at: datetime | None
    people: list[Attender]
    order: str
    is_order_certain: bool

    @property
    def has_times(self) -> bool:
        """Whether everybody's comings and leavings are known, not only how long they were there."""
        return all(one.stays for one in self.people)


@dataclass
class _Found:
    """A table as it stands in the file: the section it is in (0 for none), its heading row, its rows."""

    section: int
    heading: Row
    rows: list[Row] = field(default_factory=list)


def read(rows: Iterable[Row], name: str, days: Collection[date], *, order: str = "") -> MeetingFile:
    """Return what a file says. `days` are those of the event, `order` settles that of day and month where it is known.

    Raises FaultyFile, which names the file and, for each fault, row and column; nothing is taken from such a file.
    """
    everything = _listed(rows, name)
    found = _tables(everything)
    if not found:
        raise FaultyFile(_no_table(everything, name))
    people, stays = _chosen(found, name)
    used = [one for one in (people, stays) if one is not None]
    guessed, is_certain = order_of(_times(used), days)
    chosen = order or guessed
    persons = _together([attenders(table, chosen) for table in used], name)
    facts = _facts(everything, before=min(one.heading.number for one in found))
    return MeetingFile(
        program="Teams" if _is_teams(found) else "Zoom",
        title=tidy(facts.get(Fact.TITLE, ""))[:200],
        started_at=instant(facts.get(Fact.STARTED, ""), chosen),
        ended_at=instant(facts.get(Fact.ENDED, ""), chosen),
        people=persons,
        order=chosen,
        is_order_certain=is_certain or bool(order),
    )


def _listed(rows: Iterable[Row], name: str) -> list[Row]:
    listed = []
    for row in rows:
        listed.append(row)
        if len(listed) > MOST_ROWS:
            raise FaultyFile(
                _(
                    "%(file)s has more than %(limit)s rows. Part it in two.",
                    file=name,
                    limit=f"{MOST_ROWS:,}",
                )
            )
    return listed


def _tables(rows: Sequence[Row]) -> list[_Found]:
    found: list[_Found] = []
    current: _Found | None = None
    section, expects_heading = 0, False
    for row in rows:
        filled = [cell for cell in row.cells if cell.strip()]
        if len(filled) == 1 and (begins := _SECTION.fullmatch(filled[0])):
            section, current, expects_heading = int(begins[1]), None, int(begins[1]) in {_PEOPLE, _STAYS}
        elif not filled:
            current = None
        elif is_heading(row.cells) or (expects_heading and len(filled) > 2):
            current, expects_heading = _Found(section, row), False
            found.append(current)
        elif current is not None:
            current.rows.append(row)
    return found or _by_content(rows)


def _by_content(rows: Sequence[Row]) -> list[_Found]:
    """Find a table in a language that we do not know: the first wide row above one with an address or a time."""
    written = [row for row in rows if any(cell.strip() for cell in row.cells)]
    for above, below in pairwise(written):
        is_wide = sum(bool(cell.strip()) for cell in above.cells) > 2
        if is_wide and not _has_content(above) and _has_content(below) and not facts_of(above.cells):
            following = [row for row in written if row.number > above.number]
            return [_Found(0, above, following)]
    return []


def _has_content(row: Row) -> bool:
    return any("@" in cell or instant(cell, DAY_FIRST) or instant(cell, MONTH_FIRST) for cell in row.cells)


def _no_table(rows: Sequence[Row], name: str) -> str:
    first = next((row.number for row in rows if any(row.cells)), 1)
    return _(
        "%(file)s, row %(row)s: we find no headings of people, such as “Name”, “Join time” and “Leave time”. "
        "Download the list of participants again from Zoom or Teams.",
        file=name,
        row=first,
    )


def _chosen(found: Sequence[_Found], name: str) -> tuple[Table, Table | None]:
    """Return the table of people and that of their comings and leavings, where there is one of its own."""
    sections = [one for one in found if one.section]
    people = next((one for one in sections if one.section == _PEOPLE), None)
    if sections and people is None:
        raise FaultyFile(
            _(
                "%(file)s, row %(row)s: the section of participants is missing. The file may be cut off.",
                file=name,
                row=sections[0].heading.number,
            )
        )
    if people is None:
        return _table(max(found, key=lambda one: len(one.rows)), name), None
    stays = next((one for one in sections if one.section == _STAYS and one.rows), None)
    table = replace(_table(people, name), is_summary=True)
    other = _table(stays, name) if stays is not None else None
    return table, other if other is not None and other.has_times else None


def _table(found: _Found, name: str) -> Table:
    headings, number = found.heading.cells, found.heading.number
    if not found.rows:
        raise FaultyFile(
            _(
                "%(file)s, row %(row)s: nobody is listed beneath the headings. The file may be cut off.",
                file=name,
                row=number,
            )
        )
    columns = completed(columns_of(headings), headings, [row.cells for row in found.rows])
    table = Table(headings, columns, found.rows)
    if not table.has_times and Column.DURATION not in columns:
        missing = (
            _("the time of joining")
            if Column.JOINED not in columns
            else _("the time of leaving, or a duration")
        )
        raise FaultyFile(
            _(
                "%(file)s, row %(row)s: no column tells %(missing)s. We read these: %(headings)s.",
                file=name,
                row=number,
                missing=missing,
                headings=", ".join(tidy(cell)[:40] for cell in headings if cell.strip()),
            )
        )
    return table


def _times(tables: Iterable[Table]) -> list[str]:
    wanted = (Column.JOINED, Column.LEFT)
    places = [
        (table, table.columns[column]) for table in tables for column in wanted if column in table.columns
    ]
    return [row.cells[place] for table, place in places for row in table.rows if place < len(row.cells)]


def _together(parts: Sequence[tuple[list[Attender], list[Problem]]], name: str) -> list[Attender]:
    """Return the people of a table, with the comings and leavings that another tells in their place."""
    problems = sorted({problem for _people, found in parts for problem in found})
    if problems:
        raise FaultyFile(
            ngettext(
                "%(file)s: %(num)s row cannot be read. Nothing was imported.",
                "%(file)s: %(num)s rows cannot be read. Nothing was imported.",
                len(problems),
                file=name,
            ),
            problems,
        )
    people = parts[0][0]
    by_key = {one.key: one for one in people}
    for one in parts[1][0] if len(parts) > 1 else []:
        known = by_key.get(one.key)
        if known is None:
            people.append(one)
        elif one.stays:
            known.stays = one.stays
    return people


def _facts(rows: Sequence[Row], *, before: int) -> dict[Fact, str]:
    """Return what the rows above the people tell of the meeting: as headings and values, or as pairs."""
    above = [row for row in rows if row.number < before]
    found: dict[Fact, str] = {}
    for row, below in zip(above, [*above[1:], None], strict=False):
        if below is not None and (columns := facts_of(row.cells)):
            return {kind: below.cells[place] for kind, place in columns.items() if place < len(below.cells)}
        kind = fact(row.cells[0]) if len(row.cells) > 1 else None
        if kind is not None:
            found.setdefault(kind, row.cells[1])
    return found


def _is_teams(found: Sequence[_Found]) -> bool:
    return any(one.section or Column.PERSON in columns_of(one.heading.cells) for one in found)
