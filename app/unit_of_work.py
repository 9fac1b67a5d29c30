"""One transaction per request, command or job: returning commits, raising rolls back.

On SQLite a writer begins with BEGIN IMMEDIATE, after queueing at a lock file: SQLite's own busy handler sleeps and
is unfair, so that under load one writer in a hundred waits for half a second; `flock` wakes waiters in turn.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection

from app.extensions import db

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class _Unit:
    writes: bool = False
    lock: int | None = None
    reading: "_Reading | None" = None
    afterwards: list[Callable[[], object]] = field(default_factory=list)


@dataclass(frozen=True)
class _Reading:
    """The reading stage of a unit, on SQLite: its connection, and what had been changed over it before."""

    connection: Connection
    lock_path: str | None
    changes: int


_unit: ContextVar[_Unit | None] = ContextVar("unit", default=None)


def _current() -> _Unit:
    unit = _unit.get()
    if unit is None:
        unit = _Unit()
        _unit.set(unit)
    return unit


def after_commit(function: Callable[[], object]) -> None:
    """Run `function` once the present transaction is committed; forget it if that rolls back."""
    _current().afterwards.append(function)


def start_writing() -> None:
    """End the reading stage of this unit: what is read from here on is read under the writer's lock."""
    unit = _current()
    unit.writes = True
    if unit.reading is None or not _goes_on(unit, unit.reading):
        db.session.rollback()


def _goes_on(unit: _Unit, reading: _Reading) -> bool:
    """Let the writing stage begin on the connection that has only been read from; return whether it could.

    Giving the connection back and asking for one again takes ten times as long, and every registration, scan and vote
    comes here.
    """
    session, connection = db.session(), reading.connection
    if connection.closed or session.new or session.dirty or session.deleted:
        return False
    driver = _driver(connection)
    if driver.total_changes != reading.changes:
        return False
    session.expire_all()
    driver.execute("ROLLBACK")
    _begin_writing(connection, unit, reading.lock_path)
    return True


def _driver(connection: Connection) -> Any:
    """Return the driver's own connection: SQLAlchemy's way to a statement takes ten times as long."""
    return connection.connection.driver_connection


def _begin_writing(connection: Connection, unit: _Unit, lock_path: str | None) -> None:
    if lock_path:
        _queue(lock_path, unit)
    _driver(connection).execute("BEGIN IMMEDIATE")


def is_writing() -> bool:
    """Return whether the present unit is one that writes."""
    return _current().writes


def reads_first(view: View) -> View:
    """Mark a view whose unsafe requests read and validate first and call `start_writing()` themselves."""
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def finish(*, commit: bool) -> None:
    """End the present unit: commit and run what was left for afterwards, or roll back."""
    unit = _current()
    try:
        if not db.session.registry.has():
            pass  # nothing was read or written, as behind a cached page
        elif commit:
            db.session.commit()
        else:
            db.session.rollback()
    finally:
        _release(unit)
        _unit.set(None)
    if commit:
        for function in unit.afterwards:
            function()


@contextmanager
def transaction() -> Iterator[None]:
    """Run the block as one writing unit: for commands and jobs."""
    outer = _unit.get()
    unit = _Unit(writes=True)
    _unit.set(unit)
    db.session.rollback()
    try:
        yield
        finish(commit=True)
    except BaseException:
        finish(commit=False)
        raise
    finally:
        _unit.set(outer)


def _release(unit: _Unit) -> None:
    if unit.lock is not None:
        os.close(unit.lock)
        unit.lock = None


def _queue(path: str, unit: _Unit) -> None:
    if unit.lock is None:
        unit.lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(unit.lock, fcntl.LOCK_EX)


def prepare_engine(engine: Engine) -> None:
    """Teach a SQLite engine its pragmas and the writer's queue; leave other engines alone."""
    if engine.dialect.name != "sqlite":
        return
    database = engine.url.database
    lock_path = f"{database}.lock" if database and database != ":memory:" else None

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not open transactions by itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 15000")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        unit = _unit.get()
        if unit is not None and unit.writes:
            _begin_writing(connection, unit, lock_path)
            return
        driver = _driver(connection)
        driver.execute("BEGIN")
        if unit is not None:
            unit.reading = _Reading(connection, lock_path, driver.total_changes)


def _before_request() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    writes = request.method not in SAFE_METHODS and not getattr(view, "reads_first", False)
    _unit.set(_Unit(writes=writes))


def _after_request(response: Response) -> Response:
    if _unit.get() is not None:
        finish(commit=request.method not in SAFE_METHODS and response.status_code < 400)
    return response


def _teardown(_error: BaseException | None) -> None:
    unit = _unit.get()
    if unit is not None and has_begun(unit):
        finish(commit=False)


def has_begun(unit: _Unit) -> bool:
    """Return whether this unit belongs to a request that ended without an answer of its own."""
    return unit.lock is not None or unit.writes


def init_app(app: Flask) -> None:
    """Bind the unit of work to the requests of `app`."""
    app.before_request(_before_request)
    app.after_request(_after_request)
    app.teardown_request(_teardown)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)
