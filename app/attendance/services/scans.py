"""Scans at the door."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from app.attendance import queries, rules
from app.attendance.models import DoorCount, Scan, ScanResult, ScanSource
from app.attendance.queries import PassHolder
from app.extensions import db
from app.text import tidy


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
