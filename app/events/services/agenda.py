"""Writes of an event's programme: days, sessions, speakers, rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from blinker import Signal

from app import audit, changes
from app.errors import DomainError
from app.events import queries
from app.events.errors import (
    DayInUse,
    DayTaken,
    OutsideEvent,
    RoomInUse,
    RoomTaken,
    SessionInUse,
    SessionOutOfOrder,
    SpeakerInUse,
)
from app.events.models import Appearance, Day, Event, Room, Session, SessionKind, Speaker, SpeakerRole
from app.extensions import db

session_moved = Signal(
    "Sent with the session and `at`, in the same transaction, once its time or room was changed."
)


@dataclass(frozen=True, kw_only=True)
class SessionFacts:
    """What an office tells of a session. Moments are aware."""

    day_id: int
    room_id: int | None
    title: str
    abstract: str
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    online_url: str


@dataclass(frozen=True, kw_only=True)
class SpeakerFacts:
    """What an office tells of a speaker."""

    name: str
    position: str
    entity: str


@dataclass(frozen=True, kw_only=True)
class RoomFacts:
    """What an office tells of a room; no capacity is no limit."""

    name: str
    capacity: int | None


class Part(NamedTuple):
    """Somebody's part in a session, named as it was typed."""

    name: str
    role: SpeakerRole


def add_day(event: Event, day: date, title: str) -> Day:
    """Add a day to an event. Raises DayTaken."""
    row = Day(event_id=event.id, date=day, title=title)
    with changes.refused_as(DayTaken):
        db.session.add(row)
    audit.record("day.added", row, event=event)
    return row


def retitle_day(event: Event, day: Day, title: str) -> None:
    """Give a day another title."""
    day.title = title
    audit.record("day.updated", day, event=event)


def remove_day(event: Event, day: Day) -> None:
    """Take a day out of an event. Raises DayInUse where it has sessions or attendance."""
    _delete(day, DayInUse)
    audit.record("day.removed", day, event=event)


def save_session(
    event: Event, session: Session | None, facts: SessionFacts, parts: Sequence[Part], *, at: datetime
) -> Session:
    """Add a session (None) or write an existing one, with who speaks in it, in this order.

    A name that the event's speakers do not have becomes a new speaker. Raises OutsideEvent, SessionOutOfOrder.
    """
    if queries.day_of(event, facts.day_id) is None:
        raise OutsideEvent
    if facts.ends_at <= facts.starts_at:
        raise SessionOutOfOrder
    action = "session.created" if session is None else "session.updated"
    row = session or Session(event_id=event.id)
    changed = changes.apply(row, facts)
    row.updated_at = at
    db.session.add(row)
    _set_parts(event, row, parts)
    audit.record(action, row, event=event, at=at, changed=changed)
    if session is not None and {"starts_at", "ends_at", "room_id"} & set(changed):
        session_moved.send(row, at=at)
    return row


def _set_parts(event: Event, session: Session, parts: Sequence[Part]) -> None:
    present = {appearance.speaker.name: appearance.speaker for appearance in session.appearances}
    known = {speaker.name: speaker for speaker in queries.speakers_of(event)} | present
    wanted: dict[int, tuple[Speaker, SpeakerRole]] = {}
    for part in parts:
        speaker = known.get(part.name) or add_speaker(
            event, SpeakerFacts(name=part.name, position="", entity="")
        )
        known[part.name] = speaker
        wanted.setdefault(speaker.id, (speaker, part.role))
    kept = {appearance.speaker_id: appearance for appearance in session.appearances}
    session.appearances = [
        _placed(kept.get(speaker.id) or Appearance(speaker=speaker), role, position)
        for position, (speaker, role) in enumerate(wanted.values())
    ]


def _placed(appearance: Appearance, role: SpeakerRole, position: int) -> Appearance:
    appearance.role, appearance.position = role, position
    return appearance


def delete_session(event: Event, session: Session) -> None:
    """Take a session out of the programme. Raises SessionInUse where people attended it."""
    _delete(session, SessionInUse)
    audit.record("session.deleted", session, event=event)


def add_speaker(event: Event, facts: SpeakerFacts) -> Speaker:
    """Add a speaker to an event."""
    speaker = Speaker(event_id=event.id)
    changes.apply(speaker, facts)
    db.session.add(speaker)
    audit.record("speaker.created", speaker, event=event)
    return speaker


def update_speaker(event: Event, speaker: Speaker, facts: SpeakerFacts) -> None:
    """Write what an office tells of a speaker."""
    changes.apply(speaker, facts)
    audit.record("speaker.updated", speaker, event=event)


def delete_speaker(event: Event, speaker: Speaker) -> None:
    """Take a speaker out of an event. Raises SpeakerInUse where a session names them."""
    if queries.appearances_of(speaker):
        raise SpeakerInUse
    _delete(speaker, SpeakerInUse)
    audit.record("speaker.deleted", speaker, event=event)


def add_room(event: Event, facts: RoomFacts) -> Room:
    """Add a room to an event. Raises RoomTaken."""
    room = Room(event_id=event.id, name=facts.name, capacity=facts.capacity)
    with changes.refused_as(RoomTaken):
        db.session.add(room)
    audit.record("room.created", room, event=event)
    return room


def update_room(event: Event, room: Room, facts: RoomFacts) -> None:
    """Write what an office tells of a room. Raises RoomTaken."""
    with changes.refused_as(RoomTaken):
        changes.apply(room, facts)
    audit.record("room.updated", room, event=event)


def delete_room(event: Event, room: Room) -> None:
    """Take a room out of an event. Raises RoomInUse where sessions take place in it."""
    _delete(room, RoomInUse)
    audit.record("room.deleted", room, event=event)


def _delete(row: Day | Session | Speaker | Room, refused: type[DomainError]) -> None:
    """Delete a row unless others name it: the database knows all that do, other packages' included."""
    with changes.refused_as(refused):
        db.session.delete(row)
