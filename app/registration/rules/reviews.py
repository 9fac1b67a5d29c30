"""What an office may say of a registration that waits for its word."""

from enum import StrEnum

NOTE_LENGTH = 1000  # characters


class Verdict(StrEnum):
    """The office's word on a registration."""

    APPROVE = "approve"
    ASK = "ask"
    REJECT = "reject"


def needs_note(verdict: Verdict) -> bool:
    """Return whether a verdict must come with words to the person: what is missing, or why not."""
    return verdict != Verdict.APPROVE
