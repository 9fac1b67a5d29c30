"""Keys on tokens (PKCS#11), with SoftHSM for a token: what it signs, and what stops an issue before it starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certificates import issuing, keys, services, tokens
from app.certificates.errors import (
    KeyNotValidNow,
    TokenFailed,
    TokenKeyLacking,
    TokenMissing,
    TokenPinRefused,
    TokensNotServed,
)
from app.certificates.models import Certificate, IssueRun, SigningKey
from app.permissions import Role
from scripts.services import find
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_signatures import EC, RSA, certificate_of, issued, pdfsig
from tests.conftest import NOON

TOKEN, PIN = "Municipalidad de Prueba", "482915"
LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")
STRANGE = ec.generate_private_key(ec.SECP256R1())


def _softhsm(*words: str) -> None:
    subprocess.run([str(find("softhsm2-util")), *words], check=True, capture_output=True)


def _put(folder: Path, label: str, number: str, key: Any, certificate: Any) -> None:
    """Lay a key onto the token, and a certificate beside it if there is one."""
    path = folder / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _softhsm("--import", str(path), "--token", TOKEN, "--label", label, "--id", number, "--pin", PIN)
    if certificate is None:
        return
    held = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
        pkcs11.Attribute.TOKEN: True,
        pkcs11.Attribute.LABEL: label,
        pkcs11.Attribute.ID: bytes.fromhex(number),
        pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
        pkcs11.Attribute.VALUE: certificate.public_bytes(Encoding.DER),
    }
    with pkcs11.lib(_library()).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        session.create_object(held)


def _library() -> str:
    return next(path for path in LIBRARIES if Path(path).exists())


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run with a SoftHSM of one's own that holds a token with good keys and bad ones."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    _softhsm("--init-token", "--free", "--label", TOKEN, "--so-pin", "1234567890", "--pin", PIN)
    _put(folder, "curva", "a1", EC, certificate_of(EC, years=10))
    _put(folder, "rsa", "a2", RSA, certificate_of(RSA, years=10))
    _put(folder, "vencida", "a3", EC, certificate_of(EC, years=1))
    _put(folder, "ajena", "a4", STRANGE, certificate_of(EC, years=10))
    _put(folder, "sola", "a5", STRANGE, None)
    yield folder
    pkcs11.unload(_library())
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.fixture
def event(app: Flask, session: Session, frozen_clock: Any, drawer: Path, monkeypatch: Any) -> Any:
    monkeypatch.setitem(app.config, "PKCS11_LIBRARY", _library())
    event = scenes.event()
    scenes.earner(event, given_names="Rosa")
    return event


@pytest.mark.parametrize("label", ["curva", "rsa"])
def test_another_reader_finds_a_tokens_signature_valid(
    session: Session, event: Any, sign_in: Any, tmp_path: Path, label: str
) -> None:
    office = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/firma"
    sent = office.post(f"{address}/token", data={"token": TOKEN, "key": label, "pin": PIN})
    assert sent.status_code == 303
    assert f"<dd>{TOKEN}</dd>" in office.get(address).text
    issuing.issue_here(event, by=None, at=NOON)
    (certificate,) = issued(session)
    file = services.file_of(certificate)
    said = pdfsig(file, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "Juana Firmante" in said
    assert file.startswith(services.drawn_again(certificate))
    (key,) = session.scalars(select(SigningKey))
    assert PIN.encode() not in key.sealed


REFUSED = {
    "another PIN": (TOKEN, "curva", "000000", TokenPinRefused),
    "a PIN too short": (TOKEN, "curva", "1", TokenPinRefused),
    "no such token": ("Otro", "curva", PIN, TokenMissing),
    "no such key": (TOKEN, "otra", PIN, TokenKeyLacking),
    "no certificate": (TOKEN, "sola", PIN, TokenKeyLacking),
    "another key's certificate": (TOKEN, "ajena", PIN, TokenKeyLacking),
    "expired": (TOKEN, "vencida", PIN, KeyNotValidNow),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_token_will_not_do_is_told(event: Any, what: str) -> None:
    token, key, pin, error = REFUSED[what]
    with pytest.raises(error):
        keys.on_token(tokens.Access(token, key, pin), at=NOON)


def test_a_library_that_is_none_is_told(app: Flask, event: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PKCS11_LIBRARY", __file__)
    with pytest.raises(TokenFailed):
        tokens.found(tokens.Access(TOKEN, "curva", PIN))


def test_a_refusal_keeps_what_was_typed_but_the_pin(session: Session, event: Any, sign_in: Any) -> None:
    office = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/firma/token"
    answer = office.post(address, data={"token": TOKEN, "key": "curva", "pin": "000000"})
    assert answer.status_code == 422
    assert "La tarjeta o token no acepta este PIN" in answer.text
    assert f'value="{TOKEN}"' in answer.text
    assert "000000" not in answer.text
    assert office.post(address, data={"token": TOKEN, "key": "curva"}).status_code == 422
    assert session.scalars(select(SigningKey)).all() == []


def test_a_changed_pin_stops_the_issue_before_it_starts(session: Session, event: Any, sign_in: Any) -> None:
    found = keys.on_token(tokens.Access(TOKEN, "curva", PIN), at=NOON)
    keys.add_on_token(event.organisation, found, at=NOON)
    with pytest.raises(KeyNotValidNow):
        issuing.start(event, by=None, at=NOON + timedelta(days=3650))
    organiser = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    session.commit()
    _change_pin(PIN, "719204")
    try:
        answer = organiser.post(f"/gestion/eventos/{event.slug}/constancias/emisiones")
    finally:
        _change_pin("719204", PIN)
    assert (answer.status_code, answer.location) == (422, None)
    assert "La tarjeta o token no acepta este PIN" in answer.text
    assert session.scalars(select(IssueRun)).all() == []
    assert session.scalars(select(Certificate)).all() == []


def _change_pin(old: str, new: str) -> None:
    with pkcs11.lib(_library()).get_token(token_label=TOKEN).open(rw=True, user_pin=old) as session:
        session.set_pin(old, new)


def test_without_a_library_no_token_is_opened(
    app: Flask, event: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody but the server's environment can have a library loaded; and what loads it may not be installed."""
    office = sign_in(factories.user(Role.ADMINISTRATOR, organisation=event.organisation))
    address = f"/gestion/entidad/{event.organisation.slug}/firma"
    assert "Firmar con una clave en tarjeta o token" in office.get(address).text
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    answer = office.post(f"{address}/token", data={"token": TOKEN, "key": "curva", "pin": PIN})
    assert answer.status_code == 422
    assert "Este servidor no está preparado para tarjetas ni tokens" in answer.text
    monkeypatch.setitem(app.config, "PKCS11_LIBRARY", "")
    assert "Firmar con una clave en tarjeta o token" not in office.get(address).text
    with pytest.raises(TokensNotServed):
        tokens.found(tokens.Access(TOKEN, "curva", PIN))


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.ADMINISTRATOR])
def test_strangers_try_no_pin(session: Session, event: Any, sign_in: Any, role: Role) -> None:
    stranger = sign_in(factories.user(role, organisation=factories.organisation()))
    answer = stranger.post(f"/gestion/entidad/{event.organisation.slug}/firma/token")
    assert answer.status_code == (404 if role == Role.ADMINISTRATOR else 403)
