"""Keys and tokens that are derived or hashed, so that a copy of the database opens nothing."""

import base64
import hashlib
import hmac
import secrets

from flask import current_app


def derive(purpose: str, *parts: object, length: int = 18) -> bytes:
    """Return `length` bytes of HMAC-SHA256 over `parts`, under the server's key and a named purpose."""
    message = "\x1f".join([purpose, *map(str, parts)]).encode()
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, message, hashlib.sha256).digest()[:length]


def matches(expected: bytes, given: bytes) -> bool:
    """Compare in a time that does not tell where they differ."""
    return hmac.compare_digest(expected, given)


def new_token() -> str:
    """Return a fresh one-time token for an address: 192 random bits, URL-safe."""
    return secrets.token_urlsafe(24)


def hashed(token: str) -> str:
    """Return what of a token is kept in the database. Tokens are long and random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def to_text(data: bytes) -> str:
    """Return URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Undo `to_text`. Raises ValueError on anything else."""
    data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if to_text(data) != text:
        raise ValueError("not the canonical form")
    return data
