"""Which rooms concern a participant now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.attendance.rules import OPENS_BEFORE, is_room_open
from app.events.models import Session
from app.events.rules import in_progress, next_up


class RoomState(StrEnum):
    """Whether one can enter a session's room."""

    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Now:
    """What is on and what comes next. `rooms` are the sessions whose room can be entered, those under way first."""

    on: list[Session]
    rooms: list[Session]
    next: Session | None


def state(session: Session, *, at: datetime) -> RoomState:
    """Return whether a session's room is still to open, open or over."""
    if is_room_open(session.starts_at, session.ends_at, at=at):
        return RoomState.OPEN
    return RoomState.BEFORE if at < session.starts_at else RoomState.OVER


def opens_at(session: Session) -> datetime:
    """Return when a session's room opens."""
    return session.starts_at - OPENS_BEFORE


def now(sessions: Iterable[Session], *, at: datetime) -> Now:
    """Return what is on, which rooms are open and what comes next (within half a day)."""
    everything = list(sessions)
    rooms = [one for one in everything if one.online_url and state(one, at=at) == RoomState.OPEN]
    rooms.sort(key=lambda one: (one.starts_at > at, one.starts_at, one.id))
    following = next_up((one for one in everything if one.counts), at=at)
    is_near = following is not None and following.starts_at - at < timedelta(hours=12)
    return Now(on=in_progress(everything, at=at), rooms=rooms, next=following if is_near else None)
