"""Electronic signatures: PAdES baseline B-B (ETSI EN 319 142-1) with a body's own key, by pyHanko.

Such a signature proves that the file comes from the holder of the key and was not changed. Only one with a key of the
national infrastructure (IOFE, Ley N.° 27269) equals a handwritten signature, and the texts never claim more.

It loads slowly, and most processes sign nothing: import it by app.imports.lazily.
"""

import asyncio
import contextvars
import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from asn1crypto import tsp  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper

from app import outgoing, vault
from app.certificates import tokens
from app.certificates.errors import (
    KeyLacking,
    KeyNotForSigning,
    KeySealed,
    KeyUnreadable,
    KeyWeak,
    TimeStampFailed,
)
from app.outgoing import AddressRefused

SMALLEST_RSA = 2048  # bits
FIELD = "Firma"
_PURPOSE = "organisation-keys"
_TSA_SECONDS, _TSA_LARGEST = 10.0, 100_000  # bytes
Result = TypeVar("Result")


@dataclass(frozen=True)
class KeyFacts:
    """What a key's certificate says of itself. `fingerprint` is its SHA-256 in hexadecimal."""

    subject: str
    issuer: str
    fingerprint: str
    not_before: datetime
    not_after: datetime


def opened(data: bytes, password: str) -> pkcs12.PKCS12KeyAndCertificates:
    """Return key and certificates of a PKCS#12 file.

    Raises KeyUnreadable for another file or a wrong password, and KeyLacking where it holds no key with a certificate.
    """
    try:
        found = pkcs12.load_pkcs12(data, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise KeyUnreadable from error
    if found.key is None or found.cert is None:
        raise KeyLacking
    return found


def facts_of(found: pkcs12.PKCS12KeyAndCertificates) -> KeyFacts:
    """Return what the certificate of a key says.

    Raises KeyNotForSigning for a certificate that its issuer meant for something else, and KeyWeak for a kind or size
    of key that readers no longer trust.
    """
    if found.cert is None:
        raise KeyLacking
    return facts_of_certificate(found.cert.certificate)


def facts_of_certificate(certificate: x509.Certificate) -> KeyFacts:
    """Return what the certificate of a key says. Raises what facts_of raises."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA
    ):
        raise KeyWeak
    if not _is_for_signing(certificate):
        raise KeyNotForSigning
    return KeyFacts(
        subject=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _is_for_signing(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _name(name: x509.Name) -> str:
    """Return the common name, and the organisation where that says more: "Juana Pérez, PCM"."""
    parts = [
        str(found[0].value)
        for oid in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
        if (found := name.get_attributes_for_oid(oid))
    ]
    return ", ".join(dict.fromkeys(parts))[:200] or name.rfc4514_string()[:200]


def sealed(found: pkcs12.PKCS12KeyAndCertificates) -> bytes:
    """Return a key as it is kept: encrypted under the server's key, so that a copy of the database signs nothing."""
    plain = pkcs12.serialize_key_and_certificates(
        b"tinkuy",
        found.key,  # type: ignore[arg-type]
        found.cert.certificate if found.cert else None,
        [one.certificate for one in found.additional_certs],
        NoEncryption(),
    )
    return vault.seal(plain, purpose=_PURPOSE)


class HttpTimeStamper(TimeStamper):
    """Asks a time-stamp server (RFC 3161 over HTTP)."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Return what the server answers. Raises OSError and AddressRefused."""
        headers = {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
        }
        answer = outgoing.post(self.address, req.dump(), headers, seconds=_TSA_SECONDS, largest=_TSA_LARGEST)
        return tsp.TimeStampResp.load(answer, strict=True)


@lru_cache(maxsize=8)
def _time_stamper(address: str) -> HttpTimeStamper:
    """Return what asks a server: kept, for it asks once more at first to learn how long its answers are."""
    return HttpTimeStamper(address)


def check_time_stamps(address: str) -> None:
    """Ask a server for a time stamp. Raises TimeStampFailed."""
    try:
        digest = hashlib.sha256(b"").digest()
        _apart(lambda: asyncio.run(HttpTimeStamper(address).async_timestamp(digest, "sha256")))
    except (OSError, ValueError, AddressRefused) as error:
        raise TimeStampFailed from error


def _apart(work: Callable[[], Result]) -> Result:
    """Return what some work gives that runs an event loop of its own: it cannot where a thread has one already."""
    context = contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(context.run, work).result()


@lru_cache(maxsize=8)
def signer(kept: bytes) -> signers.SimpleSigner:
    """Return what signs with a key that was sealed. Raises KeySealed where the server's key has changed since."""
    try:
        plain = vault.unseal(kept, purpose=_PURPOSE)
    except vault.CannotUnseal as error:
        raise KeySealed from error
    return signers.SimpleSigner.load_pkcs12_data(plain, [])


def signed(
    pdf: bytes, kept: bytes, *, name: str, time_stamps: str | None = None, is_on_token: bool = False
) -> bytes:
    """Return a PDF with an invisible signature added after its last byte: what was there stays as it was.

    `name` is the body's; `time_stamps` is the address of a time-stamp server, with which the signature is of level B-T.
    Raises KeySealed and TimeStampFailed, and for a key on a token what tokens.signer raises.
    """
    with tokens.signer(kept) if is_on_token else nullcontext(signer(kept)) as chosen:
        return _signed(pdf, chosen, name=name, time_stamps=time_stamps)


def _signed(pdf: bytes, chosen: signers.Signer, *, name: str, time_stamps: str | None) -> bytes:
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stamper = _time_stamper(time_stamps) if time_stamps else None
    pdf_signer = signers.PdfSigner(meta, signer=chosen, timestamper=stamper)
    try:
        return bytes(_apart(lambda: pdf_signer.sign_pdf(writer)).getbuffer())
    except (OSError, AddressRefused) as error:
        raise TimeStampFailed from error
