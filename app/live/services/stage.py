"""The room of this server: who is let in to watch and to speak, who is silenced, and who is sent out."""

from datetime import datetime
from typing import Any

from app import audit
from app.events.models import Appearance, Event, Session
from app.extensions import db
from app.live import providers, queries
from app.live.errors import NoOwnRoom, SentOut, StageFull
from app.live.models import RoomRemoval
from app.live.providers import janus
from app.live.services.rooms import meeting_of, standing


def watch(event: Event, session: Session, guest: providers.Guest, *, at: datetime) -> dict[str, Any]:
    """Return what a page needs to watch a room of this server now. Raises RoomNotOpen and ProviderFailed."""
    with standing(event, session, guest, at=at) as (place, meeting):
        return _own(place).watch(meeting, guest, at=at)


def speak(part: Appearance, *, joins: bool, at: datetime) -> dict[str, Any]:
    """Return what the page of somebody who speaks needs; whoever `joins` takes the place of their former page.

    Raises RoomNotOpen, SentOut, StageFull and ProviderFailed.
    """
    session, guest = part.session, speaker(part)
    slot = _slot(part)
    with standing(session.event, session, guest, at=at) as (place, meeting):
        room = _own(place)
        if joins:
            room.make_way(meeting, guest.id)
        return room.speak(meeting, guest, at=at) | {"slot": slot}


def go_on_air(part: Appearance) -> None:
    """Show the audience what somebody publishes. Raises SentOut, StageFull and ProviderFailed."""
    slot = _slot(part)
    room, meeting = _room(part.session)
    room.go_on_air(meeting, queries.stage_name(part.speaker_id), slot)


def speaker(part: Appearance) -> providers.Guest:
    """Return somebody who speaks as a provider knows them."""
    return providers.Guest(queries.stage_name(part.speaker_id), part.speaker.name, is_moderator=True)


def silence_on_stage(part: Appearance, *, is_silent: bool) -> None:
    """Take the sound from somebody on stage or give it back; `note_silenced` writes it down. Raises ProviderFailed."""
    room, meeting = _room(part.session)
    room.silence(meeting, queries.stage_name(part.speaker_id), is_silent=is_silent)


def note_silenced(part: Appearance, *, is_silent: bool, at: datetime) -> None:
    """Write down that somebody's sound was taken or given back."""
    action = "room.speaker_muted" if is_silent else "room.speaker_unmuted"
    audit.record(action, part.speaker, event=part.session.event, at=at, session=part.session_id)


def remove_from_stage(part: Appearance, *, at: datetime) -> None:
    """Let somebody who speaks into this room no more; `send_out` then tells Janus. A second time changes nothing."""
    if db.session.get(RoomRemoval, (part.session_id, part.speaker_id)) is None:
        db.session.add(RoomRemoval(session_id=part.session_id, speaker_id=part.speaker_id, removed_at=at))
        audit.record(
            "room.speaker_removed", part.speaker, event=part.session.event, at=at, session=part.session_id
        )


def let_back(part: Appearance, *, at: datetime) -> None:
    """Let somebody into the room again who was sent out; `send_out` then tells Janus."""
    removal = db.session.get(RoomRemoval, (part.session_id, part.speaker_id))
    if removal is not None:
        db.session.delete(removal)
        audit.record(
            "room.speaker_let_back", part.speaker, event=part.session.event, at=at, session=part.session_id
        )


def send_out(part: Appearance) -> None:
    """Bring the stage in line with who was removed, and the person off it who was. Raises ProviderFailed."""
    room, meeting = _room(part.session)
    if part.speaker_id in room.removed:
        room.remove(meeting, queries.stage_name(part.speaker_id))
    else:
        room.change_word(meeting)


def check_own() -> None:
    """Try the connection to Janus. Raises ProviderFailed."""
    janus.Room(providers.OWN_ROOM).check()


def _slot(part: Appearance) -> int:
    if part.speaker_id in queries.removed_from(part.session_id):
        raise SentOut
    slot = queries.slot_of(part)
    if slot >= janus.SLOTS:
        raise StageFull
    return slot


def _room(session: Session) -> tuple[janus.Room, providers.Meeting]:
    return _own(queries.place_of(session.event, session)), meeting_of(session.event, session)


def _own(place: providers.Place) -> janus.Room:
    if not isinstance(place, janus.Room):
        raise NoOwnRoom
    return place
