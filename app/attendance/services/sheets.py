"""Signature sheets: printing them, and writing down who has signed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import insert

from app import audit
from app.attendance.errors import NobodyExpected, NotOfThisEvent, TooManyLines
from app.attendance.models import LedgerKind, LedgerSource, SignatureRow, SignatureSheet
from app.attendance.queries import ledger_rows
from app.attendance.queries import sheets as queries
from app.attendance.services.ledger import Entry, record, void
from app.events.models import Day, Event, Session
from app.extensions import db

MOST_LINES = 3000


def make(
    event: Event, *, day: Day | None = None, session: Session | None = None, by: int | None, at: datetime
) -> SignatureSheet:
    """Draw up a sheet for a day or else for a session: everybody who is expected, numbered by surname.

    Raises NobodyExpected and TooManyLines.
    """
    if (day is None) == (session is None):
        raise NotOfThisEvent
    people = queries.expected_people(event, session)
    if not people:
        raise NobodyExpected
    if len(people) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    sheet = SignatureSheet(
        event_id=event.id,
        day_id=day.id if day else None,
        session_id=session.id if session else None,
        printed_at=at,
        printed_by_id=by,
    )
    db.session.add(sheet)
    db.session.flush()
    lines = [
        {"sheet_id": sheet.id, "number": number, "registration_id": one.id}
        for number, one in enumerate(people, 1)
    ]
    db.session.execute(insert(SignatureRow), lines)
    audit.record("attendance.sheet_printed", sheet, event=event, at=at, people=len(lines))
    return sheet


def sign(
    event: Event, sheet: SignatureSheet, numbers: Collection[int], *, by: int | None, at: datetime
) -> int:
    """Write down that the lines with these numbers are signed; those that are already stay. Returns how many are new.

    Raises NotOfThisEvent where the sheet has no such line.
    """
    lines = _lines(sheet, numbers)
    fresh = [line for line in lines if not line.is_signed]
    entries = [
        Entry(
            line.registration_id,
            LedgerKind.PRESENT,
            at,
            day_id=sheet.day_id,
            session_id=sheet.session_id,
            source_ref=line.source_ref,
            reason=_("Signature sheet %(sheet)s, line %(line)s", sheet=sheet.id, line=line.number),
        )
        for line in fresh
    ]
    record(event.id, entries, source=LedgerSource.SHEET, by=by, at=at)
    _mark(event, sheet, fresh, is_signed=True, at=at)
    return len(fresh)


def unsign(
    event: Event, sheet: SignatureSheet, numbers: Collection[int], *, by: int | None, at: datetime
) -> int:
    """Take back that the lines with these numbers are signed: a slip of whoever transcribed. Returns how many were.

    Raises NotOfThisEvent where the sheet has no such line.
    """
    lines = _lines(sheet, numbers)
    signed = [line for line in lines if line.is_signed]
    refs = {line.source_ref for line in signed}
    standing = ledger_rows.standing(event.id, LedgerSource.SHEET, refs) if refs else {}
    entries = [
        void(row, reason=_("Transcribed by mistake"), at=at) for rows in standing.values() for row in rows
    ]
    record(event.id, entries, source=LedgerSource.SHEET, by=by, at=at)
    _mark(event, sheet, signed, is_signed=False, at=at)
    return len(signed)


def transcribe(
    event: Event, sheet: SignatureSheet, ticked: Collection[int], *, by: int | None, at: datetime
) -> tuple[int, int]:
    """Make the lines with these numbers signed and all others not; returns how many were added and taken back."""
    signed = {line.number for line in queries.sheet_rows(sheet) if line.is_signed}
    wanted = set(ticked)
    added = sign(event, sheet, wanted - signed, by=by, at=at)
    return added, unsign(event, sheet, signed - wanted, by=by, at=at)


def _lines(sheet: SignatureSheet, numbers: Collection[int]) -> list[SignatureRow]:
    """Return lines of a sheet while nobody else transcribes them."""
    wanted = set(numbers)
    lines = queries.sheet_lines(sheet, wanted, lock=True) if wanted else []
    if len(lines) != len(wanted):
        raise NotOfThisEvent(_("The sheet has no such line."), field="line")
    return lines


def _mark(
    event: Event, sheet: SignatureSheet, lines: Sequence[SignatureRow], *, is_signed: bool, at: datetime
) -> None:
    for line in lines:
        line.is_signed = is_signed
    if lines:
        audit.record(
            "attendance.sheet_transcribed", sheet, event=event, at=at, lines=len(lines), signed=is_signed
        )
