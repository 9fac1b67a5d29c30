"""Somebody at a room, as far as the small requests need it that thousands send: one row, asked for in one statement.

Loading the whole registration, its event, the session and the room's settings costs more than all the rest of a vote.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, NoReturn

from flask import abort
from sqlalchemy import bindparam, func, select

from app.addresses import LARGEST_NUMBER
from app.attendance.rules import Slot
from app.events.models import Session, SessionKind
from app.extensions import db
from app.live.models import RoomSettings
from app.live.rules import OPENS_MINUTES
from app.registration import queries as registration
from app.registration.models import Registration, RegistrationStatus


class Room(NamedTuple):
    """The session whose room it is, and how the room is run."""

    id: int
    event_id: int
    day_id: int
    room_id: int | None
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    opens_minutes: int
    capacity: int | None
    asks_presence: bool

    @property
    def opens_at(self) -> datetime:
        """When people are let in."""
        return self.starts_at - timedelta(minutes=self.opens_minutes)

    @property
    def minutes(self) -> int:
        """The session's length in whole minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def slots(self) -> list[Slot]:
        """What of it counts as attendance: nothing of a break."""
        if self.kind == SessionKind.BREAK:
            return []
        return [Slot(self.id, self.day_id, self.starts_at, self.ends_at, self.room_id)]

    def is_open(self, *, at: datetime) -> bool:
        """Return whether one can be in the room."""
        return self.opens_at <= at < self.ends_at


class Visit(NamedTuple):
    """A confirmed participant, by their registration, at a room that they may enter."""

    id: int
    event_id: int
    room: Room


_SETTINGS = (
    func.coalesce(RoomSettings.opens_minutes, OPENS_MINUTES),
    RoomSettings.capacity,
    func.coalesce(RoomSettings.asks_presence, False),
)
_OF_SESSION = tuple(getattr(Session, name) for name in Room._fields[:7])
_VISIT = registration.open_to_each(
    select(Registration.id, Registration.event_id, Registration.link_version, *_OF_SESSION, *_SETTINGS)
    .join(Session, Session.event_id == Registration.event_id)
    .outerjoin(RoomSettings, RoomSettings.session_id == Session.id)
).where(
    Registration.id == bindparam("person"),
    Registration.status == RegistrationStatus.CONFIRMED,
    Session.id == bindparam("session"),
    Session.online_url != "",
)


def _not_found() -> NoReturn:
    abort(404)


def visit_or_404(token: str, session_id: int) -> Visit:
    """Return who comes by a personal link to a room that they may enter, or answer 404."""
    number = registration.number_in(token)
    if number is None or session_id > LARGEST_NUMBER:
        _not_found()
    row = db.session.execute(_VISIT, {"person": number, "session": session_id}).one_or_none()
    if row is None:
        _not_found()
    person, event_id, link_version, *room = row
    if not registration.opens(token, person, link_version):
        _not_found()
    return Visit(person, event_id, Room._make(room))
