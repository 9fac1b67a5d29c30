"""All certificates of a person in one file, sent as it is made: no file is kept, and one PDF at a time is in memory."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from app import codes
from app.certificates.models import Certificate
from app.certificates.services import file_of
from app.certificates.wording import FILE_NAME
from app.extensions import db

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


class _Outlet(io.RawIOBase):
    """A file that can only be written on: what was written is taken out of it, and forgotten."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._waiting += data
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def zipped(certificates: Iterable[Certificate]) -> Iterator[bytes]:
    """Return an iterator over the bytes of a ZIP of some certificates, loaded with their designs.

    They are taken out of the session now, so that nothing is held open in the database while a weak line takes its
    time.
    """
    chosen = list(certificates)
    for certificate in chosen:
        db.session.expunge(certificate)
    return _zipped(chosen)


def _zipped(certificates: list[Certificate]) -> Iterator[bytes]:
    outlet = _Outlet()
    # PDFs are compressed already.
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            entry = zipfile.ZipInfo(_file_name(certificate), certificate.issued_at.timetuple()[:6])
            archive.writestr(entry, file_of(certificate))
            yield outlet.take()
    yield outlet.take()


def _file_name(certificate: Certificate) -> str:
    """Return a name that tells person and event, and by the code is the only one of its kind."""
    title = certificate.design.content["facts"]["event"]
    words = (
        f"{FILE_NAME} - {certificate.printed_name[:80]} - {title[:80]} - {codes.grouped(certificate.code)}"
    )
    return _NOT_IN_FILE_NAMES.sub(" ", words).strip() + ".pdf"
