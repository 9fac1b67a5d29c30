"""Opening a file of rows: what it is, and its table."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.imports import lazily
from app.registration.sheets import texts, workbooks
from app.registration.sheets.tables import Reading, Row, Table, UnreadableFile, table_of

if TYPE_CHECKING:
    import filetype
else:
    filetype = lazily("filetype")

_ZIP = b"PK"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def examine(path: Path, name: str) -> tuple[Reading, list[str]]:
    """Return how a file is best read, by what it holds whatever it is called, and the sheets to choose from.

    Raises UnreadableFile for what is no table.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(_("%(file)s is empty: it has no rows.", file=name))
    if head.startswith(_ZIP):
        found = workbooks.sheets(path, name)
        return Reading("xlsx", name, sheet=_fullest(path, name, found)), found
    if head.startswith(_OLD_EXCEL):
        raise UnreadableFile(
            _("%(file)s is an old or locked Excel file. Save it as .xlsx, without a password.", file=name)
        )
    encoding = texts.encoding_of(path)
    if filetype.guess(head) is not None or _is_no_text(head, encoding):
        raise UnreadableFile(_("%(file)s is neither CSV nor an Excel workbook (.xlsx).", file=name))
    return Reading("csv", name, encoding=encoding, delimiter=texts.delimiter_of(path, encoding)), []


def is_workbook(path: Path) -> bool:
    """Return whether a file is an Excel workbook, or what gives itself out for one."""
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP


def _is_no_text(head: bytes, encoding: str) -> bool:
    return not encoding.startswith("utf-16") and any(byte < 9 or 13 < byte < 27 for byte in head)


def _fullest(path: Path, name: str, names: list[str]) -> str:
    """Return the first sheet that holds anything."""
    for one in names:
        reading = Reading("xlsx", name, sheet=one)
        if any(not row.is_blank for row in workbooks.rows(path, reading)):
            return one
    return names[0]


def open_table(path: Path, reading: Reading) -> Table:
    """Return the table of a file. Raises UnreadableFile; its `rows()` may too, where the file is broken further on."""

    def read() -> Iterator[Row]:
        return (workbooks if reading.kind == "xlsx" else texts).rows(path, replace(reading))

    return table_of(read, name=reading.name)
