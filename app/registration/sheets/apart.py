"""Looking into a file of rows without the memory of it: what a page shows of a workbook is found out by another
process.

A library for workbooks and the texts of one with fifty thousand rows take some forty MB, and Python gives little of
it back. A web process would keep that for good; one that ends keeps nothing. What was found lies beside the file, so
that the next page need not ask again. A CSV file is read as a stream and looked into at once.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from app import config
from app.registration.sheets.opening import examine, is_workbook, open_table
from app.registration.sheets.tables import Reading, Row, UnreadableFile

SHOWN = 10  # rows that a page shows at most, unless it asks for more
_SECONDS = 60  # after which a workbook counts as one that cannot be read


@dataclass(frozen=True)
class Look:
    """What is seen of a file that is read one way: its headings, notes on them, its first rows, and its sheets."""

    reading: Reading
    sheets: list[str]
    headings: list[str]
    notes: list[str]
    rows: list[Row]


def look(path: Path, name: str, reading: Reading | None = None, *, most: int = SHOWN) -> Look:
    """Look into a file, at `most` of its rows; without a reading, as it is best read. Raises UnreadableFile."""
    if not is_workbook(path):
        return look_here(path, name, reading, most=most)
    asked = _asked(name, reading, most)
    beside = _beside(path, asked)
    if not beside.exists():
        found = _asked_of_another(path, asked)
        _keep(beside, found)
        if reading is None and "reading" in (seen := json.loads(found)):
            _keep(_beside(path, _asked(name, Reading(**seen["reading"]), most)), found)
    return _read(json.loads(beside.read_text(encoding="utf-8")))


def _asked(name: str, reading: Reading | None, most: int) -> str:
    return json.dumps([name, str(get_locale()), None if reading is None else asdict(reading), most])


def _beside(path: Path, asked: str) -> Path:
    return path.with_name(f"{path.name}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}.json")


def _keep(beside: Path, found: str) -> None:
    beside.touch(mode=0o600)
    beside.write_text(found, encoding="utf-8")


def _read(found: dict[str, Any]) -> Look:
    if "error" in found:
        raise UnreadableFile(found["error"])
    reading = Reading(**found.pop("reading"))
    rows = [
        Row(number, cells, frozenset(numeric), {int(place): text for place, text in problems.items()})
        for number, cells, numeric, problems in found.pop("rows")
    ]
    return Look(reading=reading, rows=rows, **found)


def as_json(seen: Look) -> str:
    """Return a look as another process hands it over."""
    rows = [[row.number, row.cells, sorted(row.numeric), row.problems] for row in seen.rows]
    return json.dumps({**vars(seen), "reading": asdict(seen.reading), "rows": rows})


def look_here(path: Path, name: str, reading: Reading | None, *, most: int) -> Look:
    """Look into a file within this process. Raises UnreadableFile."""
    sheets: list[str] = []
    if reading is None:
        reading, sheets = examine(path, name)
    table = open_table(path, reading)
    return Look(reading, sheets, table.headings, table.notes, list(islice(table.rows(), most)))


def _asked_of_another(path: Path, asked: str) -> str:
    """Return what another process says of a workbook. Raises UnreadableFile where it takes too long, or too much."""
    command = [sys.executable, "-m", "app.registration.sheets", str(path.resolve())]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, a file of our own
            command,
            input=asked,
            cwd=config.PROJECT,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise UnreadableFile(
            _("This workbook is too large or too involved to be read. Save it as CSV, and send that.")
        ) from None
    return done.stdout
