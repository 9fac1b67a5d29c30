"""Keeping the summaries abreast of the ledger, in small shares; and computing them from scratch, the same way."""

from collections import defaultdict
from collections.abc import Collection
from typing import cast

from sqlalchemy import Table, delete, insert, literal, select, text

from app.attendance import queries, rules
from app.attendance.models import AttendanceChange, AttendanceEvent, AttendanceSummary, AttendanceTotal
from app.extensions import db

SHARE = 500  # registrations in one transaction: a fraction of a second in which SQLite takes no other writer
_LOCK = 0x6C65_6467  # PostgreSQL's advisory lock of whoever recomputes
_NOTES = AttendanceChange
# The tables, not the classes: rows are written as they are, without the mapper.
_TOTALS = cast(Table, AttendanceTotal.__table__)
_SHARES = cast(Table, AttendanceSummary.__table__)


def catch_up(*, limit: int = SHARE) -> int:
    """Recompute the summaries of some registrations that are behind; return how many notes of that were taken away.

    In the present transaction. Nothing is lost by stopping at any moment, or by two at once: notes are taken away
    along with what they asked for.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    spread = _spread_whole_events()
    # Read before the ledger is: whatever is recorded in between has a note of its own, which stays.
    notes = db.session.execute(
        select(_NOTES.id, _NOTES.event_id, _NOTES.registration_id)
        .where(_NOTES.registration_id.is_not(None))
        .order_by(_NOTES.id)
        .limit(limit)
    ).all()
    people: defaultdict[int, set[int]] = defaultdict(set)
    for _id, event_id, registration_id in notes:
        people[event_id].add(int(registration_id or 0))
    for event_id, registration_ids in people.items():
        _recompute(event_id, registration_ids)
    if notes:
        db.session.execute(delete(_NOTES).where(_NOTES.id.in_([note[0] for note in notes])))
    return len(notes) + spread


def _spread_whole_events() -> int:
    """Turn each note about a whole event into one for each registration of which something is recorded."""
    notes = db.session.execute(
        select(_NOTES.id, _NOTES.event_id).where(_NOTES.registration_id.is_(None))
    ).all()
    for event_id in sorted({event_id for _id, event_id in notes}):
        known = select(literal(event_id), AttendanceEvent.registration_id).where(
            AttendanceEvent.event_id == event_id
        )
        db.session.execute(insert(_NOTES).from_select(["event_id", "registration_id"], known.distinct()))
    if notes:
        db.session.execute(delete(_NOTES).where(_NOTES.id.in_([note[0] for note in notes])))
    return len(notes)


def _recompute(event_id: int, registration_ids: Collection[int]) -> None:
    programme, memo = queries.slots(event_id), rules.Memo()
    recorded = queries.settled_evidence(registration_ids)
    totals, shares = [], []
    for number, evidence in recorded.items():
        found = rules.summary(programme, evidence, memo)
        if not found.sessions:
            continue
        days = {str(day_id): minutes for day_id, minutes in found.days.items()}
        totals.append(
            {"registration_id": number, "event_id": event_id, "minutes": found.minutes, "days": days}
        )
        shares += [
            {
                "registration_id": number,
                "session_id": session_id,
                "event_id": event_id,
                "minutes": share.minutes,
                "percent": share.percent,
                "source": share.source,
            }
            for session_id, share in found.sessions.items()
        ]
    for table, rows in ((_TOTALS, totals), (_SHARES, shares)):
        db.session.execute(delete(table).where(table.c.registration_id.in_(registration_ids)))
        if rows:
            db.session.execute(insert(table), rows)


def forget(event_id: int) -> None:
    """Throw an event's summaries away, for `catch_up` to compute from the ledger anew."""
    for table in (AttendanceSummary, AttendanceTotal, AttendanceChange):
        db.session.execute(delete(table).where(table.event_id == event_id))
    db.session.execute(insert(_NOTES).values(event_id=event_id))
