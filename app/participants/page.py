"""What stands on a participant's page, put together from the packages below."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.events.models import Event
from app.events.rules import today
from app.registration.models import Registration


class Moment(StrEnum):
    """When the page is opened, which decides what comes first on it."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True)
class Page:
    """The parts of the page that depend on the moment."""

    moment: Moment
    open_rooms: set[int]


def moment_of(event: Event, *, at: datetime) -> Moment:
    """Return whether an event is still to come, is on (by its own dates), or has passed."""
    if event.starts_on is None or event.ends_on is None or today(event, at=at) < event.starts_on:
        return Moment.BEFORE
    return Moment.DURING if today(event, at=at) <= event.ends_on else Moment.AFTER


def of(registration: Registration, event: Event, *, at: datetime) -> Page:
    """Return what to show a participant at an instant."""
    return Page(moment=moment_of(event, at=at), open_rooms=set())
