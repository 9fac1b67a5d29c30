"""Typed text made clean: what people see is what is kept."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.imports import lazily

if TYPE_CHECKING:
    import email_validator
else:
    email_validator = lazily("email_validator")

# Control characters, zero-width and bidirectional marks: none belongs into a name, some disguise it.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_TURNING = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}


# What a spreadsheet would take for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def harmless(texts: Sequence[str]) -> list[str]:
    """Return texts that no spreadsheet takes for a formula: what looks like one gets an apostrophe before it."""
    return [f"'{text}" if text[:1] in _FORMULA else text for text in texts]


def tidy(text: str) -> str:
    """Return typed text in NFC, its spaces made single, without invisible or bidirectional signs."""
    composed = unicodedata.normalize("NFC", text)
    visible = (" " if char in "\t\r\n" else char for char in composed)
    kept = "".join(char for char in visible if unicodedata.category(char) not in _INVISIBLE)
    return " ".join(kept.split())


def tidy_lines(text: str) -> str:
    """Return a text of several paragraphs, each line tidied, with at most one empty line between two."""
    lines = [tidy(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index > 0 and lines[index - 1])]
    return "\n".join(kept).strip()


def folded(text: str) -> str:
    """Return text for comparing and searching: small letters, without accents (ñ counts as n here)."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(char for char in decomposed if unicodedata.category(char) != "Mn").split())


def is_email(text: str) -> bool:
    """Return whether text has the form of an e-mail address (RFC 5322). Asks no network."""
    try:
        # test_environment: names under .test are taken too, for rehearsals
        email_validator.validate_email(text, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError:
        return False
    return True


def is_disguised(text: str) -> bool:
    """Return whether text holds NUL, or marks that turn the direction of writing: they show another text than the
    one that is stored.
    """
    return any(char == "\0" or unicodedata.bidirectional(char) in _TURNING for char in text)
