"""Reads for exports: plain rows in batches, so that memory does not grow with the number of people."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import get_locale
from sqlalchemy import Select, func, select

from app.attendance import queries as attendance
from app.certificates import queries as certificates
from app.events.models import Event
from app.extensions import db
from app.registration import queries as registration
from app.registration.models import FieldKind, FieldVersion, Registration
from app.registration.rules.answers import as_text
from app.reports.columns import Column, Extras

BATCH = 1000  # rows: what SQLite and PostgreSQL take as parameters, and some hundred kilobytes


# The table, not the class: rows are taken as they come, without the mapper.
_PEOPLE = Registration.__table__.c


def _chosen(statement: Select[Any], event: Event, statuses: Sequence[str]) -> Select[Any]:
    return statement.where(_PEOPLE.event_id == event.id, _PEOPLE.status.in_(statuses))


def count(event: Event, statuses: Sequence[str]) -> int:
    """Return how many registrations an export will hold."""
    return db.session.scalar(_chosen(select(func.count()), event, statuses)) or 0


def batches(
    event: Event, columns: Sequence[Column], statuses: Sequence[str]
) -> Iterator[list[Sequence[Any]]]:
    """Yield the cells of an export in batches of people, in the order of registration: one sequence per column.

    Each batch is read by key, so that nothing is kept open while the visitor's line is slow.
    """
    names = sorted({"id"} | {column.reads for column in columns if column.reads})
    selected = [_PEOPLE[name] for name in names]
    extras_of = _extras_reader(event, columns)
    last = 0
    while True:
        statement = _chosen(select(*selected), event, statuses).where(_PEOPLE.id > last)
        batch = db.session.execute(statement.order_by(_PEOPLE.id).limit(BATCH)).all()
        if not batch:
            return
        table = dict(zip(names, zip(*batch, strict=True), strict=True))
        last = table["id"][-1]
        extras = extras_of(table["id"])
        yield [column.cells(table, extras) for column in columns]


def _extras_reader(event: Event, columns: Sequence[Column]) -> Any:
    needs_attendance = any(column.needs_attendance for column in columns)
    needs_certificates = any(column.needs_certificates for column in columns)
    fields = [column.field_id for column in columns if column.field_id is not None]
    versions = registration.versions_of(fields) if fields else {}
    language = str(get_locale())

    def read(ids: Sequence[int]) -> Extras:
        extras = Extras()
        if needs_attendance:
            for number, (minutes, days) in attendance.totals_of(event, ids).items():
                extras.attended[number], extras.minutes[number] = minutes, days
        if needs_certificates:
            extras.certificates = certificates.codes_of(ids)
        if fields:
            for person, field, version, value in registration.answers_among(ids, fields):
                cell = _answer(versions[version], value, language)
                extras.answers.setdefault(field, {})[person] = cell
        return extras

    return read


def _answer(version: FieldVersion, value: Any, language: str) -> Any:
    """Return an answer as a cell: a number as it is, everything else in the words it was given under."""
    return value if version.kind == FieldKind.NUMBER else as_text(version, value, language)
