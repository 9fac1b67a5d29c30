"""Databases besides the one that the savepoint tests share: for servers, and for processes that compete."""

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from scripts import services


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Yield the URL of a new, empty database on the engine that this test run is about."""
    if not os.environ.get("TEST_DATABASE_URL"):
        yield f"sqlite:///{folder / 'own.db'}"
        return
    name = f"own_{secrets.token_hex(6)}"
    with _server() as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield _url_of(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _server() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(os.environ["TEST_DATABASE_URL"].replace("+psycopg", ""), autocommit=True)


def _url_of(name: str) -> str:
    return os.environ["TEST_DATABASE_URL"].rpartition("/")[0] + f"/{name}"


@contextmanager
def database(url: str, **settings: Any) -> Iterator[Flask]:
    """Open an application on a database of its own, and leave no connection behind."""
    application = create_app(TESTING=True, SQLALCHEMY_DATABASE_URI=url, **settings)
    with application.app_context():
        try:
            yield application
        finally:
            db.session.remove()
            db.engine.dispose()


def migrate(url: str) -> str:
    """Bring a database to the newest schema and return its URL."""
    with database(url):
        upgrade()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that nobody opens: copied, it is a database in a hundredth of the time."""
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def migrated_name() -> Iterator[str]:
    """The name of a migrated database of the PostgreSQL that this run is about, for others to be made from."""
    name = f"template_{secrets.token_hex(6)}"
    with _server() as connection:
        connection.execute(f"CREATE DATABASE {name}")
        migrate(_url_of(name))
        yield name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def own_databases(request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[str]]:
    """What yields the URL of a new migrated database on the engine that this run is about."""
    if os.environ.get("TEST_DATABASE_URL"):
        return partial(_from_template, request.getfixturevalue("migrated_name"))
    return partial(_from_file, request.getfixturevalue("migrated_file"))


@contextmanager
def _from_template(template: str) -> Iterator[str]:
    name = f"own_{secrets.token_hex(6)}"
    with _server() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield _url_of(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _from_file(template: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tinkuy-own-") as folder:
        yield f"sqlite:///{shutil.copy(template, Path(folder) / 'own.db')}"


@pytest.fixture
def own_database(own_databases: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The URL of a migrated database in which a test may commit."""
    with own_databases() as url:
        yield url


@pytest.fixture
def bare_database(tmp_path: Path) -> Iterator[str]:
    """The URL of a database that nobody has migrated, on the engine that this run is about."""
    with empty_database(tmp_path) as url:
        yield url


@pytest.fixture
def sqlite_database(tmp_path: Path, migrated_file: Path) -> str:
    """The URL of a migrated SQLite database, for a test of what only this engine needs."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'sqlite.db')}"


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The URL of a PostgreSQL, for a test that needs this engine whichever the run is about."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with services.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Redis that holds nothing of value."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    with services.redis() as url:
        yield url
