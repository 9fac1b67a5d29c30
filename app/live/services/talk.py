"""What is said in a room, and by whom it is kept in order."""

from datetime import datetime

from sqlalchemy import delete

from app import audit
from app.attendance.rules import Attendee, Timed
from app.events.models import Event, Session
from app.extensions import db
from app.live import queries, rules
from app.live.errors import ChatClosed, Silenced
from app.live.models import Announcement, Message, Reaction, ReactionKind, Silence
from app.upserts import insert_into


def say(person: Attendee, session: Timed, typed: str, *, at: datetime) -> Message:
    """Put a message into a room's chat.

    Raises ChatClosed, Silenced, MessageMissing, MessageTooLong and LinksRefused.
    """
    settings = queries.settings_of(session.id)
    if not settings.takes_chat or queries.state(session, at=at) != queries.RoomState.OPEN:
        raise ChatClosed
    if queries.is_silenced(session.id, person.id):
        raise Silenced
    text = rules.message_text(typed, links=settings.allows_links)
    message = Message(session_id=session.id, registration_id=person.id, text=text, sent_at=at)
    db.session.add(message)
    return message


def react(session: Timed, kind: ReactionKind, *, at: datetime) -> None:
    """Count a press of a reaction. Raises ChatClosed while the room is not open."""
    if queries.state(session, at=at) != queries.RoomState.OPEN:
        raise ChatClosed
    row = {"session_id": session.id, "kind": kind, "step": rules.reaction_step(at), "number": 1}
    statement = insert_into(Reaction).values(row)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id", "kind", "step"], set_={"number": Reaction.number + 1}
        )
    )


def settle_chat(
    event: Event, session: Session, *, takes_chat: bool, allows_links: bool, at: datetime
) -> None:
    """Decide whether a room has a chat, and whether links may stand in it."""
    settings = queries.settings_of(session.id)
    settings.takes_chat, settings.allows_links = takes_chat, allows_links
    db.session.add(settings)
    audit.record("room.chat_settled", session, event=event, at=at, open=takes_chat)


def remove_message(event: Event, message: Message, *, at: datetime) -> None:
    """Take a message out of the chat; it is kept, seen by nobody."""
    message.is_removed = True
    audit.record("room.message_removed", message, event=event, at=at)


def silence(event: Event, session: Session, registration_id: int, *, at: datetime) -> None:
    """Let somebody write no more in a room's chat, or again who was silenced."""
    gone = delete(Silence).where(Silence.session_id == session.id, Silence.registration_id == registration_id)
    if db.session.execute(gone.returning(Silence.session_id)).all():
        audit.record("room.person_heard", session, event=event, at=at, registration=registration_id)
        return
    db.session.add(Silence(session_id=session.id, registration_id=registration_id))
    audit.record("room.person_silenced", session, event=event, at=at, registration=registration_id)


def announce(event: Event, typed: str, *, at: datetime) -> Announcement:
    """Say something in all rooms of an event. Raises MessageMissing and MessageTooLong."""
    announcement = Announcement(event_id=event.id, text=rules.message_text(typed, links=True), posted_at=at)
    db.session.add(announcement)
    audit.record("room.announced", announcement, event=event, at=at)
    return announcement


def end_announcement(event: Event, announcement: Announcement, *, at: datetime) -> None:
    """Take an announcement away."""
    announcement.ended_at = at
    audit.record("room.announcement_ended", announcement, event=event, at=at)
