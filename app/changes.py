"""Writing values into a row, and telling which of them changed."""

from dataclasses import fields
from typing import Any


def apply(row: Any, facts: Any) -> list[str]:
    """Set the fields of the dataclass `facts` on `row`. Returns the names of those that changed."""
    changed = []
    for field in fields(facts):
        value = getattr(facts, field.name)
        if getattr(row, field.name) != value:
            setattr(row, field.name, value)
            changed.append(field.name)
    return changed
