"""What can go wrong in the work itself, in words that a person can act on."""

from typing import Any


class DomainError(Exception):
    """A rule refused what was asked. `message` is translatable text; `field` names the form field it belongs to."""

    message: Any = ""
    field: str | None = None

    def __init__(self, message: Any = None, field: str | None = None) -> None:
        if message is not None:
            self.message = message
        if field is not None:
            self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)
