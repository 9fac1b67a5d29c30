"""Reads of imports and their rows."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from flask import abort
from sqlalchemy import func, or_, select

from app.accounts.models import Organisation
from app.events.models import Event
from app.extensions import db
from app.registration.models import (
    ACTIVE,
    Import,
    ImportMapping,
    ImportRow,
    ImportStatus,
    Registration,
    RowOutcome,
)
from app.registration.models.imports import UNDER_WAY


class SoundRow(NamedTuple):
    """A row in which nothing is wrong."""

    id: int
    number: int
    facts: dict[str, str]
    answers: dict[str, Any]
    identity: str


def _not_found() -> NoReturn:
    abort(404)


def import_of_event_or_404(event: Event, import_id: int) -> Import:
    """Return an import of this event, or answer 404."""
    statement = select(Import).where(Import.id == import_id, Import.event_id == event.id)
    return db.session.scalar(statement) or _not_found()


def imports_of(event: Event, *, limit: int = 20) -> list[Import]:
    """Return the newest imports of an event that were begun."""
    statement = select(Import).where(Import.event_id == event.id, Import.status != ImportStatus.DRAFT)
    return list(db.session.scalars(statement.order_by(Import.id.desc()).limit(limit)))


def remembered_mapping(organisation: Organisation, signature: str) -> ImportMapping | None:
    """Return what an organisation's columns under such headings held the last time."""
    return db.session.scalar(
        select(ImportMapping).where(
            ImportMapping.organisation_id == organisation.id, ImportMapping.signature == signature
        )
    )


def abandoned_imports(*, at: datetime) -> list[int]:
    """Return the imports that nobody is working on: not taken up yet, or left by a worker that was killed."""
    statement = select(Import.id).where(
        Import.status.in_(UNDER_WAY), or_(Import.claimed_until.is_(None), Import.claimed_until < at)
    )
    return list(db.session.scalars(statement))


def stale_imports(*, before: datetime) -> list[Import]:
    """Return the imports from before a moment whose file or rows are still kept, and which are at rest."""
    statement = select(Import).where(
        Import.created_at < before, Import.file != "", Import.status.not_in(UNDER_WAY)
    )
    return list(db.session.scalars(statement))


def kept_files() -> set[str]:
    """Return the names of the stored files that an import refers to."""
    return set(db.session.scalars(select(Import.file).where(Import.file != "")))


def rows_to_write(import_id: int, *, after: int, limit: int) -> list[SoundRow]:
    """Return the next sound rows of which nothing has become yet, in the order of the file."""
    statement = (
        select(ImportRow.id, ImportRow.number, ImportRow.facts, ImportRow.answers, ImportRow.identity)
        .where(ImportRow.import_id == import_id, ImportRow.outcome.is_(None), ImportRow.number > after)
        .order_by(ImportRow.number)
        .limit(limit)
    )
    return [SoundRow(*row) for row in db.session.execute(statement)]


def rejected_rows(import_id: int, *, limit: int | None = None) -> Iterator[ImportRow]:
    """Yield the rejected rows in the order of the file."""
    statement = (
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.outcome == RowOutcome.REJECTED)
        .order_by(ImportRow.number)
        .limit(limit)
        .execution_options(yield_per=500)
    )
    yield from db.session.scalars(statement)


def outcomes(import_id: int) -> dict[str, int]:
    """Return how many rows of an import had which outcome; those without one are not counted."""
    statement = (
        select(ImportRow.outcome, func.count())
        .where(ImportRow.import_id == import_id, ImportRow.outcome.is_not(None))
        .group_by(ImportRow.outcome)
    )
    return {str(outcome): number for outcome, number in db.session.execute(statement)}


def repeated_rows(import_id: int) -> list[tuple[int, int]]:
    """Return the ids of sound rows whose person stands in an earlier row, each with that row's number."""
    sound = (ImportRow.import_id == import_id, ImportRow.outcome.is_(None))
    # By a window, not by a join of the rows with themselves: of rows that it has just been given PostgreSQL knows no
    # numbers yet, and would compare each with each.
    first = func.min(ImportRow.number).over(partition_by=ImportRow.identity).label("first")
    rows = select(ImportRow.id, ImportRow.number, first).where(*sound).subquery()
    statement = select(rows.c.id, rows.c.first).where(rows.c.number > rows.c.first).order_by(rows.c.number)
    return [(row_id, number) for row_id, number in db.session.execute(statement)]


def active_by_identities(event: Event, identities: Collection[str]) -> dict[str, Registration]:
    """Return the registrations of an event that are for these people and not at an end, by identity."""
    statement = select(Registration).where(
        Registration.event_id == event.id, Registration.identity.in_(identities), ACTIVE
    )
    return {registration.identity: registration for registration in db.session.scalars(statement)}


def taken_codes(codes: Collection[str]) -> set[str]:
    """Return which of these codes a registration of any event has."""
    return set(db.session.scalars(select(Registration.code).where(Registration.code.in_(codes))))
