"""Exports of attendees as CSV and XLSX, made while they are sent."""

import csv
import io
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import audit
from app.events.models import Event
from app.imports import lazily
from app.reports import queries
from app.reports.columns import Column
from app.text import harmless

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazily("xlsxwriter")

_WIDTH = 18  # characters


@dataclass(frozen=True)
class Export:
    """What somebody asked for: columns in order, and the statuses of the people."""

    columns: tuple[Column, ...]
    statuses: tuple[str, ...]


def record(event: Event, export: Export, *, kind: str) -> int:
    """Write an export into the audit log: which columns of how many people, and no names. Returns the number."""
    people = queries.count(event, export.statuses)
    audit.record(
        "registrations.exported",
        event=event,
        kind=kind,
        columns=[column.key for column in export.columns],
        statuses=list(export.statuses),
        people=people,
    )
    return people


def csv_rows(event: Event, export: Export) -> Iterator[bytes]:
    """Yield an export as CSV."""
    headings = [str(column.heading) for column in export.columns]
    typed = frozenset(place for place, column in enumerate(export.columns) if column.is_typed)
    return as_csv(headings, typed, queries.batches(event, export.columns, export.statuses))


def as_csv(
    headings: Sequence[str], typed: Container[int], batches: Iterable[Sequence[Sequence[Any]]]
) -> Iterator[bytes]:
    """Yield columns, batch by batch, as CSV: RFC 4180 with CRLF, in UTF-8 with a byte order mark that Excel knows.

    `typed` are the places of the columns that people typed: no spreadsheet takes what stands there for a formula.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(harmless(headings))
    for batch in batches:
        safe = [harmless(cells) if place in typed else cells for place, cells in enumerate(batch)]
        writer.writerows(zip(*safe, strict=True))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(event: Event, export: Export, path: Path) -> None:
    """Write an export as an Excel workbook."""
    batches = queries.batches(event, export.columns, export.statuses)
    as_xlsx([str(column.heading) for column in export.columns], batches, path)


def as_xlsx(headings: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]], path: Path) -> None:
    """Write columns, batch by batch, as an Excel workbook. Texts stay texts, whatever they begin with."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        heading = book.add_format({"bold": True, "bottom": 1})
        sheet.set_column(0, len(headings) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)
        for position, text in enumerate(headings):
            sheet.write_string(0, position, text, heading)
        number = 0
        for batch in batches:
            for row in zip(*batch, strict=True):
                number += 1
                _write_row(sheet, number, row)


def _write_row(sheet: Any, number: int, row: Sequence[Any]) -> None:
    for position, value in enumerate(row):
        if isinstance(value, str):
            if value:
                sheet.write_string(number, position, value)
        else:
            sheet.write_number(number, position, value)
