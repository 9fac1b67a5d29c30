"""Excel workbooks: guarded against bombs, read as a stream, and said where a cell holds no value of its own."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn
from warnings import catch_warnings, simplefilter

from flask_babel import gettext as _

from app.registration.sheets.tables import (
    MAX_CELL,
    MAX_COLUMNS,
    Reading,
    Row,
    UnreadableFile,
    as_text,
    column_letter,
)

_LARGEST = 150 * 1024 * 1024  # bytes of a workbook once unpacked; fifty thousand full rows have about fifty
_RATIO = 100  # times that a large part may shrink; tables shrink to a tenth
_SMALL = 1024 * 1024  # bytes below which the ratio says nothing
_MOST_PARTS = 2_000
_MOST_MERGED = 500
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_TAIL = 256  # bytes that a tag may lie across two blocks
_BLOCK = 1024 * 1024
_BROKEN = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,  # what the XML parser raises
    NotImplementedError,
)
Area = tuple[int, int, int, int]  # columns from 0 and rows from 1: left, top, right, bottom


def guard(path: Path, name: str) -> None:
    """Raise UnreadableFile for what is no workbook, or would unpack to more than could be meant.

    Python's zipfile reads no more of a part than it declares, so that what is declared bounds what is read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except _BROKEN:
        _broken(name)
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(one.startswith("xl/workbook") for one in names):
        raise UnreadableFile(
            _("%(file)s is no Excel workbook (.xlsx). Open it and save it as .xlsx or CSV.", file=name)
        )
    bombs = [part for part in parts if part.file_size > max(_SMALL, _RATIO * part.compress_size)]
    if bombs or len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST:
        raise UnreadableFile(
            _(
                "%(file)s would unpack to far more than a list of people needs, so we do not open it.",
                file=name,
            )
        )


def _broken(name: str) -> NoReturn:
    raise UnreadableFile(
        _("%(file)s is damaged or incomplete. Save it once more and send it again.", file=name)
    ) from None


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    """Open a workbook that the guard has let through. Raises UnreadableFile, also for what breaks within the block."""
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load, and few requests need it

    guard(path, name)
    with path.open("rb") as file:
        try:
            with catch_warnings():
                simplefilter("ignore")
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            yield book
        except _BROKEN:
            _broken(name)


def sheets(path: Path, name: str) -> list[str]:
    """Return the names of a workbook's sheets, hidden ones left out. Raises UnreadableFile."""
    with _opened(path, name) as book:
        return [one.title for one in book.worksheets if one.sheet_state == "visible"] or _broken(name)


def rows(path: Path, reading: Reading) -> Iterator[Row]:
    """Yield every row of a sheet. Raises UnreadableFile where the workbook is broken."""
    with _opened(path, reading.name) as book:
        sheet = next((one for one in book.worksheets if one.title == reading.sheet), None)
        if sheet is None:
            _broken(reading.name)
        with sheet._get_source() as source:
            merged = _merged(source)
        if len(merged) > _MOST_MERGED:
            raise UnreadableFile(
                _(
                    "%(file)s has hundreds of merged cells. Part them, and write the value in each.",
                    file=reading.name,
                )
            )
        with sheet._get_source() as source:
            for number, cells in _quietly(_parser(sheet, source).parse()):
                yield _row(number, cells, merged)


def _quietly(found: Iterator[Any]) -> Iterator[Any]:
    """Yield what is found, without the warnings that openpyxl has for cells which are reported as errors anyway."""
    while True:
        with catch_warnings():
            simplefilter("ignore")
            row = next(found, None)
        if row is None:
            return
        yield row


def _parser(sheet: Any, source: IO[bytes]) -> Any:
    """Return openpyxl's parser of a sheet, which is taught to tell a formula without a value from an empty cell."""
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser  # noqa: PLC0415 - slow to load

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            if cell["value"] is None and element.find(FORMULA_TAG) is not None:
                cell["data_type"] = "f"
            return cell

    book = sheet.parent
    return Parser(
        source,
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _row(number: int, cells: list[dict[str, Any]], merged: list[Area]) -> Row:
    row = Row(number, [])
    numeric = set()
    for cell in cells:
        place = cell["column"] - 1
        if cell["value"] is None and cell["data_type"] != "f":
            continue
        if place > MAX_COLUMNS:
            continue
        row.cells += [""] * (place + 1 - len(row.cells))
        row.cells[place] = as_text(cell["value"])[: MAX_CELL + 1]
        if cell["data_type"] == "n":
            numeric.add(place)
        if problem := _problem(row.cells[place], cell["data_type"]):
            row.problems[place] = problem
    row.numeric = frozenset(numeric)
    if merged:
        _tell_merged(row, merged)
    return row


def _problem(text: str, data_type: str) -> str:
    if data_type == "f":
        return _("The formula here has no value. Open the file in Excel, save it, and send it again.")
    if data_type == "e":
        return _("Excel shows the error %(error)s here.", error=text)
    if len(text) > MAX_CELL:
        return _("This is longer than %(limit)s characters.", limit=MAX_CELL)
    return ""


def _tell_merged(row: Row, merged: list[Area]) -> None:
    """Say of each cell that a merged one covers that it has no value of its own."""
    for left, top, right, bottom in merged:
        if top <= row.number <= bottom:
            row.cells += [""] * (min(right, MAX_COLUMNS) + 1 - len(row.cells))
            for place in range(left, min(right, MAX_COLUMNS) + 1):
                if (place, row.number) != (left, top):
                    row.problems[place] = _(
                        "This cell is merged with %(cell)s. Part them and write the value in each.",
                        cell=f"{column_letter(left)}{top}",
                    )


def _merged(source: IO[bytes]) -> list[Area]:
    """Return the merged areas, which stand after the rows in a sheet's XML."""
    areas, rest = [], b""
    while block := source.read(_BLOCK):
        text = rest + block
        end = 0
        for match in _MERGED.finditer(text):
            left, top, right, bottom = match.groups()
            areas.append((_index(left), int(top), _index(right), int(bottom)))
            end = match.end()
        rest = text[max(end, len(text) - _TAIL) :]
    return areas


def _index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + letter - 64
    return index - 1
