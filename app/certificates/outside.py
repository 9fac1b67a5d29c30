"""Signing outside: the unsigned files of an event as a ZIP, and what comes back from Firma Perú, ReFirma or the like.

A file that comes back must begin with the very bytes that were issued, and what was added to them may be nothing but
signatures that are valid and cover the whole. Whose they are is told, and whether they are trusted is the reader's to
say: this program keeps no list of certification authorities.

pyHanko loads slowly: import this by app.imports.lazily.
"""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from flask_babel import gettext as _
from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from app import audit, codes
from app.accounts.models import Actor
from app.certificates import services
from app.certificates.errors import ArchiveUnreadable
from app.certificates.models import Certificate, CertificateEnding, OutsideFile, SignedFile
from app.events.models import Event
from app.extensions import db

MOST_FILES = 1000  # of one archive, out or back
LARGEST_FILE = 5 * 1024 * 1024  # bytes of one that comes back
LARGEST_ARCHIVE = 200 * 1024 * 1024  # bytes
MANIFEST = "manifiesto.csv"
_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_BROKEN = (
    PdfError,
    SignatureValidationError,
    ValueError,
    TypeError,
    KeyError,
    NotImplementedError,
    RecursionError,
)
# What a signature adds to the catalogue and to a page; anything else that it changes is refused.
_ADDED = {
    "/Catalog": {"/AcroForm", "/DSS", "/Extensions", "/Version"},
    "/Page": {"/Annots"},
    "None": {"/ModDate", "/Producer"},  # the facts about the file
}
_LARGEST_STAMP = 0.25  # of the page's area


@dataclass
class Returned:
    """What became of the files of an archive: how many were kept, and why each other one was refused, by name."""

    kept: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


class Refused(Exception):
    """A file that is not the issued one with signatures added. Its text says why."""


def unsigned(event: Event) -> list[int]:
    """Return the ids of an event's certificates that hold and bear no signature, at most MOST_FILES."""
    statement = select(Certificate.id).where(
        Certificate.event_id == event.id,
        ~exists().where(CertificateEnding.certificate_id == Certificate.id),
        ~exists().where(SignedFile.certificate_id == Certificate.id),
        ~exists().where(OutsideFile.certificate_id == Certificate.id),
    )
    return list(db.session.scalars(statement.order_by(Certificate.id).limit(MOST_FILES)))


class _Pieces(io.RawIOBase):
    """Takes what a ZIP writes and hands it on, so that no archive is ever whole in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []

    def writable(self) -> bool:
        """Return that it takes bytes."""
        return True

    def write(self, data: Any) -> int:
        """Take some bytes."""
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._written = b"".join(self._written), []
        return taken


def archive(ids: list[int]) -> Iterator[bytes]:
    """Yield a ZIP of the unsigned files of certificates, drawn one at a time, and a list of them with their hashes."""
    pieces = _Pieces()
    table = io.StringIO()
    lines = csv.writer(table)
    lines.writerow(["archivo", "codigo", "sha256", "bytes"])
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as target:
        for certificate in _certificates(ids):
            data = services.file_of(certificate)
            name = f"{codes.grouped(certificate.code)}.pdf"
            lines.writerow(
                [name, codes.grouped(certificate.code), hashlib.sha256(data).hexdigest(), len(data)]
            )
            target.writestr(name, data)
            yield pieces.take()
        target.writestr(MANIFEST, table.getvalue())
    yield pieces.take()


def _certificates(ids: list[int]) -> Iterator[Certificate]:
    statement = select(Certificate).options(joinedload(Certificate.design)).where(Certificate.id.in_(ids))
    yield from db.session.scalars(statement.order_by(Certificate.id))


def take_back(event: Event, sent: IO[bytes], *, by: Actor | None, at: datetime) -> Returned:
    """Keep the signed files of an archive that extend exactly what was issued; refuse each other one by name.

    Raises ArchiveUnreadable for what is no ZIP or too large a one.
    """
    found = Returned()
    for name, data in _files(sent):
        try:
            _keep(event, name, data, by=by, at=at)
            found.kept += 1
        except Refused as error:
            found.refused.append((name, str(error)))
    audit.record(
        "certificates.signed_outside", event=event, at=at, kept=found.kept, refused=len(found.refused)
    )
    return found


def _files(sent: IO[bytes]) -> Iterator[tuple[str, bytes | None]]:
    """Yield each file of a ZIP with its name, or with None where it is too large to be one of ours."""
    try:
        with zipfile.ZipFile(sent) as opened:
            entries = [one for one in opened.infolist() if one.filename.lower().endswith(".pdf")]
            if not entries or len(entries) > MOST_FILES:
                raise ArchiveUnreadable
            for entry in entries:
                with opened.open(entry) as file:
                    data = file.read(LARGEST_FILE + 1)
                yield entry.filename[-120:], data if len(data) <= LARGEST_FILE else None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise ArchiveUnreadable from error


def _keep(event: Event, name: str, data: bytes | None, *, by: Actor | None, at: datetime) -> None:
    if data is None:
        raise Refused(_("The file is too large."))
    certificate = _named(event, name)
    if certificate.ending is not None:
        raise Refused(_("This certificate was replaced or annulled."))
    if db.session.get(OutsideFile, certificate.id) is not None:
        raise Refused(_("This certificate was already brought back signed."))
    issued = services.file_of(certificate)
    if not data.startswith(issued):
        raise Refused(_("This is not the file that was issued: its beginning is another."))
    if len(data) == len(issued):
        raise Refused(_("The file bears no signature: it is as it was issued."))
    signers = ", ".join(_signers(data))[:300]
    kept = OutsideFile(
        certificate_id=certificate.id,
        sha256=hashlib.sha256(data).hexdigest(),
        signers=signers,
        data=data,
        added_at=at,
        added_by_id=None if by is None else by.id,
    )
    db.session.add(kept)
    db.session.flush()


def _named(event: Event, name: str) -> Certificate:
    """Return the certificate whose code a file's name holds; signing programs add words of their own."""
    match = _CODE.search(name.upper())
    certificate = match and db.session.scalar(
        select(Certificate)
        .options(joinedload(Certificate.design), joinedload(Certificate.ending))
        .where(Certificate.code == match[0].replace("-", ""), Certificate.event_id == event.id)
    )
    if not certificate:
        raise Refused(_("No certificate of this event has the code of this file's name."))
    return certificate


