"""Rules of grades: how they are read, and how a file of them is understood."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from app.assessments.errors import NotAGrade
from app.text import folded, tidy

HIGHEST = Decimal(20)
_GRADE = re.compile(r"\d{1,2}([.,]\d{1,2})?")
_NONE = frozenset({"", "-", "–", "np", "nsp"})  # did not present themselves


class Entered(NamedTuple):
    """A grade of a file: the row it stands in, whose it is as written there, the subject, and the grade."""

    row: int
    person: str
    subject_id: int
    text: str


def parse(text: str) -> Decimal | None:
    """Return a typed grade, with a point or a comma; None for a place left empty. Raises NotAGrade."""
    clean = tidy(text)
    if clean.lower() in _NONE:
        return None
    if not _GRADE.fullmatch(clean) or (value := Decimal(clean.replace(",", "."))) > HIGHEST:
        raise NotAGrade(clean)
    return value


def decoded(data: bytes) -> str:
    """Return the text of a file as spreadsheets write it: UTF-8, or the encoding of Windows."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def entered(text: str, subjects: Mapping[int, str]) -> Iterator[Entered]:
    """Yield the grades of a CSV file: the first column says whose (document or code), the other headings are subjects.

    Columns with other headings are passed over.
    """
    head = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    by_name = {folded(name): number for number, name in subjects.items()}
    columns = {index: by_name.get(folded(name)) for index, name in enumerate(next(rows, []))}
    for number, row in enumerate(rows, start=2):
        for index, cell in enumerate(row[1:], start=1):
            if (subject_id := columns.get(index)) is not None and cell.strip():
                yield Entered(number, tidy(row[0]), subject_id, cell)


def person_key(text: str) -> str:
    """Return a document number or code for comparing: without dashes and spaces, in capitals."""
    return re.sub(r"[\s\-–.]", "", text).upper()
