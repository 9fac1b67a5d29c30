"""Exports of attendance: scans, the ledger with its intervals, and what each person attended of each session.

Rows are read in batches by key, so that memory does not grow and nothing is kept open while a line is slow.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, codes
from app.accounts.models import User
from app.attendance import queries as attendance
from app.attendance.labels import kind_words, result_words, source_words
from app.attendance.models import (
    AttendanceEvent,
    Checkpoint,
    Direction,
    LedgerKind,
    Scan,
    ScanResult,
    ScanSource,
)
from app.events.models import Day, Event, Room, Session
from app.extensions import db
from app.registration.models import Registration

BATCH = 1000
Row = Sequence[Any]


class What(StrEnum):
    """What is exported."""

    SCANS = "scans"
    LEDGER = "ledger"
    SUMMARIES = "summaries"


@dataclass(frozen=True)
class Sheet:
    """Headings, which of them stand over texts that people typed, and batches of rows."""

    headings: list[str]
    typed: frozenset[int]
    batches: Callable[[], Iterator[list[Row]]]


_PERSON = (
    Registration.code,
    Registration.first_surname,
    Registration.second_surname,
    Registration.given_names,
    Registration.entity,
)


def sheet(event: Event, what: What) -> Sheet:
    """Return what an export of an event holds, with headings in the present language."""
    person = [
        _("Code"),
        _("First surname"),
        _("Second surname"),
        _("Given names"),
        _("Institution or community"),
    ]
    place = [_("Day"), _("Session"), _("Room")]
    match what:
        case What.SCANS:
            headings = [
                _("Number"),
                *person,
                *place,
                _("Checkpoint"),
                _("Direction"),
                _("Result"),
                _("Read at"),
            ]
            headings += [
                _("Received at"),
                _("How it was read"),
                _("Code that was read"),
                _("Reason"),
                _("By whom"),
            ]
            typed = frozenset({2, 3, 4, 5, 7, 8, 9, 15, 16, 17})
            return Sheet(headings, typed, lambda: _scans(event))
        case What.LEDGER:
            headings = [_("Number"), *person, *place, _("What it says"), _("Since"), _("Until"), _("Source")]
            headings += [_("Rests on"), _("Reason"), _("Corrects number"), _("Recorded at"), _("By whom")]
            return Sheet(headings, frozenset({2, 3, 4, 5, 7, 8, 14, 17}), lambda: _ledger(event))
        case What.SUMMARIES:
            headings = [*person, _("Day"), _("Session"), _("Minutes"), _("Per cent"), _("Source")]
            return Sheet(headings, frozenset({1, 2, 3, 4, 6}), lambda: _summaries(event))


def record(event: Event, what: What, *, kind: str) -> None:
    """Write an export into the audit log: what it was, and of how many rows; no names."""
    owner = {
        What.SCANS: Scan.event_id,
        What.LEDGER: AttendanceEvent.event_id,
        What.SUMMARIES: Registration.event_id,
    }[what]
    rows = db.session.scalar(select(func.count()).where(owner == event.id)) or 0
    audit.record("attendance.exported", event=event, kind=kind, what=what, of=rows)


def _written(event: Event) -> Callable[[datetime | None], str]:
    zone = ZoneInfo(event.timezone)
    return lambda moment: "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _in_batches(statement: Any, key: Any) -> Iterator[list[Any]]:
    """Yield the rows of a statement whose first column is a key, in its order."""
    last = 0
    while rows := db.session.execute(statement.where(key > last).order_by(key).limit(BATCH)).all():
        last = rows[-1][0]
        yield list(rows)


def _code(code: str | None) -> str:
    return codes.grouped(code) if code else ""


def _scans(event: Event) -> Iterator[list[Row]]:
    statement = (
        select(
            Scan.id,
            *_PERSON,
            Day.date,
            Session.title,
            Room.name,
            Checkpoint.name,
            Scan.direction,
            Scan.result,
            Scan.scanned_at,
            Scan.received_at,
            Scan.source,
            Scan.typed_code,
            Scan.reason,
            User.name,
        )
        .join(Day, Day.id == Scan.day_id)
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .outerjoin(Session, Session.id == Scan.session_id)
        .outerjoin(Room, Room.id == Scan.room_id)
        .outerjoin(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .outerjoin(User, User.id == Scan.scanned_by_id)
        .where(Scan.event_id == event.id)
    )
    written = _written(event)
    ways = {Direction.IN: _("In"), Direction.OUT: _("Out")}
    sources = {
        ScanSource.CAMERA: _("Camera"),
        ScanSource.TYPED: _("Typed"),
        ScanSource.SEARCH: _("Search"),
        ScanSource.CLOSE: _("Nightly close"),
    }
    results = {result: result_words(result) for result in ScanResult}
    for rows in _in_batches(statement, Scan.id):
        yield [
            (
                row[0],
                _code(row[1]),
                *(part or "" for part in row[2:6]),
                row[6].isoformat(),
                *(part or "" for part in row[7:10]),
                ways[Direction(row[10])],
                results[ScanResult(row[11])],
                written(row[12]),
                written(row[13]),
                sources[ScanSource(row[14])],
                row[15],
                row[16],
                row[17] or "",
            )
            for row in rows
        ]


def _ledger(event: Event) -> Iterator[list[Row]]:
    one = AttendanceEvent
    statement = (
        select(
            one.id,
            *_PERSON,
            Day.date,
            Session.title,
            Room.name,
            one.kind,
            one.starts_at,
            one.ends_at,
            one.source,
            one.source_ref,
            one.reason,
            one.corrects_id,
            one.recorded_at,
            User.name,
        )
        .join(Registration, Registration.id == one.registration_id)
        .outerjoin(Session, Session.id == one.session_id)
        .outerjoin(Day, Day.id == func.coalesce(one.day_id, Session.day_id))
        .outerjoin(Room, Room.id == one.room_id)
        .outerjoin(User, User.id == one.recorded_by_id)
        .where(one.event_id == event.id)
    )
    written = _written(event)
    kinds = {kind: kind_words(kind) for kind in LedgerKind}
    for rows in _in_batches(statement, one.id):
        yield [
            (
                row[0],
                _code(row[1]),
                *row[2:6],
                row[6].isoformat(),
                row[7] or "",
                row[8] or "",
                kinds[LedgerKind(row[9])],
                written(row[10]),
                written(row[11]),
                source_words(row[12]),
                row[13],
                row[14],
                row[15] or "",
                written(row[16]),
                row[17] or "",
            )
            for row in rows
        ]


def _summaries(event: Event) -> Iterator[list[Row]]:
    statement = select(Registration.id, *_PERSON).where(Registration.event_id == event.id)
    programme = [(day.date.isoformat(), session) for day in event.days for session in day.sessions]
    for people in _in_batches(statement, Registration.id):
        shares = attendance.session_shares(event, [row[0] for row in people])
        yield [
            (
                _code(row[1]),
                *row[2:],
                date,
                session.title,
                share.minutes,
                share.percent,
                source_words(share.source),
            )
            for row in people
            for date, session in programme
            if (share := shares.get(row[0], {}).get(session.id))
        ]
