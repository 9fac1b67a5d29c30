"""Signing with a body's key: what is accepted as one, what the file then proves, and what stops an issue."""

import hashlib
import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import codes
from app.audit import AuditEntry
from app.certificates import issuing, keys, queries, services, signatures
from app.certificates.errors import (
    KeyLacking,
    KeyNotForSigning,
    KeyNotValidNow,
    KeySealed,
    KeyUnreadable,
    KeyWeak,
)
from app.certificates.models import Certificate, SignedFile, SigningKey
from app.permissions import Role
from scripts.services import find
from tests import factories
from tests.certificates import scenes
from tests.conftest import NOON

PASSWORD = "quinua y maíz 7"
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def certificate_of(key: Any, *, is_for_signing: bool = True, years: int = 2) -> x509.Certificate:
    """Return a self-made certificate that runs for so many years around noon of the tests."""
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Juana Firmante"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Municipalidad de Prueba"),
        ]
    )
    usage = {
        "digital_signature": is_for_signing,
        "content_commitment": is_for_signing,
        "key_encipherment": not is_for_signing,
        **dict.fromkeys(
            (
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ),
            False,
        ),
    }
    start = datetime(2024, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.KeyUsage(**usage), critical=True)
    )
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256())


def p12(key: Any = EC, certificate: x509.Certificate | None = None, *, with_key: bool = True) -> bytes:
    certificate = certificate or certificate_of(key, years=10)
    return pkcs12.serialize_key_and_certificates(
        b"firma",
        key if with_key else None,
        certificate if with_key else None,
        None if with_key else [certificate],
        BestAvailableEncryption(PASSWORD.encode()),
    )


@pytest.fixture
def event(session: Session, frozen_clock: datetime) -> Any:
    event = scenes.event()
    scenes.earner(event, given_names="Rosa")
    scenes.earner(event, given_names="Elmer")
    return event


def pdfsig(data: bytes, folder: Path) -> str:
    """Return what an independent reader says of a file's signature."""
    path = folder / "firmada.pdf"
    path.write_bytes(data)
    return subprocess.run(
        [str(find("pdfsig")), str(path)], capture_output=True, text=True, check=False
    ).stdout


def issued(session: Session) -> list[Certificate]:
    return list(session.scalars(select(Certificate).order_by(Certificate.id)))


