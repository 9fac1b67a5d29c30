"""Computing an event's attendance from its ledger: CPU per registration and session.

Beside reading the same rows with the bare driver, and writing the same figures. `python -m bench.ledger PEOPLE TIMES`
adds an event of so many people with a mixed history to the instance that the environment names, and prints pairs of
microseconds per registration and session, the floor's and the recomputing's. It is the CPU of the process
that computes: on PostgreSQL without that of its server.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from app import clock, create_app, unit_of_work
from app.attendance.models import (
    AttendanceEvent,
    AttendanceSummary,
    AttendanceTotal,
    LedgerKind,
    LedgerSource,
)
from app.attendance.services import summaries
from app.events import queries as events
from app.events.models import Event, Session
from app.extensions import db
from app.registration.models import Registration
from bench.data import add_event
from bench.figures import Figure, compared, growth, pairs_of
from bench.harness import Bench, Options

PEOPLE = 20_000
FEWER = 2_000  # of a quick run
_TABLES = (AttendanceSummary.__table__, AttendanceTotal.__table__)
_LEDGER = AttendanceEvent.__table__


def measure(options: Options) -> Iterator[Figure]:
    """Yield µs of CPU per registration and session, and the growth from a tenth of the people."""
    people = FEWER if options.quick else PEOPLE
    with Bench(options) as bench:
        product = bench.product()

        def pairs_for(number: int) -> list[tuple[float, float]]:
            return json.loads(product.run("bench.ledger", str(number), str(options.times)))

        fewer, all_of_them = pairs_for(people // 10), pairs_for(people)
        yield compared("ledger", "µs CPU", options.engine, people, all_of_them)
        grown = [(small[1], large[1]) for small, large in zip(fewer, all_of_them, strict=True)]
        yield growth("ledger", options.engine, people // 10, grown, of_each=True)


def _history(event_id: int, person: int, number: int, sessions: list[Session]) -> Iterator[dict[str, Any]]:
    """Yield rows of every kind: scans of the days, stretches on a screen, marks, and here and there a withdrawal."""
    common = {"event_id": event_id, "registration_id": person, "recorded_at": sessions[0].starts_at}
    days = {session.day_id: session.starts_at for session in reversed(sessions)}
    for day_id, begins in days.items():
        if (number + day_id) % 3:
            yield _row(
                common,
                LedgerKind.ARRIVAL,
                LedgerSource.SCAN,
                begins + timedelta(seconds=number),
                day_id=day_id,
            )
    for place, session in enumerate(sessions):
        begins = session.starts_at + timedelta(seconds=7 * number % 900)
        if (number + place) % 2:
            yield _row(
                common,
                LedgerKind.INTERVAL,
                LedgerSource.PRESENCE,
                begins,
                session_id=session.id,
                ends_at=begins + timedelta(minutes=25),
            )
    if number % 10 == 0:
        kind = LedgerKind.ABSENT if number % 20 else LedgerKind.PRESENT
        yield _row(common, kind, LedgerSource.HAND, sessions[-1].ends_at, session_id=sessions[0].id)


def _row(
    common: dict[str, Any], kind: LedgerKind, source: LedgerSource, starts_at: datetime, **more: Any
) -> dict[str, Any]:
    scope = {"day_id": None, "session_id": None, "ends_at": None}
    return common | scope | {"kind": kind, "source": source, "starts_at": starts_at} | more


def prepare(people: int) -> int:
    """Add an event of so many people with their histories; return its id."""
    slug = f"libro-{people}"
    with unit_of_work.transaction():
        add_event(slug, people, at=clock.now())
        event_id = db.session.scalars(select(Event.id).where(Event.slug == slug)).one()
        sessions = events.sessions_of(event_id)
        ids = db.session.scalars(select(Registration.id).where(Registration.event_id == event_id))
        rows = [row for number, one in enumerate(ids) for row in _history(event_id, one, number, sessions)]
        db.session.execute(insert(AttendanceEvent), rows)
    return event_id


def recompute(event_id: int) -> None:
    """Compute the summaries of an event from scratch, as `flask attendance recompute` does."""
    with unit_of_work.transaction():
        summaries.forget(event_id)
    done = 1
    while done:
        with unit_of_work.transaction():
            done = summaries.catch_up()


def bare(event_id: int, figures: list[list[tuple[Any, ...]]]) -> None:
    """Read an event's ledger, and write its figures anew, with the bare driver."""
    connection: Any = db.engine.raw_connection()
    cursor = connection.cursor()
    mark = "%s" if db.engine.dialect.name == "postgresql" else "?"
    columns = ", ".join(column.name for column in _LEDGER.c)
    cursor.execute(f"SELECT {columns} FROM attendance_events WHERE event_id = {mark}", (event_id,))  # noqa: S608
    cursor.fetchall()
    for table, rows in zip(_TABLES, figures, strict=True):
        cursor.execute(f"DELETE FROM {table.name} WHERE event_id = {mark}", (event_id,))  # noqa: S608
        marks = ", ".join(mark for _column in table.c)
        cursor.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608 - names of our own
    connection.commit()
    connection.close()


def _figures(event_id: int) -> list[list[tuple[Any, ...]]]:
    shares, totals = (
        [tuple(row) for row in db.session.execute(select(table).where(table.c.event_id == event_id))]
        for table in _TABLES
    )
    db.session.rollback()
    return [shares, [(*row[:3], json.dumps(row[3])) for row in totals]]


def times(people: int, how_often: int) -> list[tuple[float, float]]:
    """Return pairs of microseconds per registration and session."""
    event_id = prepare(people)
    recompute(event_id)
    figures = _figures(event_id)
    each = people * 12

    def cost(work: Callable[[], None]) -> float:
        began = time.process_time()
        work()
        return 1_000_000 * (time.process_time() - began) / each

    return pairs_of(
        lambda: cost(lambda: bare(event_id, figures)), lambda: cost(lambda: recompute(event_id)), how_often
    )


if __name__ == "__main__":
    with create_app().app_context():
        print(json.dumps(times(int(sys.argv[1]), int(sys.argv[2]))))
