"""Whose hands are up in a room."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from app import signing
from app.events.models import Session
from app.extensions import db
from app.live.models import Hand
from app.live.queries.rooms import settings_of
from app.registration.models import Registration, RegistrationStatus


@dataclass(frozen=True)
class HandUp:
    """A hand. By its mark alone its owner's page knows it again; the name is empty in a room without names."""

    registration_id: int
    mark: str
    name: str
    raised_at: datetime


@dataclass(frozen=True)
class Hands:
    """The hands of a room, alike for everybody: who has the word, and who waits, in the order they raised theirs."""

    are_taken: bool
    speaking: HandUp | None
    waiting: list[HandUp]


def hand_mark(session_id: int, registration_id: int) -> str:
    """Return what stands for somebody's hand on the piece of page that all share: it tells nobody else whose it is."""
    return signing.to_text(signing.derive("room-hand", session_id, registration_id, length=6))


def hands(session_id: int, *, at: datetime, is_moderator: bool = False) -> Hands:
    """Return whose hands are up; none once the session is over, nor of whoever takes part no more.

    The moderator sees names in every room.
    """
    settings = settings_of(session_id)
    has_names = is_moderator or not settings.is_anonymous
    statement = (
        select(Hand)
        .join(Session, Session.id == Hand.session_id)
        .join(Hand.registration)
        .options(contains_eager(Hand.registration))
        .where(
            Hand.session_id == session_id,
            Session.ends_at > at,
            Registration.status == RegistrationStatus.CONFIRMED,
        )
        .order_by(Hand.raised_at, Hand.registration_id)
    )
    rows = list(db.session.scalars(statement)) if settings.takes_hands else []
    speaking = next((_up(one, has_names=has_names) for one in rows if one.has_word), None)
    waiting = [_up(one, has_names=has_names) for one in rows if not one.has_word]
    return Hands(settings.takes_hands, speaking, waiting)


def _up(hand: Hand, *, has_names: bool) -> HandUp:
    person = hand.registration
    return HandUp(
        person.id,
        hand_mark(hand.session_id, person.id),
        f"{person.given_names} {person.first_surname}" if has_names else "",
        hand.raised_at,
    )


def number_of_hands(session_id: int) -> int:
    """Return how many hands are up in a room."""
    statement = select(func.count()).select_from(Hand).where(Hand.session_id == session_id)
    return db.session.scalar(statement) or 0
