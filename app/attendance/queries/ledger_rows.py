"""Rows of the ledger by what they rest on."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from app.attendance.models import AttendanceEvent, LedgerKind, LedgerSource
from app.extensions import db


def standing(event_id: int, source: LedgerSource, refs: Collection[str]) -> dict[str, list[AttendanceEvent]]:
    """Return the rows of the ledger that rest on something and hold still, by what they rest on."""
    corrected = select(AttendanceEvent.corrects_id).where(
        AttendanceEvent.event_id == event_id, AttendanceEvent.corrects_id.is_not(None)
    )
    statement = select(AttendanceEvent).where(
        AttendanceEvent.event_id == event_id,
        AttendanceEvent.source == source,
        AttendanceEvent.kind != LedgerKind.VOID,
        AttendanceEvent.id.not_in(corrected),
    )
    if len(refs) <= 1000:
        statement = statement.where(AttendanceEvent.source_ref.in_(refs))
    found: defaultdict[str, list[AttendanceEvent]] = defaultdict(list)
    for row in db.session.scalars(statement.order_by(AttendanceEvent.id)):
        if row.source_ref in refs:
            found[row.source_ref].append(row)
    return dict(found)
