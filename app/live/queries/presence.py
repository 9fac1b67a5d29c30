"""Who is inside, and who is asked whether they are still there."""

from datetime import datetime

from sqlalchemy import select

from app import signing
from app.attendance.rules import Attendee, Timed
from app.events.models import Session
from app.extensions import db
from app.forms import LARGEST_ID
from app.live.models import RoomCheck
from app.live.queries.rooms import guest_id
from app.live.rules import Check, newest_check
from app.registration.models import Registration


def hook_key(session_id: int) -> str:
    """Return what stands in the address that a room's server calls."""
    return signing.to_text(signing.derive("room-hook", session_id, length=18))


def registration_of_guest(guest: str, session: Session) -> int | None:
    """Return whose a guest's id is, of those registered for a session's event; None for ids that we did not give."""
    number = guest.partition("-")[0]
    if not number.isascii() or not number.isdecimal() or int(number) > LARGEST_ID:
        return None
    if not signing.matches(guest_id(int(number)).encode(), guest.encode()):
        return None
    statement = select(Registration.id).where(
        Registration.id == int(number), Registration.event_id == session.event_id
    )
    return db.session.scalar(statement)


def check_of(person: Attendee, session: Timed, *, at: datetime) -> Check:
    """Return when somebody is asked whether they are still there: at moments of their own, that nobody can foretell."""

    def draw(number: int) -> int:
        return int.from_bytes(signing.derive("presence-check", session.id, person.id, number, length=4))

    return newest_check(session.starts_at, draw, at=at)


def is_answered(person: Attendee, session: Timed, check: Check) -> bool:
    """Return whether somebody has answered a check, or none was made yet."""
    if check.number == 0:
        return True
    row = db.session.get(RoomCheck, (session.id, person.id))
    return row is not None and row.number >= check.number
