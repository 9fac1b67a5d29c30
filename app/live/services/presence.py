"""Who is inside: as a room's server tells it, and as people answer when they are asked."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update

from app.attendance import services as attendance
from app.attendance.rules import Attendee, Timed
from app.events.models import Session
from app.extensions import db
from app.live import queries
from app.live.models import RoomCheck, RoomStay
from app.live.providers.hooks import Happening, What
from app.upserts import insert_into


def hear(session: Session, happenings: Iterable[Happening], *, at: datetime) -> int:
    """Take in what a room's server tells; return how many of it changed something.

    Nothing lies in the future, whatever its clock says. What is told twice, or of people whom we did not let in,
    changes nothing.
    """
    return sum(_hear(session, one, min(one.at, at)) for one in happenings if one.meeting == session.uid)


def _hear(session: Session, told: Happening, moment: datetime) -> int:
    if told.what == What.ENDED:
        return _leave(session, None, moment)
    if told.what == What.LEFT:
        return _leave(session, told.stay, moment)
    registration_id = queries.registration_of_guest(told.guest, session)
    if registration_id is None:
        return 0
    row = {
        "session_id": session.id,
        "stay": told.stay,
        "registration_id": registration_id,
        "joined_at": moment,
    }
    added = insert_into(RoomStay).values(row).on_conflict_do_nothing().returning(RoomStay.stay)
    return len(db.session.execute(added).all())


def _leave(session: Session, stay: str | None, moment: datetime) -> int:
    """End one stay, or all of a meeting that is over."""
    gone = (
        update(RoomStay)
        .where(RoomStay.session_id == session.id, RoomStay.left_at.is_(None))
        .values(left_at=moment)
    )
    if stay is not None:
        gone = gone.where(RoomStay.stay == stay)
    rows = db.session.execute(
        gone.returning(RoomStay.registration_id, RoomStay.stay, RoomStay.joined_at)
    ).all()
    for registration_id, name, joined_at in rows:
        attendance.stayed(registration_id, session, device=name, starts_at=joined_at, ends_at=moment)
    return len(rows)


def answer_check(person: Attendee, session: Timed, *, at: datetime) -> None:
    """Note that somebody who was asked whether they are still there says so."""
    number = queries.check_of(person, session, at=at).number
    row = {"session_id": session.id, "registration_id": person.id, "number": number}
    db.session.execute(
        insert_into(RoomCheck)
        .values(row)
        .on_conflict_do_update(index_elements=["session_id", "registration_id"], set_={"number": number})
    )
