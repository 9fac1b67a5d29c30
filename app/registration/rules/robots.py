"""What tells a robot from a person who registers, and when a puzzle is asked for."""

from datetime import timedelta
from enum import StrEnum

from app.registration.models import ProofOfWork

FASTEST = timedelta(seconds=3)  # nobody reads and fills in a form in less
OLDEST = timedelta(days=1)
HELD_FOR = timedelta(hours=48)  # within which a submission is confirmed by e-mail
FLOOD = 30  # submissions of robots for one event, within the time over which they are counted


class Doubt(StrEnum):
    """Why a submission might be that of a robot."""

    TRAP = "trap"
    UNSIGNED = "unsigned"
    TOO_FAST = "too_fast"
    TOO_OLD = "too_old"
    UNSOLVED = "unsolved"


def doubt(*, age: timedelta | None, trap: str) -> Doubt | None:
    """Return why a submission is doubted, or None.

    `age` is that of the page it was sent from, None where its signed time is missing or forged; `trap` is what
    stands in the field that people do not see.
    """
    if trap:
        return Doubt.TRAP
    if age is None or age < -FASTEST:
        return Doubt.UNSIGNED
    if age > OLDEST:
        return Doubt.TOO_OLD
    return Doubt.TOO_FAST if age < FASTEST else None


def is_puzzle_wanted(setting: ProofOfWork | str, *, is_flooded: bool) -> bool:
    """Return whether a browser must solve a puzzle before it may register."""
    return setting == ProofOfWork.ALWAYS or (setting == ProofOfWork.IN_A_FLOOD and is_flooded)
