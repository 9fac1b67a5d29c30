"""The work of an import among rivals and accidents: nobody twice, nobody lost, all or nobody."""

import io
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock, unit_of_work
from app.events.models import Event
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.registration import importing, tasks
from app.registration.errors import ImportOver
from app.registration.models import Import, ImportRow, ImportStatus, Registration, SeatCount
from app.registration.services import imports
from scripts.console import PROJECT
from tests import factories
from tests.support.databases import database
from tests.support.races import race

PEOPLE = 300


@pytest.fixture
def committed(own_database: str) -> Any:
    """An application on a database of its own, in which transactions are real."""
    with database(own_database) as application:
        yield application


def a_list(people: int) -> bytes:
    rows = [f"{number:08d},Rosa,Quispe,rosa{number}@example.pe" for number in range(1, people + 1)]
    return "\r\n".join(["DNI,Nombres,Apellidos,Correo", *rows]).encode()


def begin(event: Event, people: int = PEOPLE, **options: Any) -> int:
    received = imports.receive(io.BytesIO(a_list(people)), "lista.csv")
    run = imports.create(event, received, by=factories.user(), language="es", at=clock.now())
    chosen = {"is_all_or_nothing": False, "updates": False, "sends_letters": True, "language": "es"}
    imports.start(run, **chosen | options, at=clock.now())
    db.session.commit()
    return run.id


def found(import_id: int) -> Import:
    db.session.rollback()
    return db.session.get_one(Import, import_id, populate_existing=True)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def assert_everybody_once(people: int = PEOPLE, *, seats: int | None = None) -> None:
    db.session.rollback()
    numbers = list(db.session.scalars(select(Registration.document_number).order_by(Registration.id)))
    assert numbers == [f"{number:08d}" for number in range(1, people + 1)]
    assert count(OutgoingLetter) == people
    assert db.session.scalar(select(SeatCount.taken)) == (people if seats is None else seats)


def test_an_import_goes_on_in_shares(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "READ_AT_ONCE", 120)
    import_id = begin(factories.event(capacity=250))
    shares = 1
    while not importing.work_on(import_id, seconds=0):
        assert found(import_id).claim is None
        shares += 1
    assert shares > 4
    assert_everybody_once(seats=250)
    assert found(import_id).counts == {"added": 250, "waitlisted": 50}
    assert importing.work_on(import_id) is True


