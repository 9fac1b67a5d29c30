"""Hands in a room: raised and taken down by people in it, given the word by a moderator."""

from datetime import datetime

from sqlalchemy import delete, select, update

from app import audit
from app.attendance.rules import Attendee, Timed
from app.events.models import Event, Session
from app.extensions import db
from app.live import queries
from app.live.errors import HandsClosed, TooManyHands
from app.live.models import Hand
from app.live.rules import MOST_HANDS
from app.upserts import insert_into


def raise_hand(person: Attendee, session: Timed, *, at: datetime) -> None:
    """Put somebody's hand up; where it is up it keeps its place. Raises HandsClosed and TooManyHands."""
    is_open = queries.state(session, at=at) == queries.RoomState.OPEN
    if not is_open or not queries.settings_of(session.id).takes_hands:
        raise HandsClosed
    if queries.number_of_hands(session.id) >= MOST_HANDS:
        raise TooManyHands
    row = {"session_id": session.id, "registration_id": person.id, "raised_at": at}
    db.session.execute(insert_into(Hand).values(row).on_conflict_do_nothing())


def take_hand_down(person: Attendee, session: Timed) -> None:
    """Take somebody's own hand down, and with it the word if they have it."""
    db.session.execute(delete(Hand).where(Hand.session_id == session.id, Hand.registration_id == person.id))


def give_word(event: Event, session: Session, registration_id: int, *, at: datetime) -> None:
    """Give somebody whose hand is up the word; the hand of whoever had it goes down.

    The room's hands are locked meanwhile, so that of two moderators at once the second finds the first one's choice.
    A hand that was taken down in the meantime changes nothing.
    """
    of_room = Hand.session_id == session.id
    locked = select(Hand.registration_id).where(of_room).order_by(Hand.registration_id).with_for_update()
    if registration_id not in db.session.scalars(locked).all():
        return
    is_theirs = Hand.registration_id == registration_id
    db.session.execute(delete(Hand).where(of_room, Hand.has_word, ~is_theirs))
    db.session.execute(update(Hand).where(of_room, is_theirs).values(has_word=True))
    audit.record("room.word_given", session, event=event, at=at, registration=registration_id)


def lower_hand(event: Event, session: Session, registration_id: int, *, at: datetime) -> None:
    """Take somebody's hand down for them, and with it the word if they have it."""
    gone = delete(Hand).where(Hand.session_id == session.id, Hand.registration_id == registration_id)
    if db.session.execute(gone.returning(Hand.registration_id)).all():
        audit.record("room.hand_lowered", session, event=event, at=at, registration=registration_id)


def lower_hands(event: Event, session: Session, *, at: datetime) -> None:
    """Take all hands of a room down, that of whoever has the word too."""
    gone = delete(Hand).where(Hand.session_id == session.id).returning(Hand.registration_id)
    if number := len(db.session.execute(gone).all()):
        audit.record("room.hands_lowered", session, event=event, at=at, number=number)
