"""What decides about registrations: pure functions."""

from app.registration.rules.editing import (
    CHOICE_KINDS,
    DECIDING_KINDS,
    fresh_key,
    misplaced,
    values_of,
)
from app.registration.rules.groups import COLUMNS, MOST_ROWS, has_begun, kind_of, link_works, pasted, repeated
from app.registration.rules.namesakes import are_alike, names_of, slips_of
from app.registration.rules.passes import GRACE, pass_expires_at
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
from app.registration.rules.requests import Names
from app.registration.rules.robots import FLOOD, HELD_FOR, doubt, is_puzzle_wanted
from app.registration.rules.windows import closes_at, opens_at, survey_window, ways, window
from app.text import folded

__all__ = [
    "CHOICE_KINDS",
    "COLUMNS",
    "DECIDING_KINDS",
    "FLOOD",
    "GRACE",
    "HELD_FOR",
    "MOST_ROWS",
    "Names",
    "are_alike",
    "closes_at",
    "doubt",
    "entity_key",
    "first_status",
    "fold",
    "folded",
    "fresh_key",
    "has_begun",
    "identity",
    "is_document",
    "is_name",
    "is_phone",
    "is_puzzle_wanted",
    "kind_of",
    "link_works",
    "misplaced",
    "names_of",
    "normalise_document",
    "opens_at",
    "pass_expires_at",
    "pasted",
    "repeated",
    "slips_of",
    "sort_key",
    "survey_window",
    "values_of",
    "ways",
    "window",
]
