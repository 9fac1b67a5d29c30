"""Scans at the door."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam

from app import audit
from app.attendance import queries, rules
from app.attendance.errors import ReasonMissing
from app.attendance.models import Direction, DoorCount, Scan, ScanResult, ScanSource
from app.attendance.queries import LET_IN, PassHolder
from app.events.models import Day, Event
from app.extensions import db
from app.registration import passes
from app.registration import queries as registrations
from app.text import tidy
from app.upserts import insert_into

_GENUINE = (passes.Fault.EXPIRED, passes.Fault.REPLACED)  # the pass was that person's once


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
    direction: Direction = Direction.IN


def scan(
    event_id: int, day_id: int, reading: Reading, *, by: int | None, at: datetime, forced: str | None = None
) -> Answer:
    """Record a reading at a day's door and return what the door shall answer.

    The same nonce again records nothing and answers alike. The first admission is decided while nobody else
    can decide about the same pass (see queries.holder_by_code). With `forced`, a reason, the person comes in whatever
    the rules say; whoever calls has asked whether `by` may do that. Raises ReasonMissing where that is empty.
    """
    scanned_at = rules.own_time(reading.scanned_at, received_at=at)
    holder, fault = recognised(event_id, reading.text, at=scanned_at)
    inside, first_at = queries.people_in_and_first(day_id, holder.id if holder else None)
    result = fault or ScanResult.UNKNOWN
    if holder is not None and fault is None:
        result = rules.door_result(holder.status, first_at=first_at)
        if forced is not None and result not in LET_IN:
            result = ScanResult.FORCED
    is_new = record(
        {
            "event_id": event_id,
            "day_id": day_id,
            "registration_id": holder.id if holder else None,
            "reason": reason_of(forced) if result is ScanResult.FORCED else "",
            "typed_code": "" if holder else tidy(reading.text)[:40],
            "result": result,
            "source": reading.source,
            "nonce": reading.nonce,
            "scanned_at": scanned_at,
            "received_at": at,
            "scanned_by_id": by,
        }
    )
    if is_new is None:
        return repeated(event_id, reading.nonce)
    if result is ScanResult.ADMITTED or (result is ScanResult.FORCED and first_at is None):
        return Answer(result, holder, scanned_at, _count_in(day_id))
    return Answer(result, holder, first_at, inside)


def force(event: Event, day: Day, reading: Reading, reason: str, *, by: int, at: datetime) -> Answer:
    """Let somebody in against the rules of a day's door; whoever calls has asked whether `by` may do that.

    Raises ReasonMissing.
    """
    answer = scan(event.id, day.id, reading, by=by, at=at, forced=reason_of(reason))
    if answer.result is ScanResult.FORCED:
        audit.record("attendance.forced", event=event, at=at, nonce=reading.nonce, day=day.id)
    return answer


def recognised(event_id: int, text: str, *, at: datetime) -> tuple[PassHolder | None, ScanResult | None]:
    """Return whose pass was read, and what is wrong with it, for an event; the row stays locked.

    What was read is a signed text, or a short code, by itself or at the end of an address. `at` is when it was read.
    """
    if passes.is_token(text):
        return _signed(event_id, text, at=at)
    code = rules.code_in(text)
    found = queries.holder_by_code(code, lock=True) if rules.is_pass(code) else None
    if found is None:
        return None, ScanResult.UNKNOWN
    return (found, None) if found.event_id == event_id else (None, ScanResult.OTHER_EVENT)


def _signed(event_id: int, text: str, *, at: datetime) -> tuple[PassHolder | None, ScanResult | None]:
    try:
        found = passes.read(text)
    except passes.Unreadable:
        return None, ScanResult.DAMAGED
    if found.says.event_id != event_id:
        return None, ScanResult.OTHER_EVENT
    number = found.says.key_number
    holder, key = queries.holder_and_key(found.says.registration_id, number, at=at)
    void_below = {} if holder is None else {holder.id: holder.pass_version}
    if holder is not None and holder.event_id == event_id:
        keys = {} if key is None else {number: key}
    else:
        keys = registrations.pass_keys_in_force(event_id, at=at)
    fault = passes.check(found, keys, event_id=event_id, void_below=void_below, at=at)
    if holder is None or holder.event_id != event_id:
        return None, ScanResult(fault) if fault else ScanResult.UNKNOWN
    if fault is None:
        return holder, None
    return (holder if fault in _GENUINE else None), ScanResult(fault)


def reason_of(written: str | None) -> str:
    """Return the reason for which somebody comes in against the rules. Raises ReasonMissing."""
    reason = tidy(written or "")[:200]
    if not reason:
        raise ReasonMissing
    return reason


@cache
def _statements(engine: str) -> tuple[Any, Any]:
    """Return the statements of a scan, built once: one adds it unless its nonce is known, one counts it."""
    scans, counts = cast(Table, Scan.__table__), cast(Table, DoorCount.__table__)
    record = insert_into(scans, engine=engine).on_conflict_do_nothing(index_elements=["event_id", "nonce"])
    count = insert_into(counts, engine=engine).values(day_id=bindparam("day_id"), inside=1)
    count = count.on_conflict_do_update(index_elements=["day_id"], set_={"inside": counts.c.inside + 1})
    return record.returning(scans.c.id), count.returning(counts.c.inside)


def record(values: dict[str, object]) -> int | None:
    """Add a scan and return its id, or None where the same nonce was recorded before."""
    statement, _count = _statements(db.engine.dialect.name)
    return db.session.connection().execute(statement, values).scalar_one_or_none()


def _count_in(day_id: int) -> int:
    """Count one more person in, and return how many that makes."""
    _add, statement = _statements(db.engine.dialect.name)
    return int(db.session.connection().execute(statement, {"day_id": day_id}).scalar_one())


def repeated(event_id: int, nonce: str) -> Answer:
    """Return what was answered to a reading that was recorded before."""
    before = queries.reading_by_nonce(event_id, nonce)
    if before is None:
        raise LookupError(f"the scan {nonce} of event {event_id} is gone, which its table does not allow")
    holder = None if before.registration_id is None else queries.holder_by_id(before.registration_id)
    if before.checkpoint_id is not None:
        inside, first_at = queries.repeated(before.checkpoint_id, before)
        return Answer(before.result, holder, first_at, inside, before.direction)
    inside, first_at = queries.people_in_and_first(before.day_id, before.registration_id)
    is_first = before.result is ScanResult.ADMITTED
    return Answer(before.result, holder, before.scanned_at if is_first else first_at, inside)
