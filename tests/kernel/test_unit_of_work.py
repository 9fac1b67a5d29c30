"""One transaction per request, command or job; on SQLite one writer at a time, in turn."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from app import audit, unit_of_work
from app.audit import AuditEntry
from app.extensions import db
from scripts.console import PROJECT
from tests.kernel.conftest import entries, notes
from tests.support.races import race


def is_sqlite():
    return db.engine.dialect.name == "sqlite"


@pytest.mark.parametrize("answer", ["200", "redirect"])
def test_returning_commits(visitor, answer):
    visitor.post(f"/probe/write?answer={answer}")
    assert entries() == ["written"]


@pytest.mark.parametrize(("answer", "status"), [("422", 422), ("404", 404), ("raise", 500), ("broken", 500)])
def test_failing_rolls_back(visitor, answer, status):
    assert visitor.post(f"/probe/write?answer={answer}").status_code == status
    assert entries() == []
    visitor.post("/probe/write?action=the+next")
    assert entries() == ["the next"]


def test_a_get_writes_nothing(visitor):
    assert visitor.get("/probe/write").status_code == 200
    assert entries() == []


def test_an_afterthought_waits_for_the_commit(visitor):
    visitor.post("/probe/afterthought")
    assert notes == ["saw ['written']"]


@pytest.mark.parametrize("answer", ["422", "raise"])
def test_an_afterthought_of_what_failed_is_forgotten(visitor, answer):
    visitor.post(f"/probe/afterthought?answer={answer}")
    visitor.post("/probe/write")
    assert notes == []


def test_what_could_not_be_committed_is_not_said_to_be_saved(visitor, monkeypatch):
    def fail():
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(db.session, "commit", fail)
        answer = visitor.post("/probe/greet-and-write")
    assert answer.status_code == 500
    assert "Guardado" not in answer.text
    assert "Guardado" not in visitor.get("/").text


def begins(visitor, address):
    """Return how the transactions of a request began and ended, as SQLite itself tells."""
    found, traced = [], []

    def note(connection, *_):
        traced.append(connection)
        connection.set_trace_callback(found.append)

    event.listen(db.engine, "checkout", note)
    visitor.post(address)
    event.remove(db.engine, "checkout", note)
    for connection in traced:
        connection.set_trace_callback(None)
    return [statement for statement in found if statement.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


def test_a_view_that_reads_first_takes_the_lock_only_to_write(visitor):
    address = "/probe/read-then-write"
    if is_sqlite():
        assert begins(visitor, address) == ["BEGIN", "ROLLBACK"]
        assert begins(visitor, f"{address}?valid=yes") == ["BEGIN", "ROLLBACK", "BEGIN IMMEDIATE", "COMMIT"]
        assert begins(visitor, "/probe/write") == ["BEGIN IMMEDIATE", "COMMIT"]
    else:
        visitor.post(address)
        visitor.post(f"{address}?valid=yes")
        visitor.post("/probe/write")
    assert entries() == ["after 0", "written"]


def test_what_is_read_after_start_writing_is_what_others_committed(own_app):
    count = select(func.count()).select_from(AuditEntry)
    with own_app.test_request_context(method="POST"):
        own_app.preprocess_request()
        unit_of_work._current().writes = False
        assert db.session.scalar(count) == 0
        _elsewhere(
            "INSERT INTO audit_entries (at, action, details) VALUES ('2026-05-12 17:00:00', 'other', '{}')"
        )
        unit_of_work.start_writing()
        assert db.session.scalar(count) == 1
        unit_of_work.finish(commit=False)


@pytest.mark.parametrize("early", ["row", "object"])
def test_what_was_written_before_start_writing_is_forgotten(visitor, early):
    visitor.post(f"/probe/read-then-write?valid=yes&early={early}")
    assert entries() == ["after 0"]


def _elsewhere(statement):
    with db.engine.connect() as connection:
        unit = unit_of_work._unit.get()
        unit_of_work._unit.set(None)
        connection.execute(text(statement))
        connection.commit()
        unit_of_work._unit.set(unit)


def _fail_within_a_block():
    with unit_of_work.transaction():
        audit.record("lost")
        db.session.flush()
        1 / 0  # noqa: B018 - it is meant to fail


def test_a_block_commits_or_leaves_nothing(own_app):
    with unit_of_work.transaction():
        audit.record("kept")
    with pytest.raises(ZeroDivisionError):
        _fail_within_a_block()
    assert entries() == ["kept"]


def test_a_block_inside_a_request_leaves_the_request_its_own_unit(own_app):
    @own_app.post("/probe/block")
    def block():
        with unit_of_work.transaction():
            audit.record("inner")
        unit_of_work.start_writing()
        audit.record("outer")
        return "done"

    own_app.test_client().post("/probe/block")
    assert entries() == ["inner", "outer"]


def _lock_is_free(url):
    """Return whether another process could begin to write at once."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return (
        subprocess.run(
            ["flock", "-n", f"{url.removeprefix('sqlite:///')}.lock", "true"], check=False
        ).returncode
        == 0
    )


