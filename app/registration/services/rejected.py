"""The rejected rows of an import as a file that can be corrected and imported again."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.imports import lazily
from app.registration import queries
from app.registration.models import Import, ImportRow
from app.text import harmless

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazily("xlsxwriter")


def problems_in_words(row: ImportRow) -> str:
    """Return what is wrong with a row: "Correo (D): Escriba un correo …"."""
    return " · ".join(f"{place}: {text}" if place else text for place, text in row.problems)


def _headings(run: Import) -> list[str]:
    return [*run.headings, _("Row"), _("Errors")]


def _cells(run: Import, row: ImportRow) -> list[str]:
    return [*row.cells[: len(run.headings)], str(row.number), problems_in_words(row)]


def write_csv(run: Import, path: Path) -> None:
    """Write the rejected rows as CSV in UTF-8, as Excel knows it; nothing in it is taken for a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(harmless(_headings(run)))
        for row in queries.rejected_rows(run.id):
            writer.writerow(harmless(_cells(run, row)))


def write_xlsx(run: Import, path: Path) -> None:
    """Write the rejected rows as an Excel workbook, every cell as text; memory stays flat."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(run.headings), 18)
        sheet.set_column(len(run.headings) + 1, len(run.headings) + 1, 60)
        for place, heading in enumerate(_headings(run)):
            sheet.write_string(0, place, heading, bold)
        for number, row in enumerate(queries.rejected_rows(run.id), 1):
            for place, cell in enumerate(_cells(run, row)):
                sheet.write_string(number, place, cell)
