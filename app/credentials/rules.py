"""Open Badges 3.0 credentials (1EdTech; W3C Verifiable Credentials 2.0) as VC-JWT, and who vouches for them.

All functions are pure and know no web application, so that whoever checks a credential runs the code that made it.
"""

import base64
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from app.imports import lazily

if TYPE_CHECKING:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import ed25519
else:
    jwt = lazily("jwt")
    ed25519 = lazily("cryptography.hazmat.primitives.asymmetric.ed25519")

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
STATUS_CONTEXTS = CONTEXTS[:1]
LIST_LENGTH = (
    131_072  # bits of one list: the least that hides whose status somebody asks for (Bitstring Status List)
)
_ALGORITHM = "EdDSA"


class BadCredential(ValueError):
    """What was given is no credential of this kind, or nobody known signed it."""


@dataclass(frozen=True)
class Award:
    """What a credential tells of a certificate. `address` is that of its verification page."""

    address: str
    name: str
    title: str
    event: str
    organisation: str
    role: str
    narrative: str
    starts_on: date | None
    ends_on: date | None
    issued_at: datetime
    status_list: str
    status_index: int


def did_of(base_url: str) -> str:
    """Return the did:web of a site: `https://a.gob.pe:8000` is `did:web:a.gob.pe%3A8000` (did:web, 2.5)."""
    return f"did:web:{quote(urlsplit(base_url).netloc.rpartition('@')[2], safe='')}"


def document_address(did: str) -> str:
    """Return where the document of a did:web stands. Raises BadCredential for any other DID."""
    parts = did.split(":")
    if parts[:2] != ["did", "web"] or len(parts) != 3 or not parts[2]:
        raise BadCredential("the issuer is no did:web of a whole site")
    host = unquote(parts[2])
    if "/" in host or "@" in host:
        raise BadCredential("the issuer's DID names no host")
    scheme = "http" if host.partition(":")[0] in {"127.0.0.1", "localhost"} else "https"
    return f"{scheme}://{host}/.well-known/did.json"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_jwk(public: bytes) -> dict[str, str]:
    """Return an Ed25519 public key (32 bytes) as a JWK (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": _text(public)}


def key_name(public: bytes) -> str:
    """Return the thumbprint of an Ed25519 public key (RFC 7638, RFC 8037 appendix A.3)."""
    canonical = json.dumps(public_jwk(public), sort_keys=True, separators=(",", ":"))
    return _text(hashlib.sha256(canonical.encode()).digest())


def did_document(did: str, publics: Iterable[bytes]) -> dict[str, Any]:
    """Return the DID document that names the keys of an issuer, former ones included: what they signed still holds."""
    methods = [
        {
            "id": f"{did}#{key_name(public)}",
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": public_jwk(public),
        }
        for public in publics
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def badge(award: Award, *, issuer: str) -> dict[str, Any]:
    """Return the payload of a certificate's credential; `issuer` is a DID.

    The bearer is identified by name alone: no document number, no e-mail, not even hashed.
    """
    activity = {
        "activityStartDate": award.starts_on and f"{award.starts_on.isoformat()}T00:00:00Z",
        "activityEndDate": award.ends_on and f"{award.ends_on.isoformat()}T23:59:59Z",
    }
    return {
        "@context": CONTEXTS,
        "id": award.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.title,
        "issuer": {"id": issuer, "type": ["Profile"], "name": award.organisation},
        "validFrom": _moment(award.issued_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "identityHash": award.name,
                    "hashed": False,
                }
            ],
            "role": award.role,
            **{key: value for key, value in activity.items() if value},
            "achievement": {
                "id": f"{award.address}#logro",
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": award.event,
                "description": award.narrative,
                "criteria": {"narrative": award.narrative},
                "inLanguage": "es",
            },
        },
        "credentialStatus": {
            "id": f"{award.status_list}#{award.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(award.status_index % LIST_LENGTH),
            "statusListCredential": award.status_list,
        },
        "iss": issuer,
        "jti": award.address,
        "nbf": int(award.issued_at.timestamp()),
    }


def status_list(address: str, ended: Iterable[int], *, issuer: str, at: datetime) -> dict[str, Any]:
    """Return the payload of a list in which the bits `ended` (below LIST_LENGTH) are set."""
    return {
        "@context": STATUS_CONTEXTS,
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": _moment(at),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(ended),
        },
        "iss": issuer,
        "jti": address,
        "nbf": int(at.timestamp()),
    }


def encoded(ended: Iterable[int]) -> str:
    """Return a bit string as multibase base64url of its gzip; the first bit is the leftmost one."""
    bits = bytearray(LIST_LENGTH // 8)
    for index in ended:
        bits[index // 8] |= 0x80 >> (index % 8)
    return "u" + _text(gzip.compress(bytes(bits), mtime=0))


def is_ended(encoded_list: str, index: int) -> bool:
    """Return whether a bit is set. Raises BadCredential for what is no such list."""
    try:
        packed = _bytes(encoded_list.removeprefix("u"))
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            bits = file.read(LIST_LENGTH // 8 * 64)
    except (OSError, EOFError, ValueError) as error:
        raise BadCredential("the status list cannot be read") from error
    if not encoded_list.startswith("u") or not 0 <= index < len(bits) * 8:
        raise BadCredential("the status list is too short")
    return bool(bits[index // 8] & (0x80 >> (index % 8)))


def signed(payload: Mapping[str, Any], private: bytes) -> str:
    """Return a credential as a JWT, signed with an Ed25519 key of 32 bytes: the same input gives the same text."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(private)
    name = key_name(key.public_key().public_bytes_raw())
    return jwt.encode(
        dict(payload), key, algorithm=_ALGORITHM, headers={"typ": "JWT", "kid": f"{payload['iss']}#{name}"}
    )


def issuer_of(token: str) -> str:
    """Return who claims to have signed a token, unproven. Raises BadCredential."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise BadCredential("this is no signed credential") from error
    if not isinstance(claims.get("iss"), str):
        raise BadCredential("the credential names no issuer")
    return str(claims["iss"])


def opened(token: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a token that a key of this DID document signed. Raises BadCredential for any other."""
    try:
        name = jwt.get_unverified_header(token).get("kid")
        methods: Sequence[Mapping[str, Any]] = document["verificationMethod"]
        key = next(method["publicKeyJwk"] for method in methods if method["id"] == name)
        if name not in document["assertionMethod"]:
            raise BadCredential("the key is not meant for credentials")
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK.from_dict(dict(key), algorithm=_ALGORITHM),
            algorithms=[_ALGORITHM],
            issuer=document["id"],
            options={"require": ["iss", "nbf", "jti"]},
        )
    except StopIteration as error:
        raise BadCredential("the issuer has no such key") from error
    except (jwt.PyJWTError, KeyError, TypeError) as error:
        raise BadCredential(f"the credential's signature does not hold ({type(error).__name__})") from error
    named = claims.get("issuer")
    if (named.get("id") if isinstance(named, dict) else named) != claims["iss"] or claims.get("id") != claims[
        "jti"
    ]:
        raise BadCredential("the credential contradicts itself")
    return claims


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