@pytest.mark.parametrize("answer", ["200", "422", "raise", "broken"])
def test_the_lock_is_given_back_however_a_request_ends(visitor, own_database, answer):
    visitor.post(f"/probe/write?answer={answer}")
    if is_sqlite():
        assert _lock_is_free(own_database)
    begun = time.monotonic()
    assert visitor.post("/probe/write").status_code == 200
    assert time.monotonic() - begun < 14  # what waits for a lock waits longer


def test_a_failure_that_nobody_answers_gives_the_lock_back(own_app, own_database):
    own_app.testing = True  # the failure leaves through the server
    with pytest.raises(RuntimeError):
        own_app.test_client().post("/probe/write?answer=raise")
    if is_sqlite():
        assert _lock_is_free(own_database)
    assert entries() == []


HOLDER = """
import sys, time
from app import audit, create_app, unit_of_work
from app.extensions import db
app = create_app(SQLALCHEMY_DATABASE_URI=sys.argv[1])
with app.app_context(), unit_of_work.transaction():
    audit.record("of the killed")
    db.session.flush()
    print("holding", flush=True)
    time.sleep(120)
"""


def test_a_killed_writer_leaves_neither_rows_nor_lock(visitor, own_database):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, own_database], cwd=PROJECT, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"holding\n"
        if is_sqlite():
            assert not _lock_is_free(own_database)
        waiting = threading.Thread(target=visitor.post, args=("/probe/write",))
        waiting.start()
        time.sleep(0.3)
        assert waiting.is_alive() == is_sqlite()
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    waiting.join(10)
    assert not waiting.is_alive()
    assert entries() == ["written"]


def _count_up(number):
    """Add one entry that says how many there were: read, think, write."""
    with unit_of_work.transaction():
        _read_and_write()
    return number


def _count_up_unguarded(number):
    """Do the same as a reader that turns into a writer."""
    _read_and_write()
    db.session.commit()
    return number


def _read_and_write():
    there = db.session.scalar(select(func.count()).select_from(AuditEntry))
    time.sleep(0.002)
    audit.record(f"number {there}")


NUMBERS = list(range(80))


def test_writers_of_many_processes_take_turns_and_none_fails(sqlite_database):
    assert race(sqlite_database, _count_up, [(number,) for number in NUMBERS], processes=4) == NUMBERS
    assert actions(sqlite_database) == [f"number {number}" for number in NUMBERS]


def test_without_taking_turns_writers_fail(sqlite_database):
    found = race(sqlite_database, _count_up_unguarded, [(number,) for number in NUMBERS], processes=4)
    assert any(isinstance(one, OperationalError) for one in found)


def actions(url):
    """Return the actions in the audit log of a SQLite database."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return [row[0] for row in connection.execute("SELECT action FROM audit_entries ORDER BY id")]


def test_readers_do_not_wait_for_a_writer(visitor, own_app):
    done = []
    with unit_of_work.transaction():
        audit.record("unfinished")
        db.session.flush()
        reader = threading.Thread(
            target=lambda: done.append(visitor.get("/readyz").json["checks"]["database"])
        )
        reader.start()
        reader.join(5)
        assert done == [True]


def test_the_database_files_stay_private(own_app, own_database):
    if is_sqlite():
        lock = Path(f"{own_database.removeprefix('sqlite:///')}.lock")
        with unit_of_work.transaction():
            audit.record("any")
        assert lock.stat().st_mode & 0o777 == 0o600