def test_the_sweep_takes_up_what_nobody_works_on(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("app.registration.tasks.imports.work_on_import", asked.append)
    import_id = begin(factories.event(), 3)
    tasks.take_up_imports.call_local()
    assert asked == [import_id]
    importing.work_on(import_id)
    tasks.take_up_imports.call_local()
    assert asked == [import_id]


def test_a_cancelled_import_writes_nobody_more(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = begin(factories.event())
    assert importing.work_on(import_id, seconds=0) is False
    batches = importing._batches

    def cancelled_meanwhile(number: int, claim: str) -> Any:
        written = next(batches(number, claim), None)
        db.session.commit()
        imports.cancel(db.session.get_one(Import, number), at=clock.now())
        db.session.commit()
        yield written

    monkeypatch.setattr(importing, "_batches", cancelled_meanwhile)
    assert importing.work_on(import_id) is True
    run = found(import_id)
    assert (run.status, run.counts["added"], count(Registration)) == (ImportStatus.CANCELLED, 100, 100)
    with pytest.raises(ImportOver):
        imports.cancel(run, at=clock.now())


def test_all_or_nothing_that_is_cancelled_leaves_nobody(
    committed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = begin(factories.event(), is_all_or_nothing=True)
    batches = importing._batches

    def cancelled_meanwhile(number: int, claim: str) -> Any:
        for written in batches(number, claim):
            yield written
            run = db.session.get_one(Import, number)
            run.status, run.claim = ImportStatus.CANCELLED, None  # as another transaction's commit would show
            db.session.flush()

    monkeypatch.setattr(importing, "_batches", cancelled_meanwhile)
    assert importing.work_on(import_id) is False
    db.session.rollback()
    assert (count(Registration), count(OutgoingLetter)) == (0, 0)


def test_a_failure_in_the_middle_of_all_or_nothing_leaves_nobody(
    committed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = begin(factories.event(), is_all_or_nothing=True)
    write, calls = importing._write_batch, []

    def fail_at_the_third(*given: Any, **named: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the disk is full")
        write(*given, **named)

    monkeypatch.setattr(importing, "_write_batch", fail_at_the_third)
    with pytest.raises(RuntimeError):
        importing.work_on(import_id)
    db.session.rollback()
    assert count(Registration) == 0
    monkeypatch.setattr(importing, "_write_batch", write)
    with clock.freeze(clock.now() + importing.CLAIM + timedelta(seconds=1)):
        assert importing.work_on(import_id) is True
    assert_everybody_once()


# With real processes


def begin_to_work(import_id: int) -> bool:
    return importing.work_on(import_id)


def work_without_a_claim(import_id: int, claim: str) -> int:
    """Write what is left as a worker would that asks for no claim of its own; return how many rows."""
    written = 0
    while True:
        with unit_of_work.transaction():
            rows = next(importing._batches(import_id, claim), None)
        if rows is None:
            return written
        written += rows


def test_two_workers_at_once_register_everybody_once(own_database: str, committed: Flask) -> None:
    import_id = begin(factories.event(capacity=250))
    race(own_database, begin_to_work, [(import_id,)] * 4, processes=4)
    assert_everybody_once(seats=250)
    assert found(import_id).counts == {"added": 250, "waitlisted": 50}


def test_even_without_claims_the_lock_lets_nobody_in_twice(own_database: str, committed: Flask) -> None:
    import_id = begin(factories.event(capacity=250))
    assert importing.work_on(import_id, seconds=0) is False
    run = found(import_id)
    run.claim = "everybody's"
    db.session.commit()
    written = race(own_database, work_without_a_claim, [(import_id, "everybody's")] * 4, processes=4)
    assert sum(written) == PEOPLE
    db.session.rollback()
    assert Counter(db.session.scalars(select(Registration.status))) == {"confirmed": 250, "waitlisted": 50}


@pytest.mark.parametrize("is_all_or_nothing", [False, True])
def test_a_killed_worker_loses_and_repeats_nobody(
    own_database: str, committed: Flask, is_all_or_nothing: bool
) -> None:
    import_id = begin(factories.event(), is_all_or_nothing=is_all_or_nothing)
    program = (
        "import sys, time; from app import create_app; from app.registration import importing\n"
        "importing.BATCH = importing.READ_AT_ONCE = 5\n"
        "write = importing._write_batch\n"
        "importing._write_batch = lambda *g, **n: (write(*g, **n), time.sleep(0.02))\n"
        "with create_app(SQLALCHEMY_DATABASE_URI=sys.argv[1]).app_context():\n"
        "    importing.work_on(int(sys.argv[2]))"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", program, own_database, str(import_id)], cwd=PROJECT, env=dict(os.environ)
    )
    deadline = time.monotonic() + 60
    # Into the middle of the reading for all or nothing, into that of the writing for good rows.
    begins, ends = (5, PEOPLE) if is_all_or_nothing else (PEOPLE + 5, 2 * PEOPLE)
    while not begins <= found(import_id).done < ends:
        assert time.monotonic() < deadline
        assert worker.poll() is None
        time.sleep(0.005)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    survived = found(import_id)
    assert survived.is_under_way
    assert count(Registration) == (0 if is_all_or_nothing else survived.done - PEOPLE)
    assert count(ImportRow) == min(survived.done, PEOPLE)
    db.session.rollback()
    with clock.freeze(clock.now() + importing.CLAIM + timedelta(seconds=1)):
        assert importing.work_on(import_id) is True
    assert_everybody_once()
    assert found(import_id).status == ImportStatus.FINISHED
