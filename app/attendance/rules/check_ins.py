"""Checking in by oneself: which code a screen shows when, for which session, and how long it is taken."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from app import codes
from app.attendance.rules.presence import OPENS_BEFORE

STEP = timedelta(seconds=30)  # a screen's code turns as often
STEPS_TAKEN = 3  # the code shown and the two before it: whoever begins to type has a minute left at least
DIGITS = 6
CODE_LENGTH = 6  # of a stream's code
STREAM_LAG = timedelta(
    minutes=30
)  # a stream's code is taken so long after the session: streams lag, people finish
TICKET_LIVES = timedelta(minutes=10)  # for looking up the code of one's pass


class Timed(Protocol):
    """What has a beginning and an end."""

    id: int
    starts_at: datetime
    ends_at: datetime


S = TypeVar("S", bound=Timed)


def step_of(at: datetime) -> int:
    """Return the number of the step in which an instant falls."""
    return int(at.timestamp() // STEP.total_seconds())


def seconds_left(at: datetime) -> int:
    """Return how many whole seconds a code is still shown, at least 1."""
    step = int(STEP.total_seconds())
    return step - int(at.timestamp()) % step


def steps_taken(at: datetime) -> range:
    """Return the steps of which a code is taken at an instant, the newest first."""
    newest = step_of(at)
    return range(newest, newest - STEPS_TAKEN, -1)


def digits(mac: bytes) -> str:
    """Return six digits of a message's authentication code: one in a million is guessed."""
    return f"{int.from_bytes(mac[:8]) % 10**DIGITS:0{DIGITS}d}"


def typed(text: str) -> str:
    """Return a typed code as it is compared."""
    return codes.normalise(text[:40])


def is_open(starts_at: datetime, ends_at: datetime, *, at: datetime) -> bool:
    """Return whether one can check in to a session in its room: from 15 minutes before it until its end."""
    return starts_at - OPENS_BEFORE <= at < ends_at


def takes_code(starts_at: datetime, ends_at: datetime, *, at: datetime) -> bool:
    """Return whether a stream's code is taken: from 15 minutes before the session until half an hour after it."""
    return starts_at - OPENS_BEFORE <= at < ends_at + STREAM_LAG


def shown(sessions: Iterable[S], *, at: datetime) -> S | None:
    """Return the session of a room for which its screen shows a code: the one under way, else the next that opens."""
    opened = [one for one in sessions if is_open(one.starts_at, one.ends_at, at=at)]
    under_way = [one for one in opened if one.starts_at <= at]
    if under_way:
        return max(under_way, key=lambda one: (one.starts_at, one.id))
    return min(opened, key=lambda one: (one.starts_at, one.id), default=None)


def coming(sessions: Iterable[S], *, at: datetime) -> S | None:
    """Return the next session of a room whose check-in is still to open."""
    later = [one for one in sessions if one.starts_at - OPENS_BEFORE > at]
    return min(later, key=lambda one: (one.starts_at, one.id), default=None)


def may_share_phone(group_id: int | None, owner_group_id: int | None, *, is_shared: bool) -> bool:
    """Return whether somebody may check in with another's phone: within a group that the office allows it."""
    return is_shared and group_id is not None and group_id == owner_group_id
