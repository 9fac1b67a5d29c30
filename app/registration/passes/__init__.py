"""Passes: short signed texts that say who may come to which event, verifiable with a public key alone."""

from app.registration.passes.codec import (
    LARGEST_VERSION,
    PREFIX,
    Fault,
    Pass,
    Unreadable,
    check,
    is_token,
    public_key_of,
    read,
    sign,
)

__all__ = [
    "LARGEST_VERSION",
    "PREFIX",
    "Fault",
    "Pass",
    "Unreadable",
    "check",
    "is_token",
    "public_key_of",
    "read",
    "sign",
]
