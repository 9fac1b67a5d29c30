"""What can be learned of a certificate from outside: pure but for the `fetch` that it is given."""

import base64
import binascii
import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app import codes
from app.credentials import rules as credentials
from app.imports import lazily
from app.publiclog import entries, notes
from app.publiclog import rules as tree

if TYPE_CHECKING:
    from asn1crypto import pem, x509  # type: ignore[import-untyped]
    from pyhanko.pdf_utils import misc, reader
    from pyhanko.sign import validation
    from pyhanko_certvalidator import context
else:
    pem, x509 = lazily("asn1crypto.pem"), lazily("asn1crypto.x509")
    misc, reader = lazily("pyhanko.pdf_utils.misc"), lazily("pyhanko.pdf_utils.reader")
    validation = lazily("pyhanko.sign.validation")
    context = lazily("pyhanko_certvalidator.context")

FILE_NAME = "credencial.jwt"
Fetch = Callable[[str], bytes]  # the body at an address; raises OSError


class Verdict(StrEnum):
    """What a witness says."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One sentence about a file, in English: who says it, and what."""

    about: str
    verdict: Verdict
    text: str


def signatures(data: bytes, roots: list[bytes]) -> Iterator[Finding]:
    """Yield what each signature of a PDF proves; `roots` are certificates (PEM or DER) of authorities to trust."""
    try:
        found = reader.PdfFileReader(io.BytesIO(data)).embedded_signatures
    except (misc.PdfError, ValueError, OSError):
        yield Finding("file", Verdict.BAD, "it is no readable PDF")
        return
    if not found:
        yield Finding("signature", Verdict.UNKNOWN, "the file is not signed")
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    for one in found:
        yield _signature(one, [_certificate(root) for root in roots])


def _certificate(data: bytes) -> "x509.Certificate":
    return x509.Certificate.load(pem.unarmor(data)[2] if pem.detect(data) else data)


def _signature(one: Any, roots: list[Any]) -> Finding:
    trusted = context.ValidationContext(trust_roots=roots, allow_fetching=False)
    try:
        status = validation.validate_pdf_signature(one, signer_validation_context=trusted)
    except (misc.PdfError, ValueError) as error:
        return Finding("signature", Verdict.BAD, f"it cannot be read ({type(error).__name__})")
    subject = status.signing_cert.subject.human_friendly
    if not (status.intact and status.valid):
        return Finding("signature", Verdict.BAD, f"the file was changed after {subject} signed it")
    if status.coverage != validation.SignatureCoverageLevel.ENTIRE_FILE:
        return Finding("signature", Verdict.BAD, f"something was added after {subject} had signed")
    if not status.trusted:
        return Finding(
            "signature",
            Verdict.GOOD,
            f"unchanged since {subject} signed it; who that is, nobody trusted says",
        )
    return Finding(
        "signature", Verdict.GOOD, f"unchanged since {subject} signed it, whom the given authority knows"
    )


def credential_in(data: bytes) -> str | None:
    """Return the credential that a PDF carries, or None."""
    try:
        names = reader.PdfFileReader(io.BytesIO(data)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        files = {str(names[place]): names[place + 1] for place in range(0, len(names), 2)}
        return bytes(files[FILE_NAME]["/EF"]["/F"].data).decode("ascii")
    except (misc.PdfError, ValueError, OSError, LookupError, TypeError):
        return None


def credential(
    token: str, document: Mapping[str, Any] | None, fetch: Fetch
) -> tuple[list[Finding], dict[str, Any] | None]:
    """Return what a credential proves, and its claims where its signature holds."""
    try:
        did = credentials.issuer_of(token)
        known = document or json.loads(fetch(credentials.document_address(did)))
        claims = credentials.opened(token, known)
    except credentials.BadCredential as error:
        return [Finding("credential", Verdict.BAD, str(error))], None
    except (OSError, ValueError, TypeError) as error:
        return [Finding("credential", Verdict.UNKNOWN, f"its issuer's keys could not be had: {error}")], None
    name, event = _told(claims)
    text = f"{name}, «{event}», vouched for by {claims['issuer'].get('name', did)} ({did})"
    return [Finding("credential", Verdict.GOOD, text), _status(claims, known, fetch)], claims


def _told(claims: Mapping[str, Any]) -> tuple[str, str]:
    subject = claims["credentialSubject"]
    return subject["identifier"][0]["identityHash"], subject["achievement"]["name"]


def _status(claims: Mapping[str, Any], document: Mapping[str, Any], fetch: Fetch) -> Finding:
    entry = claims["credentialStatus"]
    try:
        listed = credentials.opened(fetch(entry["statusListCredential"]).decode("ascii"), document)
        if listed["id"] != entry["statusListCredential"]:
            return Finding("status", Verdict.BAD, "its site answered with another list")
        is_ended = credentials.is_ended(
            listed["credentialSubject"]["encodedList"], int(entry["statusListIndex"])
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Finding("status", Verdict.UNKNOWN, f"whether it still holds could not be asked: {error}")
    if is_ended:
        return Finding("status", Verdict.BAD, "it was annulled or replaced")
    return Finding("status", Verdict.GOOD, "it was neither annulled nor replaced")


def log(
    claims: Mapping[str, Any], fingerprint: str, fetch: Fetch, *, verifier: str | None
) -> Iterator[Finding]:
    """Yield what the public log of the issuer's site says of the file with this SHA-256."""
    address = urlsplit(claims["id"])
    site = f"{address.scheme}://{address.netloc}"
    code = codes.normalise(address.path.rpartition("/")[2])
    try:
        key = verifier or fetch(f"{site}/registro/clave").decode().strip()
        told = json.loads(fetch(f"{site}/registro/prueba/{codes.grouped(code)}.json"))
        proven = [_proven(entry, key) for entry in told["entries"]]
    except (notes.BadNote, LookupError, TypeError, binascii.Error) as error:
        yield Finding("log", Verdict.BAD, f"its proof does not hold: {error}")
        return
    except (OSError, ValueError) as error:
        yield Finding("log", Verdict.UNKNOWN, f"it could not be asked: {error}")
        return
    ours = [entry for entry in proven if entry["digest"] == entries.digest(code, fingerprint)]
    if not ours:
        yield Finding("log", Verdict.BAD, "it knows another file under this code: not one byte may differ")
        return
    for entry in ours:
        verdict = Verdict.GOOD if entry["kind"] == "issued" else Verdict.BAD
        yield Finding("log", verdict, f"{entry['kind']} on {entry['at']}, entered on {entry['logged']}")


def _proven(entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a log entry that is proven to be in the tree of a signed checkpoint. Raises BadNote."""
    checkpoint = notes.opened(entry["note"], key)
    leaf = tree.leaf_hash(entry["entry"].encode())
    path = [base64.b64decode(step) for step in entry["proof"]]
    if not tree.is_included(leaf, entry["number"], checkpoint.size, path, checkpoint.root):
        raise notes.BadNote("the entry is not in the log's tree")
    told: dict[str, Any] = json.loads(entry["entry"])
    return told
