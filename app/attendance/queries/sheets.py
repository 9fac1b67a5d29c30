"""Reads of signature sheets."""

from collections.abc import Collection
from typing import NamedTuple, NoReturn

from flask import abort
from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import joinedload

from app.attendance.models import SignatureRow, SignatureSheet
from app.events.models import Event, Session
from app.extensions import db
from app.registration import queries as registrations
from app.registration.models import EnrolmentStatus, Registration, RegistrationStatus


class ListedSheet(NamedTuple):
    """A sheet with how many lines it has, and how many of them are transcribed as signed."""

    sheet: SignatureSheet
    lines: int
    signed: int


def _not_found() -> NoReturn:
    abort(404)


def sheets_of(event: Event) -> list[ListedSheet]:
    """Return the sheets of an event, the newest first, in one query."""
    statement = (
        select(SignatureSheet, func.count(), func.sum(cast(SignatureRow.is_signed, Integer)))
        .options(joinedload(SignatureSheet.day), joinedload(SignatureSheet.session))
        .join(SignatureRow, SignatureRow.sheet_id == SignatureSheet.id)
        .where(SignatureSheet.event_id == event.id)
        .group_by(SignatureSheet.id)
        .order_by(SignatureSheet.id.desc())
    )
    return [ListedSheet._make(row) for row in db.session.execute(statement).unique()]


def sheet_or_404(event: Event, sheet_id: int) -> SignatureSheet:
    """Return a sheet of this event, or answer 404."""
    statement = select(SignatureSheet).where(
        SignatureSheet.id == sheet_id, SignatureSheet.event_id == event.id
    )
    return db.session.scalar(statement) or _not_found()


def sheet_rows(sheet: SignatureSheet) -> list[SignatureRow]:
    """Return the lines of a sheet with their people, in order."""
    statement = (
        select(SignatureRow)
        .options(joinedload(SignatureRow.registration))
        .where(SignatureRow.sheet_id == sheet.id)
        .order_by(SignatureRow.number)
    )
    return list(db.session.scalars(statement))


def sheet_lines(sheet: SignatureSheet, numbers: Collection[int], *, lock: bool = False) -> list[SignatureRow]:
    """Return some lines of a sheet; `lock` keeps others from transcribing them until this transaction ends."""
    statement = (
        select(SignatureRow)
        .where(SignatureRow.sheet_id == sheet.id, SignatureRow.number.in_(numbers))
        .order_by(SignatureRow.number)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement.with_for_update() if lock else statement))


def expected_people(event: Event, session: Session | None) -> list[Registration]:
    """Return who is expected on a sheet, by surname: who has a seat, and in a session of limited places one there."""
    if session is not None and session.id in {
        one.session_id for one in registrations.enrollable_sessions(event)
    }:
        people = [
            one.registration
            for one in registrations.enrolled_in(session)
            if one.status == EnrolmentStatus.ENROLLED
            and one.registration.status == RegistrationStatus.CONFIRMED
        ]
        return sorted(people, key=lambda one: (one.sort_key, one.id))
    statement = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED)
        .order_by(Registration.sort_key, Registration.id)
    )
    return list(db.session.scalars(statement))
