"""Signatures of level B-T: a time-stamp server over HTTP, guarded addresses, and files that were tampered with."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pypdf import PdfReader, PdfWriter
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import clock, create_app, outgoing, unit_of_work
from app.certificates import issuing, keys, reissuing, services
from app.certificates.errors import KeyNotValidNow, TimeStampFailed
from app.certificates.models import Certificate, CertificateRole
from app.extensions import db
from app.outgoing import AddressRefused
from app.permissions import Role
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_signatures import EC, PASSWORD, certificate_of, issued, p12, pdfsig
from tests.conftest import NOON


def authority() -> DummyTimeStamper:
    """Return what answers requests of RFC 3161 with a key of its own."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TSA de prueba")])
    start = datetime(2024, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(9)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, SHA256())
    )
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(plain),
    )


watched: list[str] = []  # the database that /mira looks at while it is asked
seen: list[bool] = []


def _another_can_write(url: str) -> bool:
    engine = create_engine(url, connect_args={"timeout": 0} if url.startswith("sqlite") else {})
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("SET lock_timeout = '1ms'")
                connection.exec_driver_sql("SELECT id FROM registrations FOR UPDATE")
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A time-stamp server on this machine; under /mudo it answers nonsense."""
    stamps = authority()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            request = tsp.TimeStampReq.load(asked)
            if self.path == "/mira":
                seen.append(_another_can_write(watched[0]))
            said = b"no" if self.path == "/mudo" else stamps.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


@pytest.fixture
def event(session: Session, frozen_clock: datetime) -> Any:
    event = scenes.event()
    scenes.earner(event, given_names="Rosa")
    scenes.earner(event, given_names="Elmer")
    return event


@pytest.fixture
def private(app: Flask) -> Iterator[None]:
    app.config["PRIVATE_HOSTS"] = frozenset({"127.0.0.1"})
    yield
    app.config["PRIVATE_HOSTS"] = frozenset()


@pytest.mark.usefixtures("private")
def test_a_signature_bears_a_time_stamp_of_another(
    session: Session, event: Any, server: str, tmp_path: Path
) -> None:
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    keys.set_time_stamps(event.organisation, server, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    for certificate in issued(session):
        file = services.file_of(certificate)
        assert "Signature is Valid" in pdfsig(file, tmp_path)
        (signature,) = PdfFileReader(io.BytesIO(file)).embedded_signatures
        unsigned = signature.signer_info["unsigned_attrs"].native
        assert [one["type"] for one in unsigned] == ["signature_time_stamp_token"]


@pytest.mark.usefixtures("private")
def test_a_server_that_gives_no_stamp_stops_the_issue(session: Session, event: Any, server: str) -> None:
    with pytest.raises(TimeStampFailed):
        keys.check_time_stamps(f"{server}/mudo")
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    keys.set_time_stamps(event.organisation, "http://127.0.0.1:1/", at=NOON)
    with pytest.raises(TimeStampFailed):
        issuing.issue_here(event, by=None, at=NOON)


def test_nobody_waits_at_the_database_while_a_server_is_asked(own_database: str, server: str) -> None:
    application = create_app(
        TESTING=True, SQLALCHEMY_DATABASE_URI=own_database, PRIVATE_HOSTS=frozenset({"127.0.0.1"})
    )
    watched[:], seen[:] = [own_database], []
    with application.app_context(), clock.freeze(NOON):
        event = scenes.event()
        scenes.earner(event)
        with unit_of_work.transaction():
            keys.add(db.session.merge(event).organisation, p12(), PASSWORD, at=NOON)
        with unit_of_work.transaction():
            issuing.issue_here(db.session.merge(event), by=None, at=NOON)
            keys.set_time_stamps(db.session.merge(event).organisation, f"{server}/mira", at=NOON)
        first = db.session.scalars(select(Certificate)).one()
        for replace in (services.replace, reissuing.replace):  # the first one holds what it decides about
            seen.clear()
            with unit_of_work.transaction() if replace is services.replace else nullcontext():
                first = replace(
                    db.session.merge(first),
                    name=f"Rosa {replace.__module__.rpartition('.')[2]}",
                    role=CertificateRole.ATTENDEE,
                    reason="Nombre",
                    by=None,
                    at=NOON,
                )
            assert set(seen) == {replace is reissuing.replace}
        assert db.session.scalar(select(func.count(Certificate.id))) == 3
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:80/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "ftp://example.org/",
        "http://:80/",
        "https://x:99999/",
    ],
)
def test_no_request_goes_to_this_machine_or_its_network(session: Session, address: str) -> None:
    with pytest.raises(AddressRefused):
        outgoing.checked(address)


def test_the_office_is_told_what_is_wrong_with_an_address(event: Any, sign_in: Any) -> None:
    client = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    address = f"/gestion/entidad/{event.organisation.slug}/firma/sello-de-tiempo"
    for typed in ("javascript:alert(1)", "http://127.0.0.1/"):
        answer = client.post(address, data={"time_stamps": typed})
        assert (answer.status_code, 'id="time_stamps-error"' in answer.text) == (422, True)
    assert client.post(address, data={"time_stamps": ""}).status_code == 303


def test_an_expired_key_stops_a_run_before_it_starts(session: Session, event: Any) -> None:
    keys.add(event.organisation, p12(certificate=certificate_of(EC, years=3)), PASSWORD, at=NOON)
    with pytest.raises(KeyNotValidNow):
        issuing.start(event, by=None, at=NOON + timedelta(days=800))
    assert issued(session) == []


def appended(data: bytes) -> bytes:
    """Return a file with an incremental update: another title, the rest as it was."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer.root["/Tinkuy"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_pages_of(data: bytes, other: bytes) -> bytes:
    """Return a file that shows another one's pages."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.insert_page(PdfReader(io.BytesIO(other)).pages[0], 0)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_no_tampered_file_passes_verification(
    session: Session, event: Any, client: Any, tmp_path: Path
) -> None:
    """The page compares the hash of the whole file; readers see by the signature that it was changed."""
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    first, second = (services.file_of(one) for one in issued(session))
    byte = bytearray(first)
    byte[first.index(b"/CreationDate") + 20] ^= 1
    more = appended(first)
    tampered = {"a byte": bytes(byte), "an update": more, "another's": with_pages_of(first, second)}
    for name, data in {"whole": first, **tampered}.items():
        found = client.get(f"/verificar/archivo/{hashlib.sha256(data).hexdigest()}")
        assert found.status_code == (200 if name == "whole" else 404), name
    assert "Signature is Valid" not in pdfsig(tampered["a byte"], tmp_path)
    assert "Not total document signed" in pdfsig(more, tmp_path)
    assert "Signature is Valid" not in pdfsig(tampered["another's"], tmp_path)
