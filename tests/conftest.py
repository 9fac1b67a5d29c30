"""What every test may ask for: an application on a real database, each test inside a savepoint that is undone."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.support.network",
    "tests.support.databases",
    "tests.support.mailboxes",
    "tests.support.post_office",
    "tests.support.servers",
    "tests.support.browsers",
]

# Neither a busy machine nor a database that all examples of a test share is a fault.
settings.register_profile(
    "tinkuy",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tinkuy")

# A process that a test starts shares the folder of the run, which takes it away at its end.
if "TINKUY_TEST_FOLDER" not in os.environ:
    os.environ["TINKUY_TEST_FOLDER"] = tempfile.mkdtemp(prefix="tinkuy-test-")
    atexit.register(shutil.rmtree, os.environ["TINKUY_TEST_FOLDER"], ignore_errors=True)
_FOLDER = os.environ["TINKUY_TEST_FOLDER"]
os.environ["TINKUY_INSTANCE"] = _FOLDER
os.environ["SECRET_KEY"] = "a key for tests alone, longer than thirty-two characters"
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)

from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from jinja2 import FileSystemBytecodeCache  # noqa: E402
from sqlalchemy import event  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from app import clock, create_app, jobs  # noqa: E402
from app.extensions import db, limiter  # noqa: E402

# Tests make many applications: each would translate every template anew.
_TEMPLATES = Path(_FOLDER) / "templates"
_TEMPLATES.mkdir(exist_ok=True)
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(_TEMPLATES))}

NOON = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)  # a Tuesday, noon in Lima


# Whoever asks for none of these asks no database of the run.
_DATABASES = {"app", "own_databases", "bare_database"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the run on PostgreSQL what knows no engine: the run on SQLite has it."""
    if not os.environ.get("TEST_DATABASE_URL") or config.args != config.getini("testpaths"):
        return
    kept, left = [], []
    for item in items:
        asks = _DATABASES.intersection(getattr(item, "fixturenames", ()))
        (kept if asks else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def pytest_collection_finish() -> None:
    """Leave all that is loaded by now out of the search for garbage, which took a twentieth of the time."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class Client(FlaskClient):
    """A client whose requests each have an application context of their own, as they have behind a server."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application, on a migrated database of TEST_DATABASE_URL or a temporary SQLite file."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        migrated = request.getfixturevalue("migrated_file")
        url = f"sqlite:///{shutil.copy(migrated, Path(_FOLDER) / 'test.db')}"
    application = create_app(
        TESTING=True,
        SQLALCHEMY_DATABASE_URI=url,
        WTF_CSRF_ENABLED=False,
        RATELIMIT_ENABLED=True,
        ROBOT_CHECKS=False,
    )
    application.test_client_class = Client
    if os.environ.get("TEST_DATABASE_URL"):
        with application.app_context():
            upgrade()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def rate_limits() -> Iterator[None]:
    """Switch rate limits off; a test of them sets `limiter.enabled = True` itself."""
    limiter.enabled = False
    yield
    if limiter._storage is not None:
        limiter.reset()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session; all that a test writes, through it or through requests, is undone afterwards."""
    jobs.bind(
        app
    )  # the last application that was made has the tasks, and a test may have made one of its own
    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        db.session.remove()
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield db.session()
        finally:
            db.session.remove()
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            engines[None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A visitor who is not signed in."""
    return app.test_client()


@pytest.fixture
def frozen_clock() -> Iterator[datetime]:
    """Stop the clock at noon in Lima on Tuesday 12 May 2026, and return that moment."""
    with clock.freeze(NOON):
        yield NOON


@pytest.fixture
def count_queries(app: Flask, session: Session) -> Any:
    """A context manager that collects the SELECT statements of its block."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, _p: Any, _ctx: Any, _many: bool) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                statements.append(statement)

        target = db.engine
        event.listen(target, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(target, "before_cursor_execute", note)

    def start() -> AbstractContextManager[list[str]]:
        return counting()

    return start


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Any:
    """A function that returns a client signed in as the given person."""

    def enter(user: Any) -> FlaskClient:
        visitor = app.test_client()
        with visitor.session_transaction() as cookie:
            cookie["_user_id"] = user.get_id()
            cookie["_fresh"] = True
        return visitor

    return enter
