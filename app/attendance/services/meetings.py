"""Attendance files of Zoom and Teams."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from app.registration import sheets
from app.registration.sheets import Reading, Row, texts, workbooks

_LOOKED_AT = 40  # lines in which tabs are looked for


def rows_of(path: Path, name: str) -> Iterator[Row]:
    """Yield every row of a file as it stands. Raises UnreadableFile.

    Teams' sections are of different widths and its dates hold commas: where tabs stand, they part the columns.
    """
    reading, _sheets = sheets.examine(path, name)
    if reading.kind == "xlsx":
        yield from workbooks.rows(path, reading)
        return
    yield from texts.rows(path, replace(reading, delimiter="\t") if _has_tabs(path, reading) else reading)


def _has_tabs(path: Path, reading: Reading) -> bool:
    with path.open(encoding=reading.encoding, errors="replace", newline="") as file:
        return any(line.count("\t") > 1 for line in islice(file, _LOOKED_AT))
