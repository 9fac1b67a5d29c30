"""What decides about registrations: pure functions."""

from app.registration.rules.people import (
    entity_key,
    first_status,
    fold,
    folded,
    identity,
    is_document,
    is_name,
    normalise_document,
    sort_key,
)

__all__ = [
    "entity_key",
    "first_status",
    "fold",
    "folded",
    "identity",
    "is_document",
    "is_name",
    "normalise_document",
    "sort_key",
]
