"""Presence on a screen."""

from datetime import datetime
from typing import cast

from sqlalchemy import RowMapping, Table, bindparam, insert, select, update

from app.attendance import rules
from app.attendance.errors import RoomClosed
from app.attendance.models import AttendanceEvent, LedgerKind, LedgerSource, PresenceInterval
from app.events.models import Session
from app.extensions import db

_TABLE = cast(Table, PresenceInterval.__table__)
_COLUMNS = tuple(_TABLE.c)
# What each beat of thousands asks is built once.
_BEGIN = insert(_TABLE)
_GROW = (
    update(_TABLE)
    .where(
        _TABLE.c.registration_id == bindparam("person"),
        _TABLE.c.session_id == bindparam("session"),
        _TABLE.c.device == bindparam("by"),
        ~_TABLE.c.in_ledger,
        _TABLE.c.ends_at >= bindparam("heard_since"),
    )
    .values(ends_at=bindparam("until"))
    .returning(_TABLE.c.starts_at)
)
BY_HAND = "button"  # the device of whoever presses "I am still here" instead of running a script


def beat(
    registration: rules.Attendee, session: rules.Timed, *, device: str, at: datetime, by_hand: bool = False
) -> rules.Span:
    """Record that a participant has a session's room in sight at an instant of the server's clock.

    A beat credits the minute that follows it. Where the same device was heard of a short while before (150
    seconds, or 10 minutes for whoever presses the button), the time in between counts too. Returns the stretch that
    the beat belongs to. Raises RoomClosed.
    """
    if not rules.is_room_open(session.starts_at, session.ends_at, at=at):
        raise RoomClosed
    ends_at = rules.beat_ends(at, ends_at=session.ends_at)
    silence = rules.LONGEST_SILENCE_BY_HAND if by_hand else rules.LONGEST_SILENCE
    device_of = {"person": registration.id, "session": session.id, "by": device}
    grown = device_of | {"heard_since": at - silence + rules.BEAT, "until": ends_at}
    starts = db.session.execute(_GROW, grown).scalars().all()
    if starts:
        return rules.Span(min(starts), ends_at)
    row = {
        "event_id": registration.event_id,
        "registration_id": registration.id,
        "session_id": session.id,
        "device": device,
        "starts_at": at,
        "ends_at": ends_at,
        "in_ledger": False,
    }
    db.session.execute(_BEGIN, row)
    return rules.Span(at, ends_at)


def stayed(
    registration_id: int, session: Session, *, device: str, starts_at: datetime, ends_at: datetime
) -> None:
    """Record a whole stretch that a room's server tells of, as far as it lies within the session."""
    found = rules.clip(rules.Span(starts_at, ends_at), rules.Span(session.starts_at, session.ends_at))
    if found is None:
        return
    db.session.execute(
        insert(PresenceInterval).values(
            event_id=session.event_id,
            registration_id=registration_id,
            session_id=session.id,
            device=device[:32],
            starts_at=found.starts_at,
            ends_at=found.ends_at,
        )
    )


def settle(*, at: datetime, limit: int = 2000) -> int:
    """Enter into the ledger the stretches that grow no more, at most `limit`; return how many those were.

    A stretch is over when no beat can reach it any more, of a page or of a button. It is marked and entered in one
    transaction, so that it counts once.
    """
    table = PresenceInterval
    over = ~table.in_ledger & (table.ends_at < at - rules.LONGEST_SILENCE_BY_HAND)
    chosen = select(table.id).where(over).order_by(table.ends_at).limit(limit)
    marked = update(table).where(over, table.id.in_(chosen)).values(in_ledger=True)
    rows = db.session.execute(marked.returning(*_COLUMNS)).mappings().all()
    if rows:
        db.session.execute(insert(AttendanceEvent), [_as_entry(row, at=at) for row in rows])
    return len(rows)


def _as_entry(stretch: RowMapping, *, at: datetime) -> dict[str, object]:
    """Return the row of the ledger that a stretch becomes."""
    copied = ("event_id", "registration_id", "session_id", "starts_at", "ends_at")
    return {name: stretch[name] for name in copied} | {
        "kind": LedgerKind.INTERVAL,
        "source": LedgerSource.PRESENCE,
        "source_ref": f"presence_intervals:{stretch['id']}",
        "recorded_at": at,
    }
