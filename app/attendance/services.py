"""Writes of attendance: scans at the door, marks by hand, presence on a screen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app import audit
from app.attendance import queries, rules
from app.attendance.errors import NobodyChosen, NotOfThisEvent, ReasonMissing, RoomClosed
from app.attendance.models import AttendanceMark, DoorCount, PresenceInterval, Scan, ScanResult, ScanSource
from app.attendance.queries import PassHolder
from app.events.models import Day, Event, Session
from app.extensions import db
from app.registration.models import Registration
from app.text import tidy

BY_HAND = "button"  # the device of whoever presses "I am still here" instead of running a script


@dataclass(frozen=True)
class Reading:
    """What a door read: a code or what a QR symbol held, when by the door's clock, and its nonce for it."""

    text: str
    nonce: str
    scanned_at: datetime
    source: ScanSource


@dataclass(frozen=True)
class Answer:
    """What the door is told. `holder` is None for a pass that is not of this event."""

    result: ScanResult
    holder: PassHolder | None
    first_at: datetime | None
    inside: int


def scan(event_id: int, day_id: int, reading: Reading, *, by: int | None, at: datetime) -> Answer:
    """Record a reading and return what the door shall answer.

    The same nonce again records nothing and answers alike. The first admission is decided while nobody else
    can decide about the same pass (see queries.holder_by_code).
    """
    code = rules.code_in(reading.text)
    found = queries.holder_by_code(code, lock=True) if rules.is_pass(code) else None
    holder = found if found is not None and found.event_id == event_id else None
    inside, first_at = queries.people_in_and_first(day_id, holder.id if holder else None)
    if holder is not None:
        result = rules.door_result(holder.status, first_at=first_at)
    else:
        result = ScanResult.OTHER_EVENT if found is not None else ScanResult.UNKNOWN
    scanned_at = rules.own_time(reading.scanned_at, received_at=at)
    is_new = _record(
        {
            "event_id": event_id,
            "day_id": day_id,
            "registration_id": holder.id if holder else None,
            "typed_code": "" if holder else tidy(reading.text)[:40],
            "result": result,
            "source": reading.source,
            "nonce": reading.nonce,
            "scanned_at": scanned_at,
            "received_at": at,
            "scanned_by_id": by,
        }
    )
    if not is_new:
        return _repeated(event_id, reading.nonce)
    if result is ScanResult.ADMITTED:
        return Answer(result, holder, scanned_at, _count_in(day_id))
    return Answer(result, holder, first_at, inside)


@cache
def _statements(engine: str) -> tuple[Any, Any]:
    """Return the statements of a scan, built once: one adds it unless its nonce is known, one counts it."""
    insert_into = postgresql.insert if engine == "postgresql" else sqlite.insert
    scans, counts = cast(Table, Scan.__table__), cast(Table, DoorCount.__table__)
    record = insert_into(scans).on_conflict_do_nothing(index_elements=["event_id", "nonce"])
    count = insert_into(counts).values(day_id=bindparam("day_id"), inside=1)
    count = count.on_conflict_do_update(index_elements=["day_id"], set_={"inside": counts.c.inside + 1})
    return record.returning(scans.c.id), count.returning(counts.c.inside)


def _record(values: dict[str, object]) -> bool:
    """Add a scan; return False where the same nonce was recorded before."""
    statement, _count = _statements(db.engine.dialect.name)
    return db.session.execute(statement, values).one_or_none() is not None


def _count_in(day_id: int) -> int:
    """Count one more person in, and return how many that makes."""
    _add, statement = _statements(db.engine.dialect.name)
    return int(db.session.execute(statement, {"day_id": day_id}).scalar_one())


def _repeated(event_id: int, nonce: str) -> Answer:
    before = queries.reading_by_nonce(event_id, nonce)
    if before is None:
        raise LookupError(f"the scan {nonce} of event {event_id} is gone, which its table does not allow")
    holder = None if before.registration_id is None else queries.holder_by_id(before.registration_id)
    inside, first_at = queries.people_in_and_first(before.day_id, before.registration_id)
    is_first = before.result is ScanResult.ADMITTED
    return Answer(before.result, holder, before.scanned_at if is_first else first_at, inside)


def mark(
    event: Event,
    registration_ids: Collection[int],
    *,
    day_id: int | None = None,
    session_id: int | None = None,
    present: bool,
    reason: str,
    by: int | None,
    at: datetime,
) -> int:
    """Write down by hand that people of an event were there, or were not, for a day or else for a session.

    `by` is the id of who writes. Returns how many people it was.

    Raises NobodyChosen, NotOfThisEvent and ReasonMissing.
    """
    written = tidy(reason)[:200]
    if not written:
        raise ReasonMissing
    _check_scope(event, day_id, session_id)
    people = _people_of(event, registration_ids)
    values = {
        "event_id": event.id,
        "day_id": day_id,
        "session_id": session_id,
        "present": present,
        "reason": written,
        "marked_at": at,
        "marked_by_id": by,
    }
    db.session.execute(insert(AttendanceMark), [{**values, "registration_id": person} for person in people])
    audit.record(
        "attendance.marked",
        event=event,
        at=at,
        people=len(people),
        day_id=day_id,
        session_id=session_id,
        present=present,
    )
    return len(people)


def _check_scope(event: Event, day_id: int | None, session_id: int | None) -> None:
    if (day_id is None) == (session_id is None):
        raise NotOfThisEvent
    if day_id is not None:
        statement = select(Day.id).where(Day.id == day_id, Day.event_id == event.id)
    else:
        statement = select(Session.id).where(Session.id == session_id, Session.event_id == event.id)
    if db.session.scalar(statement) is None:
        raise NotOfThisEvent


def _people_of(event: Event, registration_ids: Collection[int]) -> list[int]:
    asked = sorted(set(registration_ids))
    if not asked:
        raise NobodyChosen
    statement = select(Registration.id).where(Registration.event_id == event.id, Registration.id.in_(asked))
    if sorted(db.session.scalars(statement)) != asked:
        raise NotOfThisEvent
    return asked


def beat(
    registration: Registration, session: Session, *, device: str, at: datetime, by_hand: bool = False
) -> None:
    """Record that a participant has a session's room in sight at an instant of the server's clock.

    A beat credits the minute that follows it. Where the same device was heard of a short while before (150
    seconds, or 10 minutes for whoever presses the button), the time in between counts too. Raises RoomClosed.
    """
    if not rules.is_room_open(session.starts_at, session.ends_at, at=at):
        raise RoomClosed
    ends_at = rules.beat_ends(at, ends_at=session.ends_at)
    silence = rules.LONGEST_SILENCE_BY_HAND if by_hand else rules.LONGEST_SILENCE
    if not _extend(registration.id, session.id, device, ends_at, heard_since=at - silence):
        db.session.execute(
            insert(PresenceInterval).values(
                event_id=registration.event_id,
                registration_id=registration.id,
                session_id=session.id,
                device=device,
                starts_at=at,
                ends_at=ends_at,
            )
        )


def _extend(
    registration_id: int, session_id: int, device: str, ends_at: datetime, *, heard_since: datetime
) -> bool:
    """Let a device's stretch grow where its last beat is not too long ago."""
    statement = (
        update(PresenceInterval)
        .where(
            PresenceInterval.registration_id == registration_id,
            PresenceInterval.session_id == session_id,
            PresenceInterval.device == device,
            PresenceInterval.ends_at >= heard_since + rules.BEAT,
        )
        .values(ends_at=ends_at)
        .returning(PresenceInterval.id)
    )
    return bool(db.session.execute(statement).all())
