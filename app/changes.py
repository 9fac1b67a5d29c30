"""Writing values into rows, and telling what changed or what was taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.errors import DomainError
from app.extensions import db


def apply(row: Any, facts: Any) -> list[str]:
    """Set the fields of the dataclass `facts` on `row`. Returns the names of those that changed."""
    changed = []
    for field in fields(facts):
        value = getattr(facts, field.name)
        if getattr(row, field.name) != value:
            setattr(row, field.name, value)
            changed.append(field.name)
    return changed


@contextmanager
def refused_as(refusal: type[DomainError], *, constraint: str = "") -> Iterator[None]:
    """Turn the database's refusal of what the block writes into `refusal`, undoing the block alone.

    `constraint` (such as "events.slug") names the unique column that is meant; empty means any constraint.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        message = str(error.orig)
        if constraint not in message and f"uq_{constraint.replace('.', '_')}" not in message:
            raise
        raise refusal from None
