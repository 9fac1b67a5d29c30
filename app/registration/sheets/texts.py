"""CSV files: which encoding and delimiter they have, and their rows, read as a stream."""

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.imports import lazily
from app.registration.sheets.tables import MAX_CELL, WHOLE_ROW, Reading, Row, UnreadableFile

if TYPE_CHECKING:
    import charset_normalizer
else:
    charset_normalizer = lazily("charset_normalizer")

DELIMITERS = (",", ";", "\t")
ENCODINGS = ("utf-8-sig", "cp1252", "utf-16-le", "utf-16-be", "cp850", "mac-roman")
_SAMPLE = 64 * 1024  # bytes
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(path: Path) -> str:
    """Return how a text file is encoded: by its mark, else as UTF-8 where all of it is, else by likelihood."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return encoding
        if (wide := _without_mark(head)) is not None:
            return wide
        file.seek(0)
        if _is_utf8(iter(lambda: file.read(_SAMPLE), b"")):
            return "utf-8-sig"
        file.seek(0)
        return _likely(b"".join(line for line in islice(file, 5000) if not line.isascii())[:_SAMPLE])


def _without_mark(head: bytes) -> str | None:
    """Tell UTF-16 without a mark by where its zero bytes stand: in Latin writing every second one is."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    least = len(head) // 8
    if odd > least and odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > least and even > 4 * odd else None


def _is_utf8(chunks: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likely(sample: bytes) -> str:
    """Return which single-byte encoding a sample most likely has. Windows' is by far the commonest."""
    best = charset_normalizer.from_bytes(sample, cp_isolation=["cp1252", "cp850"], threshold=0.3).best()
    found = best.encoding.replace("_", "-") if best else ""
    return found if found in ENCODINGS else "cp1252"


def delimiter_of(path: Path, encoding: str) -> str:
    """Return what parts the columns: the sign that makes the first rows widest and alike."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = list(islice(file, 30))
    if lines and lines[0].lower().startswith("sep=") and lines[0][4:5] in DELIMITERS:
        return lines[0][4]

    def likeness(delimiter: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        usual = max(set(widths), key=widths.count) if widths else 0
        return (usual > 1) * widths.count(usual), usual

    try:
        return max(DELIMITERS, key=likeness)
    except csv.Error:
        return ","


def rows(path: Path, reading: Reading) -> Iterator[Row]:
    """Yield every row of a CSV file. Raises UnreadableFile, naming the row, where a quotation mark never ends."""
    number, width = 0, 0
    errors = "replace" if reading.encoding in {"cp1252", "cp850", "mac-roman"} else "strict"
    with path.open(encoding=reading.encoding, errors=errors, newline="") as file:
        reader = csv.reader(
            (line.replace("\0", "") for line in file), delimiter=reading.delimiter, strict=True
        )
        try:
            for number, cells in enumerate(reader, 1):
                if number == 1 and cells and cells[0].lower().startswith("sep=") and len(cells) <= 2:
                    continue
                row = _row(number, cells, width)
                if not row.is_blank:
                    width = max(width, len(cells))
                yield row
        except csv.Error:
            raise UnreadableFile(
                _(
                    "%(file)s, row %(row)s: a quotation mark is opened and never closed, or a cell is far too long.",
                    file=reading.name,
                    row=number + 1,
                )
            ) from None
        except UnicodeDecodeError:
            raise UnreadableFile(
                _(
                    "%(file)s, near row %(row)s: signs that its encoding does not have. The file may be cut off.",
                    file=reading.name,
                    row=number + 1,
                )
            ) from None


def _row(number: int, cells: list[str], width: int) -> Row:
    row = Row(number, [cell.removeprefix("\ufeff") if number == 1 else cell for cell in cells])
    for place, cell in enumerate(cells):
        if len(cell) > MAX_CELL:
            row.problems[place] = _("This is longer than %(limit)s characters.", limit=MAX_CELL)
            row.cells[place] = cell[:MAX_CELL]
    if 1 < len(cells) < width and any(cells):
        row.problems[WHOLE_ROW] = _(
            "This row ends after %(found)s of %(all)s columns. The file may be cut off.",
            found=len(cells),
            all=width,
        )
    return row