@pytest.mark.parametrize("key", [EC, RSA], ids=["elliptic curve", "RSA"])
def test_another_reader_finds_the_signature_valid(
    session: Session, event: Any, tmp_path: Path, key: Any
) -> None:
    keys.add(event.organisation, p12(key), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    for certificate in issued(session):
        file = services.file_of(certificate)
        said = pdfsig(file, tmp_path)
        assert "Signature is Valid" in said
        assert "ETSI.CAdES.detached" in said
        assert "Total document signed" in said
        assert "Juana Firmante" in said
        assert hashlib.sha256(file).hexdigest() == certificate.sha256


def test_the_signature_only_adds_to_what_was_drawn(session: Session, event: Any) -> None:
    """A signed file begins with the very bytes that the same certificate has without a signature."""
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    certificate = issued(session)[0]
    signed = services.file_of(certificate)
    drawn = services.drawn_again(certificate)
    assert signed.startswith(drawn)
    assert len(signed) > len(drawn)


def test_a_changed_byte_breaks_the_signature(session: Session, event: Any, tmp_path: Path) -> None:
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    file = bytearray(services.file_of(issued(session)[0]))
    place = file.index(b"/CreationDate")
    file[place + 20] ^= 1
    assert "Signature is Valid" not in pdfsig(bytes(file), tmp_path)


def test_a_replacement_is_signed_too(session: Session, event: Any, tmp_path: Path) -> None:
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    new = services.replace(issued(session)[0], name="Rosa Corregida", reason="Nombre", by=None, at=NOON)
    assert "Signature is Valid" in pdfsig(services.file_of(new), tmp_path)


def test_without_a_key_nothing_is_signed(session: Session, event: Any) -> None:
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    assert keys.retire(event.organisation, at=NOON)
    assert not keys.retire(event.organisation, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    assert session.scalars(select(SignedFile)).all() == []
    assert services.file_of(issued(session)[0]) == services.drawn_again(issued(session)[0])


def test_a_download_is_the_same_each_time(client: FlaskClient, session: Session, event: Any) -> None:
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    certificate = issued(session)[0]
    session.commit()
    address = f"/certificados/{codes.grouped(certificate.code)}.pdf"
    assert client.get(address).data == client.get(address).data == services.file_of(certificate)
    verdict = client.get(f"/verificar/{codes.grouped(certificate.code)}").text
    assert "El archivo lleva la firma electrónica de Juana Firmante, Municipalidad de Prueba" in verdict


BAD_FILES = {
    "not a key file": (lambda: b"%PDF-1.7 nothing", PASSWORD, KeyUnreadable),
    "nothing": (lambda: b"", PASSWORD, KeyUnreadable),
    "cut in half": (lambda: p12()[:400], PASSWORD, KeyUnreadable),
    "another password": (p12, "otra", KeyUnreadable),
    "no password": (p12, "", KeyUnreadable),
    "certificates alone": (lambda: p12(with_key=False), PASSWORD, KeyLacking),
    "small RSA": (lambda: p12(rsa.generate_private_key(65537, 1024)), PASSWORD, KeyWeak),  # noqa: S505 - that is the point
    "another kind of key": (lambda: p12(ed25519.Ed25519PrivateKey.generate()), PASSWORD, KeyWeak),
    "meant for encryption": (
        lambda: p12(EC, certificate_of(EC, is_for_signing=False)),
        PASSWORD,
        KeyNotForSigning,
    ),
    "expired": (lambda: p12(EC, certificate_of(EC, years=1)), PASSWORD, KeyNotValidNow),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_what_is_no_good_key_is_refused(session: Session, event: Any, what: str) -> None:
    make, password, error = BAD_FILES[what]
    with pytest.raises(error):
        keys.add(event.organisation, make(), password, at=NOON)
    assert session.scalars(select(SigningKey)).all() == []


def test_an_expired_key_stops_the_issue_before_it_starts(session: Session, event: Any) -> None:
    keys.add(event.organisation, p12(EC, certificate_of(EC, years=3)), PASSWORD, at=NOON)
    with pytest.raises(KeyNotValidNow):
        issuing.start(event, by=None, at=NOON + timedelta(days=400))
    assert issued(session) == []


def test_a_key_sealed_under_another_server_key_stops_it_too(
    app: Any, session: Session, event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    session.flush()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key, also longer than thirty-two characters")
    signatures.signer.cache_clear()
    with pytest.raises(KeySealed):
        issuing.start(event, by=None, at=NOON)
    signatures.signer.cache_clear()


def test_the_database_holds_no_key_in_the_clear(session: Session, event: Any) -> None:
    key = keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    assert b"Juana" not in key.sealed
    with pytest.raises(ValueError, match=r".+"):
        pkcs12.load_pkcs12(key.sealed, None)
    actions = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions[-1] == "signing_key.added"


def test_a_new_key_takes_the_place_of_the_one_before(session: Session, event: Any) -> None:
    first = keys.add(event.organisation, p12(), PASSWORD, at=NOON)
    second = keys.add(event.organisation, p12(RSA), PASSWORD, at=NOON)
    session.flush()
    assert first.retired_at == NOON
    assert queries.key_in_force(event.organisation_id) == second
    assert queries.keys_of(event.organisation_id) == [second, first]


def test_an_administrator_adds_and_retires_a_key(session: Session, event: Any, sign_in: Any) -> None:
    office = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/firma"
    assert "se emiten sin firma electrónica" in office.get(address).text
    sent = office.post(address, data={"file": (io.BytesIO(p12()), "firma.p12"), "password": PASSWORD})
    assert sent.status_code == 303
    page = office.get(address).text
    assert "Juana Firmante, Municipalidad de Prueba" in page
    assert "del 31 de diciembre de 2023 al 28 de diciembre de 2033" in page
    assert office.post(f"{address}/retirar").status_code == 303
    assert "Claves anteriores" in office.get(address).text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"password": PASSWORD}, "Elija el archivo de la clave"),
        ({"file": (b"nada", "firma.p12"), "password": PASSWORD}, "No podemos abrir este archivo"),
        ({"file": (b"x" * 110_000, "firma.p12"), "password": PASSWORD}, "como máximo 100 KB"),
    ],
)
def test_a_bad_file_is_refused_at_its_place(
    session: Session, event: Any, sign_in: Any, data: dict[str, Any], words: str
) -> None:
    office = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    sent = {key: (io.BytesIO(value[0]), value[1]) if key == "file" else value for key, value in data.items()}
    answer = office.post(
        f"/gestion/entidad/{event.organisation.slug}/firma", data=sent, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.ADMINISTRATOR])
def test_strangers_reach_no_key(session: Session, event: Any, sign_in: Any, role: Role) -> None:
    stranger = sign_in(factories.user(role, organisation=factories.organisation()))
    address = f"/gestion/entidad/{event.organisation.slug}/firma"
    expected = 404 if role == Role.ADMINISTRATOR else 403
    assert stranger.get(address).status_code == expected
    assert stranger.post(address).status_code == expected
    assert stranger.post(f"{address}/retirar").status_code == expected
