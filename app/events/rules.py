"""Rules about an event: its time, its address, its programme, and what it still lacks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from app.events.models import Event, EventStatus, Modality, Room, Session

_NEAR = timedelta(hours=12)
LONGEST_RUN = 31  # days made at once; the days of a longer programme are added one by one
# Words that stand where an event's short address would, below /eventos/ or /gestion/eventos/.
RESERVED_SLUGS = frozenset({"nuevo", "nueva", "agenda", "buscar", "calendario", "pasados", "proximos"})
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Old spellings and fixed offsets, which say nothing of a place.
_NO_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


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


class OnAndNext(NamedTuple):
    """What is on, breaks too, and the session that comes next where it is near."""

    on: list[Session]
    next: Session | None


def on_and_next(sessions: Iterable[Session], *, at: datetime) -> OnAndNext:
    """Return what a visitor wants to know first while an event goes on; what comes next within half a day."""
    everything = list(sessions)
    following = next_up((one for one in everything if one.counts), at=at)
    is_near = following is not None and following.starts_at - at < _NEAR
    return OnAndNext(in_progress(everything, at=at), following if is_near else None)


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the IANA zones that are named after places, in order of their names."""
    names = (name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACES))
    return tuple(sorted(names))


def is_slug(text: str) -> bool:
    """Return whether text can be an event's short address: small ASCII letters and digits joined by dashes."""
    return _SLUG.fullmatch(text) is not None


def moved_to_zone(moment: datetime, *, old: str, new: str) -> datetime:
    """Return the instant at which the clocks of the zone `new` show what those of `old` showed at `moment`."""
    return moment.astimezone(ZoneInfo(old)).replace(tzinfo=ZoneInfo(new))


def shifted(moment: datetime, shift: timedelta, *, zone: str) -> datetime:
    """Return an instant whole days later at the same time of day, across changes of the clock too."""
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + shift
    return local.replace(tzinfo=ZoneInfo(zone))


def at_time(day: date, hour: time, *, zone: str) -> datetime:
    """Return the instant at which a day of an event has come to a time of day."""
    return datetime.combine(day, hour, ZoneInfo(zone))


def end_at(day: date, hour: time, *, zone: str) -> datetime:
    """Return the instant at which what ends at a time of day ends: at 00:00 the day itself is over."""
    return at_time(day if hour != time.min else day + timedelta(days=1), hour, zone=zone)


class ClashKind(StrEnum):
    """What two sessions cannot share, or what a room cannot hold."""

    ROOM = "room"
    SPEAKER = "speaker"
    CAPACITY = "capacity"


class Clash(NamedTuple):
    """A doubt about the programme: `name` is the room or the person. It warns and never blocks."""

    kind: ClashKind
    name: str
    session: Session
    other: Session | None = None


def overlap(one: Session, other: Session) -> bool:
    """Return whether two sessions are on at the same time; one that begins as the other ends does not."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def clashes(sessions: Iterable[Session], *, capacity: int | None) -> list[Clash]:
    """Return what cannot work in a programme, in the order of time.

    Two sessions at once in one room or with one person; a room that holds fewer than the event's `capacity` while
    nothing else is on, so that everybody is expected in it.
    """
    ordered = sorted(sessions, key=lambda session: (session.starts_at, session.id))
    pairs = [pair for pair in combinations(ordered, 2) if overlap(*pair)]
    found = [clash for pair in pairs for clash in _shared(*pair)]
    parallel = {session.id for pair in pairs for session in pair}
    found += [
        Clash(ClashKind.CAPACITY, session.room.name, session)
        for session in ordered
        if session.room is not None and session.counts and session.id not in parallel
        if _is_too_small(session.room, capacity)
    ]
    return sorted(found, key=lambda clash: clash.session.starts_at)


def _shared(one: Session, other: Session) -> Iterator[Clash]:
    if one.room is not None and one.room_id == other.room_id:
        yield Clash(ClashKind.ROOM, one.room.name, one, other)
    busy = {appearance.speaker_id: appearance.speaker.name for appearance in one.appearances}
    for appearance in other.appearances:
        if appearance.speaker_id in busy:
            yield Clash(ClashKind.SPEAKER, busy[appearance.speaker_id], one, other)


def _is_too_small(room: Room, capacity: int | None) -> bool:
    return room.capacity is not None and capacity is not None and room.capacity < capacity


class Missing(StrEnum):
    """What an event lacks; only the want of a day keeps it from being published."""

    DAY = "day"
    SESSION = "session"
    SUMMARY = "summary"
    VENUE = "venue"
    ONLINE_URL = "online_url"
    CONTACT = "contact"
    HOURS = "hours"


def missing(event: Event, sessions: Sequence[Session]) -> list[Missing]:
    """Return what an event lacks before it is published, the most important first."""
    is_virtual = event.modality == Modality.VIRTUAL
    wants_screen = event.modality != Modality.IN_PERSON
    wants = {
        Missing.DAY: event.starts_on is None,
        Missing.SESSION: not sessions,
        Missing.SUMMARY: not event.summary,
        Missing.VENUE: not is_virtual and not event.venue_name,
        Missing.ONLINE_URL: wants_screen and not any(session.online_url for session in sessions),
        Missing.CONTACT: not event.contact_email,
        Missing.HOURS: event.hours is None,
    }
    return [what for what, is_missing in wants.items() if is_missing]
