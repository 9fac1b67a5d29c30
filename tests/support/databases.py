"""Databases besides the one that the savepoint tests share: for servers, and for processes that compete."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from scripts import services


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Yield the URL of a new, empty database on the engine that this test run is about."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield f"sqlite:///{folder / 'own.db'}"
        return
    name = f"own_{secrets.token_hex(6)}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.rpartition("/")[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate(url: str) -> str:
    """Bring a database to the newest schema and return its URL."""
    application = create_app(TESTING=True, SQLALCHEMY_DATABASE_URI=url)
    with application.app_context():
        upgrade()
        db.engine.dispose()
    return url


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database in which a test may commit."""
    with empty_database(tmp_path) as url:
        yield migrate(url)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    """The URL of a migrated SQLite database, for a test of what only this engine needs."""
    return migrate(f"sqlite:///{tmp_path / 'sqlite.db'}")


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
