"""What is said in a room: its chat, reactions, announcements; and how many are there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.attendance.models import PresenceInterval
from app.events.models import Event, Session
from app.extensions import db
from app.live.models import Announcement, Message, Reaction, ReactionKind, Silence
from app.live.rules import ANNOUNCED_FOR, REACTION_STEPS, reaction_step

MOST_MESSAGES = 40  # that a room shows, the newest


@dataclass(frozen=True)
class Said:
    """A message with whose it is; the number of the registration is for the moderator."""

    id: int
    text: str
    said_by: str
    said_at: datetime
    registration_id: int


@dataclass(frozen=True)
class Talk:
    """What is said in a room, alike for everybody: the newest first, reactions of the last minute."""

    announcements: list[Announcement]
    messages: list[Said]
    reactions: dict[ReactionKind, int]


def talk(session_id: int, *, at: datetime) -> Talk:
    """Return what is said in a room."""
    return Talk(_announced_in(session_id, at=at), _messages(session_id), _reactions(session_id, at=at))


def _announced_in(session_id: int, *, at: datetime) -> list[Announcement]:
    statement = (
        select(Announcement)
        .join(Session, Session.event_id == Announcement.event_id)
        .where(
            Session.id == session_id,
            Announcement.ended_at.is_(None),
            Announcement.posted_at > at - ANNOUNCED_FOR,
        )
        .order_by(Announcement.id.desc())
    )
    return list(db.session.scalars(statement.limit(3)))


def _messages(session_id: int) -> list[Said]:
    statement = (
        select(Message)
        .options(joinedload(Message.registration))
        .where(Message.session_id == session_id, ~Message.is_removed)
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    )
    return [
        Said(
            one.id,
            one.text,
            f"{one.registration.given_names} {one.registration.first_surname}",
            one.sent_at,
            one.registration_id,
        )
        for one in db.session.scalars(statement)
    ]


def _reactions(session_id: int, *, at: datetime) -> dict[ReactionKind, int]:
    statement = (
        select(Reaction.kind, func.sum(Reaction.number))
        .where(Reaction.session_id == session_id, Reaction.step > reaction_step(at) - REACTION_STEPS)
        .group_by(Reaction.kind)
    )
    found = {kind: int(number) for kind, number in db.session.execute(statement)}
    return {kind: found.get(kind, 0) for kind in ReactionKind}


def message_of(session_id: int, message_id: int) -> Message | None:
    """Return a message of this room's chat."""
    return db.session.scalar(
        select(Message).where(Message.id == message_id, Message.session_id == session_id)
    )


def is_silenced(session_id: int, registration_id: int) -> bool:
    """Return whether somebody may not write in a room's chat."""
    return db.session.get(Silence, (session_id, registration_id)) is not None


def silenced_in(session_id: int) -> set[int]:
    """Return the ids of those who may not write in a room's chat."""
    statement = select(Silence.registration_id).where(Silence.session_id == session_id)
    return set(db.session.scalars(statement))


def announcement_of(event: Event, announcement_id: int) -> Announcement | None:
    """Return an announcement of this event."""
    return db.session.scalar(
        select(Announcement).where(Announcement.id == announcement_id, Announcement.event_id == event.id)
    )


def people_in(session: Session, *, at: datetime) -> int:
    """Return how many people have a session's room in sight now, each once whatever their devices."""
    statement = select(func.count(PresenceInterval.registration_id.distinct())).where(
        PresenceInterval.event_id == session.event_id,
        PresenceInterval.session_id == session.id,
        ~PresenceInterval.in_ledger,
        PresenceInterval.ends_at > at,
    )
    return db.session.scalar(statement) or 0
