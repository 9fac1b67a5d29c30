"""Reads for exports: plain rows in batches, so that memory does not grow with the number of people."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from app.attendance import queries as attendance
from app.attendance import rules
from app.certificates import queries as certificates
from app.events import queries as events
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration
from app.reports.columns import SELECTED, Column, Extras

BATCH = 1000  # rows: what SQLite and PostgreSQL take as parameters, and some hundred kilobytes


def _chosen(statement: Select[Any], event: Event, statuses: Sequence[str]) -> Select[Any]:
    return statement.where(Registration.event_id == event.id, Registration.status.in_(statuses))


def count(event: Event, statuses: Sequence[str]) -> int:
    """Return how many registrations an export will hold."""
    return db.session.scalar(_chosen(select(func.count()), event, statuses)) or 0


def rows(event: Event, columns: Sequence[Column], statuses: Sequence[str]) -> Iterator[list[list[Any]]]:
    """Yield the cells of an export in batches, in the order of registration.

    Each batch is read by key, so that nothing is kept open while the visitor's line is slow.
    """
    cells = [column.cell for column in columns]
    extras_of = _extras_reader(event, columns)
    last = 0
    while True:
        statement = _chosen(select(*SELECTED), event, statuses).where(Registration.id > last)
        batch = db.session.execute(statement.order_by(Registration.id).limit(BATCH)).all()
        if not batch:
            return
        last = batch[-1][0]
        extras = extras_of([row[0] for row in batch])
        yield [[cell(row, extras) for cell in cells] for row in batch]


def _extras_reader(event: Event, columns: Sequence[Column]) -> Any:
    needs_attendance = any(column.needs_attendance for column in columns)
    needs_certificates = any(column.needs_certificates for column in columns)
    programme = rules.slots_of(events.sessions_of(event.id)) if needs_attendance else []

    def read(ids: list[int]) -> Extras:
        extras = Extras()
        if needs_attendance:
            for number, evidence in attendance.evidence_of(ids).items():
                extras.minutes[number] = rules.minutes_by_day(programme, evidence)
                extras.attended[number] = rules.attended_minutes(programme, evidence)
        if needs_certificates:
            extras.certificates = certificates.codes_of(ids)
        return extras

    return read
