"""An event's agenda as a calendar file (RFC 5545), one entry a session.

An entry keeps its UID for ever, so that a calendar which loads the file again moves what was moved. Times are
in the event's IANA zone, which travels along as VTIMEZONE.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.events.models import Event, EventStatus, Session
from app.imports import lazily

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = lazily("icalendar")

PRODUCT = "-//Tinkuy//Tinkuy//ES"


def feed(
    event: Event, sessions: Iterable[Session], *, link: str, refreshed_every: timedelta | None = None
) -> bytes:
    """Return a calendar file of some sessions of an event; `link` is the address of the page about them.

    `refreshed_every` tells a program that subscribes to it how often to ask again (RFC 7986).
    """
    entries = [(event, session, link) for session in sessions]
    return feed_of_many(entries, name=event.title, zone=event.timezone, refreshed_every=refreshed_every)


def feed_of_many(
    entries: Sequence[tuple[Event, Session, str]],
    *,
    name: str,
    zone: str,
    refreshed_every: timedelta | None = None,
) -> bytes:
    """Return a calendar file of sessions of any events, each with the address of the page about it.

    `name` is the calendar's, `zone` the IANA zone in which it is shown.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    if refreshed_every is not None:
        calendar.add("refresh-interval", refreshed_every, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", icalendar.vDuration(refreshed_every).to_ical().decode())
    for one in sorted({event.timezone for event, _session, _link in entries}):
        years = [session.starts_at.year for event, session, _link in entries if event.timezone == one]
        calendar.add_component(_zone(one, min(years), max(years)))
    for event, session, link in entries:
        calendar.add_component(_entry(event, session, link))
    return calendar.to_ical()


@lru_cache(maxsize=64)
def _zone(name: str, first_year: int, last_year: int) -> "icalendar.Timezone":
    """Return the rules of a zone for the years of an event and one on either side."""
    zone = icalendar.Timezone.from_tzid(
        name, first_date=date(first_year - 1, 1, 1), last_date=date(last_year + 2, 1, 1)
    )
    zone.pop("COMMENT", None)
    return zone


def _entry(event: Event, session: Session, link: str) -> "icalendar.Event":
    zone = ZoneInfo(event.timezone)
    entry = icalendar.Event()
    entry.add("uid", session.uid)
    # The moment of the last change rather than of this answer: an unchanged agenda is the same file.
    entry.add("dtstamp", session.updated_at)
    entry.add("last-modified", session.updated_at)
    entry.add("dtstart", session.starts_at.astimezone(zone))
    entry.add("dtend", session.ends_at.astimezone(zone))
    entry.add("summary", session.title)
    entry.add("description", _description(event, session, link))
    if place := location(event, session):
        entry.add("location", place)
    entry.add("url", link)
    entry.add("status", "CANCELLED" if event.status == EventStatus.CANCELLED else "CONFIRMED")
    return entry


def location(event: Event, session: Session) -> str:
    """Return where a session takes place, from the room outwards; empty where nothing is known."""
    room = session.room.name if session.room else ""
    return ", ".join(part for part in (room, event.venue_name, event.venue_address) if part)


def _description(event: Event, session: Session, link: str) -> str:
    speakers = [
        ", ".join(part for part in (part.speaker.name, part.speaker.position, part.speaker.entity) if part)
        for part in session.appearances
    ]
    parts = [f"{event.title}\n{event.organisation.name}", "\n".join(speakers), session.abstract, link]
    return "\n\n".join(part for part in parts if part)
