"""How a day's sessions are laid out: one after another, or side by side where they run at the same time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.events.models import Day, Event, Session


class Phase(StrEnum):
    """Where a session or a day stands against the clock."""

    PAST = "past"
    NOW = "now"
    COMING = "coming"


def phase(starts_at: datetime, ends_at: datetime, *, at: datetime) -> Phase:
    """Return whether a span of time lies behind `at`, holds it, or lies ahead."""
    if ends_at <= at:
        return Phase.PAST
    return Phase.NOW if starts_at <= at else Phase.COMING


def slots(sessions: Iterable[Session]) -> list[list[Session]]:
    """Return sessions in the order of time, those that overlap in one list.

    A session that overlaps any of a slot belongs to it: a workshop beside two shorter talks makes one slot.
    """
    found: list[list[Session]] = []
    for session in sorted(sessions, key=lambda session: (session.starts_at, session.ends_at)):
        if found and session.starts_at < max(other.ends_at for other in found[-1]):
            found[-1].append(session)
        else:
            found.append([session])
    return found


def current_day(event: Event, *, at: datetime) -> Day | None:
    """Return the day that a reader wants first: today, else the next one, else the first."""
    today = at.astimezone(ZoneInfo(event.timezone)).date()
    return next((day for day in event.days if day.date >= today), event.days[0] if event.days else None)


def daily_hours(event: Event) -> tuple[datetime, datetime] | None:
    """Return a first beginning and a last end if every day with sessions keeps the same hours, else None."""
    zone = ZoneInfo(event.timezone)
    spans = [_span(day.sessions) for day in event.days if day.sessions]
    hours: set[tuple[time, time]] = {
        (start.astimezone(zone).time(), end.astimezone(zone).time()) for start, end in spans
    }
    return spans[0] if len(hours) == 1 else None


def _span(sessions: Sequence[Session]) -> tuple[datetime, datetime]:
    return min(session.starts_at for session in sessions), max(session.ends_at for session in sessions)
