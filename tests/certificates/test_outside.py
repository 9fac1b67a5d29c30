"""Signing outside: what leaves, what may come back, and what is refused by name."""

import csv
import hashlib
import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from sqlalchemy.orm import Session

from app import codes
from app.certificates import issuing, outside, services
from app.certificates.errors import ArchiveUnreadable
from app.certificates.models import Certificate
from app.permissions import Role
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_signatures import PASSWORD, issued, p12
from tests.conftest import NOON

SIGNER = signers.SimpleSigner.load_pkcs12_data(p12(), [], passphrase=PASSWORD.encode())


def sign(data: bytes, *, name: str = "Firma", box: tuple[int, int, int, int] | None = None) -> bytes:
    """Return a file signed by another program: with a visible stamp where `box` says so."""
    meta = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    spec = fields.SigFieldSpec(name, box=box) if box else None
    pdf_signer = signers.PdfSigner(meta, signer=SIGNER, new_field_spec=spec)
    return bytes(pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data))).getbuffer())


def turned(data: bytes) -> bytes:
    """Return a file whose page an incremental update has changed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    out.seek(0)
    return out


def name_of(certificate: Certificate, more: str = "") -> str:
    return f"{codes.grouped(certificate.code)}{more}.pdf"


@pytest.fixture
def event(session: Session, frozen_clock: datetime) -> Any:
    event = scenes.event()
    for name in ("Rosa", "Elmer", "Yeni"):
        scenes.earner(event, given_names=name)
    issuing.issue_here(event, by=None, at=NOON)
    return event


def test_the_unsigned_files_leave_with_a_list(session: Session, event: Any) -> None:
    target = io.BytesIO(b"".join(outside.archive(outside.unsigned(event))))
    with zipfile.ZipFile(target) as archive:
        lines = list(csv.DictReader(io.StringIO(archive.read(outside.MANIFEST).decode())))
        assert [line["archivo"] for line in lines] == [name_of(one) for one in issued(session)]
        for line, certificate in zip(lines, issued(session), strict=True):
            data = archive.read(line["archivo"])
            assert hashlib.sha256(data).hexdigest() == line["sha256"] == certificate.sha256
            assert len(data) == int(line["bytes"])


def test_what_comes_back_signed_is_handed_out_and_verified(session: Session, event: Any, client: Any) -> None:
    first, second, third = issued(session)
    drawn = services.file_of(first)
    back = {
        name_of(first, " [R]"): sign(drawn),
        f"firmados/{name_of(second)}": sign(services.file_of(second), box=(40, 40, 200, 90)),
        name_of(third): sign(sign(services.file_of(third)), name="Segunda"),
    }
    returned = outside.take_back(event, zipped(back), by=None, at=NOON)
    assert (returned.kept, returned.refused) == (3, [])
    assert services.file_of(first) == back[name_of(first, " [R]")]
    assert outside.unsigned(event) == []
    for data in (services.file_of(first), drawn):
        page = client.get(f"/verificar/archivo/{hashlib.sha256(data).hexdigest()}")
        assert (page.status_code, "Firmada fuera por Juana Firmante" in page.text) == (200, True)
    answer = client.get(f"/certificados/{codes.grouped(first.code)}.pdf")
    assert answer.data == services.file_of(first)
    assert answer.get_etag()[0] == hashlib.sha256(answer.data).hexdigest()
    again = outside.take_back(event, zipped({name_of(first): sign(drawn)}), by=None, at=NOON)
    assert again.refused == [(name_of(first), "Esta constancia ya volvió firmada.")]


def test_whatever_is_not_the_issued_file_is_refused_by_name(session: Session, event: Any) -> None:
    first, second, third = issued(session)
    good, other = services.file_of(first), services.file_of(second)
    services.annul(third, reason="Prueba", by=None, at=NOON)
    byte = bytearray(sign(good))
    byte[len(good) + 300] ^= 1
    cases = {
        "another's content": (first, sign(other), "No es el archivo que se emitió: su comienzo es otro."),
        "as it was": (first, good, "El archivo no lleva firma: está como se emitió."),
        "page changed": (first, sign(turned(good)), "Se agregó al archivo algo más que firmas."),
        "changed, not signed": (first, turned(good), "El archivo no lleva firma."),
        "added after": (first, sign(good) + b"\n%x\n", "Se agregó algo después de la última firma."),
        "stamp over all": (
            first,
            sign(good, box=(0, 0, 800, 590)),
            "Se agregó al archivo algo más que firmas.",
        ),
        "a byte": (first, bytes(byte), "Una firma del archivo no es válida."),
        "rubbish": (first, good + b"\0" * 50, "El archivo no lleva firma."),
        "annulled": (third, sign(good), "Esta constancia fue reemplazada o anulada."),
        "too large": (first, b"\0" * (outside.LARGEST_FILE + 1), "El archivo es demasiado grande."),
    }
    for told, (certificate, data, reason) in cases.items():
        name = name_of(certificate)
        returned = outside.take_back(event, zipped({name: data}), by=None, at=NOON)
        assert (returned.kept, returned.refused) == (0, [(name, reason)]), told
    stranger = scenes.event()
    returned = outside.take_back(
        stranger, zipped({name_of(first): sign(good), "x.pdf": good}), by=None, at=NOON
    )
    assert [reason for _name, reason in returned.refused] == [
        "Ninguna constancia de este evento tiene el código del nombre de este archivo."
    ] * 2
    assert services.file_of(first) == good


@pytest.mark.parametrize("data", [b"", b"rubbish", zipped({"leame.txt": b"x"}).getvalue()])
def test_what_is_no_archive_is_told(event: Any, data: bytes) -> None:
    with pytest.raises(ArchiveUnreadable):
        outside.take_back(event, io.BytesIO(data), by=None, at=NOON)


def test_the_office_sends_out_and_takes_back(session: Session, event: Any, sign_in: Any) -> None:
    client = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    address = f"/gestion/eventos/{event.slug}/constancias/firma-externa"
    assert "3 constancias no llevan firma." in client.get(address).text
    with zipfile.ZipFile(io.BytesIO(client.post(f"{address}/sin-firma.zip", buffered=True).data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name.endswith(".pdf")}
    first, second, third = files
    signed = {first: sign(files[first]), second: sign(files[second]), third: files[third]}
    page = client.post(address, data={"file": (zipped(signed), "firmados.zip")})
    assert page.status_code == 200
    assert "Se guardaron 2 constancias firmadas." in page.text
    assert third in page.text
    assert client.post(address, data={"file": (io.BytesIO(b"x"), "x.zip")}).status_code == 422
    assert client.post(address).status_code == 422
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert reader.post(f"{address}/sin-firma.zip").status_code == 403
