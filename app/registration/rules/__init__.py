"""What decides about registrations: pure functions."""

from app.registration.rules.people import (
    entity_key,
    first_status,
    fold,
    identity,
    is_document,
    is_name,
    is_phone,
    normalise_document,
    sort_key,
)
from app.registration.rules.windows import window
from app.text import folded

__all__ = [
    "entity_key",
    "first_status",
    "fold",
    "folded",
    "identity",
    "is_document",
    "is_name",
    "is_phone",
    "normalise_document",
    "sort_key",
    "window",
]
