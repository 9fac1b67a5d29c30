"""What holds for a form's make-up: the keys of its fields, the order of its conditions."""

from collections.abc import Collection, Iterable
from typing import Any

from app.accounts.rules import slugify
from app.registration.models import FieldKind

KEY_LENGTH = 40
CHOICE_KINDS = (FieldKind.ONE_OF, FieldKind.SOME_OF)
# What a condition may look at: answers that are one or some of a few.
DECIDING_KINDS = (*CHOICE_KINDS, FieldKind.YES_NO)


def fresh_key(label: str, taken: Collection[str]) -> str:
    """Return a key made of a label that none of `taken` is: "entidad", and for the next one "entidad-2"."""
    plain = slugify(label, limit=KEY_LENGTH)
    key, number = plain, 1
    while key in taken:
        number += 1
        key = f"{plain[: KEY_LENGTH - len(str(number)) - 1]}-{number}"
    return key


def misplaced(order: Iterable[tuple[str, dict[str, Any] | None]]) -> list[str]:
    """Return the keys of the fields, given in order with their conditions, that look at none that stands before."""
    seen: set[str] = set()
    found = []
    for key, condition in order:
        if condition is not None and condition["field"] not in seen:
            found.append(key)
        seen.add(key)
    return found


def values_of(kind: FieldKind, choices: Iterable[dict[str, Any]]) -> list[Any]:
    """Return the answers to a field that a condition may ask for."""
    if kind == FieldKind.YES_NO:
        return [True, False]
    return [choice["key"] for choice in choices] if kind in DECIDING_KINDS else []
