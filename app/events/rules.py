"""Rules about an event's time."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.events.models import Event, EventStatus, Session


class RegistrationWindow(StrEnum):
    """Whether people can register now."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"


def registration_window(event: Event, *, at: datetime) -> RegistrationWindow:
    """Return whether registration is open: within its window, and not after the event's last day."""
    if event.status != EventStatus.PUBLISHED:
        return RegistrationWindow.CLOSED
    if event.registration_opens_at is not None and at < event.registration_opens_at:
        return RegistrationWindow.NOT_YET
    if event.registration_closes_at is not None and at >= event.registration_closes_at:
        return RegistrationWindow.CLOSED
    if event.ends_on is None or today(event, at=at) > event.ends_on:
        return RegistrationWindow.CLOSED
    return RegistrationWindow.OPEN


def today(event: Event, *, at: datetime) -> date:
    """Return the event's own date at an instant: an evening in Lima belongs to its Lima date."""
    return at.astimezone(ZoneInfo(event.timezone)).date()


def in_progress(sessions: Iterable[Session], *, at: datetime) -> list[Session]:
    """Return the sessions that are on at an instant."""
    return [session for session in sessions if session.starts_at <= at < session.ends_at]


def next_up(sessions: Iterable[Session], *, at: datetime) -> Session | None:
    """Return the first session that is still to begin."""
    later = [session for session in sessions if session.starts_at > at]
    return min(later, key=lambda session: session.starts_at, default=None)
