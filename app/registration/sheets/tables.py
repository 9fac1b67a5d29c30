"""What a file of rows is, whichever program wrote it, and what can be wrong with one as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from app.errors import DomainError
from app.registration.rules import folded
from app.text import tidy

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 2_000  # characters
WHOLE_ROW = -1  # where a problem belongs to no column
_LOOKED_AT = 20  # rows among which the headings are sought


class UnreadableFile(DomainError):
    """The file cannot be read as a table; the message says why and names the file."""

    field = "file"


@dataclass(frozen=True)
class Reading:
    """How a file is read: `kind` is "csv" (with encoding and delimiter) or "xlsx" (with the sheet's name)."""

    kind: str
    name: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(slots=True)
class Row:
    """A row: its number as a spreadsheet counts, its cells as text, which of them were numbers, what is wrong.

    Columns are counted from 0; WHOLE_ROW is the place of a problem that belongs to none.
    """

    number: int
    cells: list[str]
    numeric: frozenset[int] = frozenset()
    problems: dict[int, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not self.problems and not "".join(self.cells).strip()


@dataclass(frozen=True)
class Table:
    """A file's headings and its rows beneath them. `notes` tells of headings that are empty or alike."""

    headings: list[str]
    heading_row: int
    notes: list[str]
    _open: Callable[[], Iterator[Row]]

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows beneath the headings that hold anything, as wide as those, from the one after `after`.

        Raises UnreadableFile for more rows than may be, and where the file turns out broken.
        """
        found, width = 0, len(self.headings)
        for row in self._open():
            if row.number <= self.heading_row or row.is_blank:
                continue
            found += 1
            if found > MAX_ROWS:
                raise UnreadableFile(
                    _("The file has more than %(limit)s rows. Part it in two.", limit=f"{MAX_ROWS:,}")
                )
            if row.number > after:
                yield _as_wide(row, width)


def column_letter(index: int) -> str:
    """Return how spreadsheets call a column counted from 0: A, B ... Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def table_of(read: Callable[[], Iterator[Row]], *, name: str) -> Table:
    """Return the table that `read` yields the rows of: the first row that is about as full as the fullest holds the
    headings, so that titles above them are passed over. Raises UnreadableFile where there are none.
    """
    first = list(islice((row for row in read() if not row.is_blank), _LOOKED_AT))
    if not first:
        raise UnreadableFile(_("%(file)s is empty: it has no rows.", file=name))
    fullest = max(_filled(row) for row in first)
    heading = next(row for row in first if 2 * _filled(row) >= fullest)
    width = max(_width(row) for row in first if row.number >= heading.number)
    if width > MAX_COLUMNS:
        raise UnreadableFile(
            _(
                "%(file)s has more than %(limit)s columns. Leave those that matter.",
                file=name,
                limit=MAX_COLUMNS,
            )
        )
    texts = [tidy(cell)[:100] for cell in heading.cells[:width]]
    texts += [""] * (width - len(texts))
    return Table(_named(texts), heading.number, _notes(texts, row=heading.number), read)


def _filled(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def _width(row: Row) -> int:
    return max((place + 1 for place, cell in enumerate(row.cells) if cell.strip()), default=0)


def _as_wide(row: Row, width: int) -> Row:
    beyond = next((place for place in range(width, len(row.cells)) if row.cells[place].strip()), None)
    if beyond is not None:
        row.problems[WHOLE_ROW] = _(
            "There is something in column %(column)s, which has no heading.", column=column_letter(beyond)
        )
    row.cells = row.cells[:width] + [""] * (width - len(row.cells))
    return row


def _named(texts: list[str]) -> list[str]:
    return [text or _("Column %(letter)s", letter=column_letter(place)) for place, text in enumerate(texts)]


def _notes(texts: list[str], *, row: int) -> list[str]:
    places: dict[str, list[str]] = {}
    for place, text in enumerate(texts):
        places.setdefault(folded(text), []).append(column_letter(place))
    notes = []
    for place, text in enumerate(texts):
        letters = places.pop(folded(text), [])
        if not text:
            places[""] = letters
            notes.append(
                _("Row %(row)s, column %(column)s: no heading.", row=row, column=column_letter(place))
            )
        elif len(letters) > 1:
            notes.append(
                _(
                    "Row %(row)s: the columns %(columns)s have the same heading, “%(heading)s”.",
                    row=row,
                    columns=", ".join(letters),
                    heading=text,
                )
            )
    return notes


def as_text(value: Any) -> str:
    """Return a spreadsheet's value as people write it: 12345678, 3.5, 2024-05-28, Sí."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00").replace("T", " ")
    return str(value)
