"""When a room takes people, and what a beat of an open page credits."""

from datetime import datetime, timedelta
from typing import Protocol

# A room opens this long before its session begins; what is seen before the beginning is not credited.
OPENS_BEFORE = timedelta(minutes=15)
# An open page sends a beat once a minute. A beat credits the minute that follows it.
BEAT = timedelta(minutes=1)
# A device heard of again within this time was there in between: one lost beat and a slow line are forgiven.
LONGEST_SILENCE = timedelta(seconds=150)
# Pressing a button is an act, which a page left open is not, and nobody presses it every minute.
LONGEST_SILENCE_BY_HAND = timedelta(minutes=10)


class Attendee(Protocol):
    """Somebody registered: a whole row, or as much of it as a beat needs."""

    @property
    def id(self) -> int:
        """The registration."""

    @property
    def event_id(self) -> int:
        """Its event."""


class Timed(Protocol):
    """A session: a whole row, or as much of it as a beat needs."""

    @property
    def id(self) -> int:
        """The session."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""


def is_room_open(starts_at: datetime, ends_at: datetime, *, at: datetime) -> bool:
    """Return whether a session's room takes people: from 15 minutes before until the end."""
    return starts_at - OPENS_BEFORE <= at < ends_at


def beat_ends(at: datetime, *, ends_at: datetime) -> datetime:
    """Return until when a beat at an instant credits: a minute, but not past the session's end."""
    return min(at + BEAT, ends_at)
