"""Scans at checkpoints: who comes in, goes out, or is let in against the rules."""

from datetime import datetime
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, delete

from app import audit
from app.attendance import queries, rules
from app.attendance.errors import NoDays
from app.attendance.models import (
    Checkpoint,
    CheckpointKind,
    Direction,
    Scan,
    ScanResult,
    ScanSource,
    Whereabouts,
)
from app.attendance.rules import Verdict
from app.attendance.services.scans import Answer, Reading, reason_of, recognised, record, repeated
from app.extensions import db
from app.text import tidy
from app.upserts import insert_into


def pass_through(
    checkpoint: Checkpoint, reading: Reading, *, by: int | None, at: datetime, forced: str | None = None
) -> Answer:
    """Record a reading at a checkpoint and return what it shall answer.

    With `forced`, a reason, the person comes in whatever the rules say; whoever calls has asked whether `by` may do
    that. The same nonce again records nothing and answers alike, and one pass is decided about by one door at a time.

    Raises NoDays, and ReasonMissing for a forced entry without a reason.
    """
    day = queries.day_of_scan(checkpoint, reading.scanned_at)
    if day is None:
        raise NoDays
    scanned_at = rules.own_time(reading.scanned_at, received_at=at)
    holder, fault = recognised(checkpoint.event_id, reading.text, at=scanned_at)
    gate = queries.gate_of(checkpoint)
    verdict = Verdict(fault or ScanResult.UNKNOWN)
    if holder is not None and fault is None:
        local = scanned_at.astimezone(ZoneInfo(checkpoint.event.timezone))
        history = queries.history_of(checkpoint, holder.id)
        verdict = rules.decide(gate, queries.visitor_of(holder, gate), history, at=local)
        if forced is not None and not verdict.passes:
            verdict = Verdict(ScanResult.FORCED)
    reason = reason_of(forced) if verdict.result is ScanResult.FORCED else ""
    scan_id = record(
        {
            "event_id": checkpoint.event_id,
            "day_id": day.id,
            "registration_id": holder.id if holder else None,
            "checkpoint_id": checkpoint.id,
            "session_id": checkpoint.session_id,
            "room_id": checkpoint.room_id,
            "direction": verdict.direction,
            "once": rules.once(
                gate,
                verdict.result,
                verdict.direction,
                at=scanned_at.astimezone(ZoneInfo(checkpoint.event.timezone)),
            ),
            "reason": reason,
            "typed_code": "" if holder else tidy(reading.text)[:40],
            "result": verdict.result,
            "source": reading.source,
            "nonce": reading.nonce,
            "scanned_at": scanned_at,
            "received_at": at,
            "scanned_by_id": by,
        }
    )
    if scan_id is None:
        return repeated(checkpoint.event_id, reading.nonce)
    if holder is not None and verdict.result in queries.WENT_THROUGH:
        move(checkpoint, holder.id, scan_id, verdict.direction, scanned_at)
    if reason:
        audit.record(
            "attendance.forced", event=checkpoint.event, at=at, scan=scan_id, checkpoint=checkpoint.id
        )
    inside = queries.inside(checkpoint.event_id, queries.place_of(checkpoint))
    first_at = verdict.first_at if verdict.result not in queries.WENT_THROUGH else scanned_at
    return Answer(verdict.result, holder, first_at, inside, verdict.direction)


@cache
def _enter(engine: str) -> Any:
    """Return the statement that puts a person into a place, out of where the same scope had them before.

    What a device tells late does not move whoever has moved on since.
    """
    table = cast(Table, Whereabouts.__table__)
    add = insert_into(table, engine=engine)
    new = {name: add.excluded[name] for name in ("place", "checkpoint_id", "scan_id", "since")}
    return add.on_conflict_do_update(
        index_elements=["registration_id", "scope"], set_=new, where=table.c.since <= add.excluded.since
    )


def move(
    checkpoint: Checkpoint, registration_id: int, scan_id: int, direction: Direction, at: datetime
) -> None:
    """Note where somebody is who went through a checkpoint."""
    place = queries.place_of(checkpoint)
    scope = "room" if checkpoint.kind == CheckpointKind.ROOM else place
    if direction is Direction.IN:
        values = {
            "registration_id": registration_id,
            "scope": scope,
            "event_id": checkpoint.event_id,
            "place": place,
            "checkpoint_id": checkpoint.id,
            "scan_id": scan_id,
            "since": at,
        }
        db.session.execute(_enter(db.engine.dialect.name), values)
        return
    db.session.execute(
        delete(Whereabouts).where(
            Whereabouts.registration_id == registration_id,
            Whereabouts.scope == scope,
            Whereabouts.since <= at,
        )
    )


def close_stays(*, at: datetime, limit: int = 500) -> int:
    """Write down for those who never scanned out when they left at the latest; return how many were looked at.

    That is the end of the session that was on or came next where they were, so that nobody is credited more than that
    lasted. Each is a scan like any other, and comes once however often this runs.
    """
    stays = queries.open_stays(before=at - rules.LONGEST_STAY, limit=limit)
    for stay in stays:
        checkpoint = db.session.get_one(Checkpoint, stay.checkpoint_id)
        scan = db.session.get_one(Scan, stay.scan_id)
        if queries.is_leaving_read(checkpoint):
            record(
                {
                    "event_id": scan.event_id,
                    "day_id": scan.day_id,
                    "registration_id": stay.registration_id,
                    "checkpoint_id": checkpoint.id,
                    "session_id": scan.session_id,
                    "room_id": scan.room_id,
                    "direction": Direction.OUT,
                    "once": None,
                    "reason": "",
                    "typed_code": "",
                    "result": ScanResult.ADMITTED,
                    "source": ScanSource.CLOSE,
                    "nonce": f"close-{stay.scan_id}",
                    "scanned_at": rules.left_at_latest(
                        stay.since, queries.sessions_at(checkpoint, scan.day_id)
                    ),
                    "received_at": at,
                    "scanned_by_id": None,
                }
            )
        db.session.execute(
            delete(Whereabouts).where(
                Whereabouts.registration_id == stay.registration_id, Whereabouts.scan_id == stay.scan_id
            )
        )
    return len(stays)
