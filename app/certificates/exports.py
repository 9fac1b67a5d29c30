"""What an office takes away: the files of an award in one archive or as pages to print, and the list as a workbook.

All are read in shares by key, so that memory does not grow with the number of certificates.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from app import codes
from app.certificates import labels, queries, services
from app.certificates.models import Award, Certificate
from app.imports import lazily

if TYPE_CHECKING:
    import xlsxwriter

    from app.certificates import printing
else:
    printing, xlsxwriter = lazily("app.certificates.printing"), lazily("xlsxwriter")

_SHARE = 40  # files drawn from one reading
_ROWS = 1000
_WIDTH = 22  # characters of a column


class _Outlet(io.RawIOBase):
    """A file that can only be written on: what was written is taken out of it, and forgotten."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def archive(award: Award) -> Iterator[bytes]:
    """Yield a ZIP of the files of an award's certificates that hold, one PDF at a time in memory."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as target:  # PDFs are compressed already
        for share in queries.shares_of(award, size=_SHARE, holding=True):
            for certificate in share:
                entry = zipfile.ZipInfo(
                    f"{codes.grouped(certificate.code)}.pdf", certificate.issued_at.timetuple()[:6]
                )
                target.writestr(entry, services.file_of(certificate))
                yield outlet.take()
    yield outlet.take()


def pages(award: Award) -> Iterator[bytes]:
    """Yield one PDF with the pages of an award's certificates that hold, for the printer, one at a time in memory.

    They are drawn anew without signatures, which would not survive it.
    """
    return printing.merged(
        services.drawn_again(certificate)
        for share in queries.shares_of(award, size=_SHARE, holding=True)
        for certificate in share
    )


def write_list(award: Award, path: Path) -> None:
    """Write all certificates of an award, ended ones too, as an Excel workbook. Texts stay texts."""
    headings = [
        _("Code"),
        _("Name"),
        _("Document"),
        _("Hours"),
        _("Attendance"),
        _("Grade"),
        _("Issued"),
        _("State"),
        _("Reason"),
        "SHA-256",
    ]
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        heading = book.add_format({"bold": True, "bottom": 1})
        sheet.set_column(0, len(headings) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)
        for position, text in enumerate(headings):
            sheet.write_string(0, position, text, heading)
        number = 0
        for share in queries.shares_of(award, size=_ROWS, holding=False):
            for certificate in share:
                number += 1
                for position, cell in enumerate(_row(certificate)):
                    sheet.write_string(number, position, cell)


def _row(certificate: Certificate) -> list[str]:
    result, ending = certificate.rule_result, certificate.ending
    return [
        codes.grouped(certificate.code),
        certificate.printed_name,
        f"{str(certificate.document_type).upper()} {certificate.document_number}"
        if certificate.document_number
        else "",
        labels.hours(certificate),
        f"{result['percent']} %",
        result.get("grade") or "",
        certificate.issued_at.isoformat(timespec="seconds"),
        str(ending.kind) if ending else "valid",
        ending.reason if ending else "",
        certificate.sha256,
    ]
