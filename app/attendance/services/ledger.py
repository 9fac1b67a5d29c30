"""Writing the ledger: whatever says that somebody was there comes through here, or from the triggers on scans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from app import audit
from app.attendance.errors import AlreadyCorrected, NotOfThisEvent, ReasonMissing
from app.attendance.models import AttendanceEvent, LedgerKind, LedgerSource
from app.events.models import Day, Event, Room, Session
from app.extensions import db
from app.registration.models import Registration
from app.text import tidy

_ADD = AttendanceEvent.metadata.tables[AttendanceEvent.__tablename__].insert()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to write down about a registration: for a day (and there for a room), or else for a session.

    `starts_at` is the instant at which it holds; an INTERVAL has an end as well. See models.AttendanceEvent.
    """

    registration_id: int
    kind: LedgerKind
    starts_at: datetime
    day_id: int | None = None
    session_id: int | None = None
    room_id: int | None = None
    ends_at: datetime | None = None
    source_ref: str = ""
    reason: str = ""
    corrects_id: int | None = None


def void(row: AttendanceEvent, *, reason: str, at: datetime) -> Entry:
    """Return the entry that says that `row` does not hold, in the same place."""
    return Entry(
        row.registration_id,
        LedgerKind.VOID,
        at,
        day_id=row.day_id,
        session_id=row.session_id,
        room_id=row.room_id,
        source_ref=row.source_ref,
        reason=reason,
        corrects_id=row.id,
    )


def record(
    event_id: int, entries: Sequence[Entry], *, source: LedgerSource, by: int | None, at: datetime
) -> int:
    """Write entries about people of an event; returns how many. `by` is the id of who writes.

    All or nothing, in the present transaction and in four queries however many there are. Who may, why, and the
    audit log are the caller's. Raises NotOfThisEvent where a person, day, session or room is another event's.
    """
    if not entries:
        return 0
    _check(event_id, entries)
    common = {"event_id": event_id, "source": source, "recorded_at": at, "recorded_by_id": by}
    rows = [
        {
            **common,
            "registration_id": entry.registration_id,
            "kind": entry.kind,
            "day_id": entry.day_id,
            "session_id": entry.session_id,
            "room_id": entry.room_id,
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
            "source_ref": entry.source_ref,
            "reason": tidy(entry.reason)[:200],
            "corrects_id": entry.corrects_id,
        }
        for entry in entries
    ]
    db.session.execute(_ADD, rows)
    return len(rows)


def correct(
    event: Event, registration: Registration, row_id: int, *, reason: str, by: int | None, at: datetime
) -> None:
    """Declare, with a reason, that a row of the ledger does not hold. It stays where it is, and counts no more.

    Raises NotOfThisEvent where the row is not this registration's, AlreadyCorrected where another row names it (or
    it is itself such a word: to have it back, write it anew), and ReasonMissing.
    """
    written = tidy(reason)[:200]
    if not written:
        raise ReasonMissing
    # One correction at a time; SQLite has a single writer.
    db.session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update())
    row = db.session.scalar(
        select(AttendanceEvent).where(
            AttendanceEvent.id == row_id, AttendanceEvent.registration_id == registration.id
        )
    )
    if row is None:
        raise NotOfThisEvent
    named = select(AttendanceEvent.id).where(AttendanceEvent.corrects_id == row_id)
    if row.kind == LedgerKind.VOID or db.session.scalar(named) is not None:
        raise AlreadyCorrected
    record(event.id, [void(row, reason=written, at=at)], source=LedgerSource.HAND, by=by, at=at)
    audit.record("attendance.corrected", registration, event=event, at=at, row=row.id, kind=row.kind)


def _check(event_id: int, entries: Sequence[Entry]) -> None:
    for column, key, asked in (
        (Registration.event_id, Registration.id, {entry.registration_id for entry in entries}),
        (Day.event_id, Day.id, {entry.day_id for entry in entries}),
        (Session.event_id, Session.id, {entry.session_id for entry in entries}),
        (Room.event_id, Room.id, {entry.room_id for entry in entries}),
    ):
        wanted = {one for one in asked if one is not None}
        if wanted and _known(column == event_id, key, wanted) != wanted:
            raise NotOfThisEvent
    if any((entry.day_id is None) == (entry.session_id is None) for entry in entries):
        raise NotOfThisEvent


def _known(
    is_ours: ColumnElement[bool], key: InstrumentedAttribute[int], wanted: Collection[int]
) -> set[int]:
    """Return which ids are the event's. Of many, all of the event's are read: a statement takes so many values."""
    statement = select(key).where(is_ours)
    if len(wanted) <= 1000:
        statement = statement.where(key.in_(wanted))
    return set(db.session.scalars(statement)) & set(wanted)