def _signers(data: bytes) -> list[str]:
    """Return whose signatures a file bears. Raises Refused where one is not valid, or anything else was added."""
    try:
        reader = PdfFileReader(io.BytesIO(data))
        signatures = list(reader.embedded_signatures)
        is_valid = all(_is_valid(signature) for signature in signatures)
        is_whole = bool(signatures) and signatures[-1].coverage == SignatureCoverageLevel.ENTIRE_FILE
        is_pure = _adds_signatures_alone(reader)
    except _BROKEN:
        raise Refused(_("The signature cannot be read.")) from None
    if not signatures:
        raise Refused(_("The file bears no signature."))
    if not is_valid:
        raise Refused(_("A signature in the file is not valid."))
    if not is_whole:
        raise Refused(_("Something was added after the last signature."))
    if not is_pure:
        raise Refused(_("Something else than signatures was added to the file."))
    return [_name(signature) for signature in signatures]


def _is_valid(signature: EmbeddedPdfSignature) -> bool:
    """Return whether a signature fits the bytes that it covers. Whom to trust is another question."""
    signature.compute_integrity_info(skip_diff=True)
    intact, valid = validate_sig_integrity(
        signature.signer_info,
        signature.signer_cert,
        expected_content_type="data",
        actual_digest=signature.compute_digest(),
    )
    return bool(intact and valid)


def _adds_signatures_alone(reader: PdfFileReader) -> bool:
    """Return whether what came after the issued file changed no object of it but for new signature fields."""
    issued = reader.get_historical_resolver(0)
    known = reader.xrefs.explicit_refs_in_revision(0)
    later = (
        reader.xrefs.explicit_refs_in_revision(number) for number in range(1, reader.xrefs.total_revisions)
    )
    changed = set().union(*later) & set(known)
    return all(_is_addition(issued.get_object(one), reader.get_object(one)) for one in changed)


def _is_addition(old: Any, new: Any) -> bool:
    if _written(old) == _written(new) or _is_metadata(old, new):
        return True
    if not isinstance(old, DictionaryObject) or type(old) is not type(new) or isinstance(old, StreamObject):
        return False
    allowed = _ADDED.get(str(old.get("/Type")), set())
    different = {key for key in {*old, *new} if _raw(old, key) != _raw(new, key)}
    return different <= allowed and ("/Annots" not in different or _are_stamps(old, new))


def _is_metadata(old: Any, new: Any) -> bool:
    return all(isinstance(one, StreamObject) and one.get("/Type") == "/Metadata" for one in (old, new))


def _raw(dictionary: DictionaryObject, key: str) -> bytes | None:
    return _written(dictionary.raw_get(key)) if key in dictionary else None


def _written(value: Any) -> bytes:
    out = io.BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()


def _are_stamps(old: DictionaryObject, new: DictionaryObject) -> bool:
    """Return whether all annotations of a page are still there, and each new one is a small signature field."""
    before = [_written(one) for one in old.get("/Annots", ())]
    after = [(_written(one), one) for one in new["/Annots"]]
    added = [one.get_object() for written, one in after if written not in before]
    box = [float(side) for side in new["/MediaBox"]]
    most = _LARGEST_STAMP * _area(box)
    return {written for written, _one in after} >= set(before) and all(
        one.get("/Subtype") == "/Widget"
        and (one.get("/FT") == "/Sig" or one.get("/Parent", {}).get("/FT") == "/Sig")
        and _area([float(side) for side in one["/Rect"]]) <= most
        for one in added
    )


def _area(box: list[float]) -> float:
    return abs(box[2] - box[0]) * abs(box[3] - box[1])


def _name(signature: EmbeddedPdfSignature) -> str:
    subject = signature.signer_cert.subject.native
    return str(subject.get("common_name") or subject.get("organization_name") or "?")
