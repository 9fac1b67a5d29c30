"""Exports of attendees as CSV and XLSX, made while they are sent."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import audit
from app.events.models import Event
from app.reports import queries
from app.reports.columns import Column
from app.text import harmless

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
    """Yield an export as CSV: RFC 4180 with CRLF, in UTF-8 with a byte order mark, by which Excel knows it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(harmless([str(column.heading) for column in export.columns]))
    for batch in queries.batches(event, export.columns, export.statuses):
        columns = zip(export.columns, batch, strict=True)
        safe = [harmless(cells) if column.is_typed else cells for column, cells in columns]
        writer.writerows(zip(*safe, strict=True))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(event: Event, export: Export, path: Path) -> None:
    """Write an export as an Excel workbook. Texts stay texts, whatever they begin with; memory stays flat."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - slow to load, and few requests need it

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(path, options) as book:
        sheet = book.add_worksheet()
        heading = book.add_format({"bold": True, "bottom": 1})
        sheet.set_column(0, len(export.columns) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(export.columns):
            sheet.write_string(0, position, str(column.heading), heading)
        number = 0
        for batch in queries.batches(event, export.columns, export.statuses):
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
