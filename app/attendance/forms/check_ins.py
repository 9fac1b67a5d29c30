"""The office's side of checking in by oneself: rooms, sessions and groups, as ids."""

from typing import Any

from app.forms import LARGEST_ID


def ids(values: Any, name: str) -> set[int]:
    """Return the ids that were sent under a name; anything else is passed over."""
    given = (one for one in values.getlist(name) if one.isascii() and one.isdecimal() and len(one) <= 10)
    return {int(one) for one in given if int(one) <= LARGEST_ID}
