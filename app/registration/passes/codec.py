"""The text in the QR symbol of a pass: `T1:` and, in base45, what it says and a signature.

What it says takes 17 bytes, big-endian: format (1 byte, 1), number of the organisation's key (2), event (4),
registration (4), version of the pass (2), and when it runs out in minutes since 1970 (4). An Ed25519 signature
(RFC 8032, 64 bytes) over "tinkuy-pass" and these 17 bytes follows. The whole is 125 characters of the alphanumeric
mode of QR: a symbol of version 6 at level M.

The same rules are written in JavaScript for doors without a network; tests/registration/pass_vectors.json binds both.
"""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from app.imports import lazily
from app.registration.passes import base45

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.asymmetric import ed25519
else:
    exceptions = lazily("cryptography.exceptions")
    ed25519 = lazily("cryptography.hazmat.primitives.asymmetric.ed25519")

PREFIX = "T1:"
FORMAT = 1
LARGEST_VERSION = 2**16 - 1
_PAYLOAD = struct.Struct(">BHIIHI")
_PURPOSE = b"tinkuy-pass"  # keeps a signature made for a pass from meaning anything elsewhere
_SIGNATURE = 64


class Fault(StrEnum):
    """Why a pass is not good. The first that holds in this order is told."""

    DAMAGED = "damaged"
    OTHER_EVENT = "other_event"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    EXPIRED = "expired"
    REPLACED = "replaced"


class Unreadable(ValueError):
    """A text is no pass: cut off, of another format, or something else altogether."""


class Pass(NamedTuple):
    """What a pass says. `expires_at` is cut to whole minutes."""

    key_number: int
    event_id: int
    registration_id: int
    version: int
    expires_at: datetime


class Read(NamedTuple):
    """A pass as it was read, with what its signature covers. Nothing of it is to be believed before it is checked."""

    says: Pass
    signed: bytes
    signature: bytes


def sign(says: Pass, private_key: bytes) -> str:
    """Return the text of a pass, signed with the 32 bytes of an Ed25519 key: the same each time."""
    minutes = int(says.expires_at.timestamp()) // 60
    payload = _PAYLOAD.pack(
        FORMAT, says.key_number, says.event_id, says.registration_id, says.version, minutes
    )
    key = ed25519.Ed25519PrivateKey.from_private_bytes(private_key)
    return PREFIX + base45.encode(payload + key.sign(_PURPOSE + payload))


def public_key_of(private_key: bytes) -> bytes:
    """Return the 32 bytes with which anybody may check what a key signed."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def is_token(text: str) -> bool:
    """Return whether a text means to be a signed pass."""
    return text.lstrip().startswith(PREFIX)


def read(text: str) -> Read:
    """Take a text apart without believing it. Raises Unreadable."""
    try:
        data = base45.decode(text.strip().removeprefix(PREFIX))
    except ValueError as error:
        raise Unreadable from error
    if not is_token(text) or len(data) != _PAYLOAD.size + _SIGNATURE or data[0] != FORMAT:
        raise Unreadable
    payload = data[: _PAYLOAD.size]
    _format, key_number, event_id, registration_id, version, minutes = _PAYLOAD.unpack(payload)
    says = Pass(key_number, event_id, registration_id, version, datetime.fromtimestamp(minutes * 60, tz=UTC))
    return Read(says, _PURPOSE + payload, data[_PAYLOAD.size :])


def check(
    found: Read,
    keys: Mapping[int, bytes],
    *,
    event_id: int,
    void_below: Mapping[int, int],
    at: datetime,
) -> Fault | None:
    """Return what is wrong with a pass at the door of an event, or None.

    `keys` are the public keys in force of the event's organisation by number, `void_below` the lowest version that is
    good of each registration whose passes were replaced or revoked. A pass is good until just before it runs out.
    """
    says = found.says
    if says.event_id != event_id:
        return Fault.OTHER_EVENT
    if says.key_number not in keys:
        return Fault.UNKNOWN_KEY
    if not _is_genuine(found, keys[says.key_number]):
        return Fault.FORGED
    if at >= says.expires_at:
        return Fault.EXPIRED
    return Fault.REPLACED if says.version < void_below.get(says.registration_id, 0) else None


@lru_cache(maxsize=64)
def _public(key: bytes) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(key)


def _is_genuine(found: Read, public_key: bytes) -> bool:
    try:
        _public(public_key).verify(found.signature, found.signed)
    except (exceptions.InvalidSignature, ValueError):
        return False
    return True
