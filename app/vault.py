"""What is kept encrypted, so that a copy of the database gives nothing away: AES-256-GCM under the server's key."""

import os
from typing import TYPE_CHECKING

from app import signing
from app.imports import lazily

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.ciphers import aead
else:
    exceptions = lazily("cryptography.exceptions")
    aead = lazily("cryptography.hazmat.primitives.ciphers.aead")

_NONCE = 12  # bytes


class CannotUnseal(Exception):
    """The server's own key has changed since, or what was kept is damaged."""


def seal(plain: bytes, *, purpose: str) -> bytes:
    """Return something as it is kept. What is sealed for one purpose does not open for another."""
    nonce = os.urandom(_NONCE)
    return nonce + _key(purpose).encrypt(nonce, plain, None)


def unseal(kept: bytes, *, purpose: str) -> bytes:
    """Undo `seal`. Raises CannotUnseal."""
    try:
        return _key(purpose).decrypt(kept[:_NONCE], kept[_NONCE:], None)
    except (exceptions.InvalidTag, ValueError) as error:
        raise CannotUnseal from error


def _key(purpose: str) -> "aead.AESGCM":
    return aead.AESGCM(signing.derive(purpose, length=32))
