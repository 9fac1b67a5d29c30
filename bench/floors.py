"""The least that a server could do for each job: bare Flask routes, run under the same web server."""

import os
import sqlite3
import threading
from typing import Any

import psycopg
from flask import Flask

hello = Flask("hello")
insert = Flask("insert")
scan = Flask("scan")

# One connection per thread of a worker: none is shared over the fork that makes the workers.
_own = threading.local()
TABLE = "CREATE TABLE IF NOT EXISTS floor (id {serial}, code TEXT NOT NULL, at TEXT NOT NULL)"
INDEX = "CREATE INDEX IF NOT EXISTS ix_floor ON floor (code)"


@hello.get("/")
@hello.get("/healthz")
def say_hello() -> str:
    """Answer."""
    return "hello"


class Database:
    """A connection to a database of its own beside the product's, with the product's durability."""

    def __init__(self) -> None:
        """Connect to what DATABASE_URL names."""
        url = os.environ["DATABASE_URL"]
        self.is_sqlite = url.startswith("sqlite:///")
        self.mark = "?" if self.is_sqlite else "%s"
        self.connection: Any
        if self.is_sqlite:
            os.makedirs(os.environ["TINKUY_INSTANCE"], exist_ok=True)
            self.connection = sqlite3.connect(url.removeprefix("sqlite:///") + ".floor", isolation_level=None)
            for pragma in ("busy_timeout = 15000", "journal_mode = WAL", "synchronous = NORMAL"):
                self.connection.execute(f"PRAGMA {pragma}")
        else:
            self.connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def prepare(self) -> None:
        """Make the table."""
        serial = "INTEGER PRIMARY KEY" if self.is_sqlite else "BIGSERIAL PRIMARY KEY"
        self.connection.execute(TABLE.format(serial=serial))
        self.connection.execute(INDEX)
        self.connection.close()

    def store(self, code: str, *, look_first: bool) -> None:
        """Insert one row and commit; `look_first` selects within the transaction before."""
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        if look_first:
            execute(f"SELECT id FROM floor WHERE code = {self.mark}", (code,)).fetchone()  # noqa: S608
        execute(f"INSERT INTO floor (code, at) VALUES ({self.mark}, 'now')", (code,))  # noqa: S608
        execute("COMMIT")


def _database() -> Database:
    if not hasattr(_own, "database"):
        _own.database = Database()
    found: Database = _own.database
    return found


@insert.get("/healthz")
@scan.get("/healthz")
def alive() -> str:
    """Answer."""
    return "ok"


@insert.post("/<code>")
def store(code: str) -> str:
    """Store a row: one INSERT and one COMMIT."""
    _database().store(code, look_first=False)
    return "stored"


@scan.post("/<code>")
def look_and_store(code: str) -> str:
    """Look for a row and store one: one SELECT, one INSERT and one COMMIT."""
    _database().store(code, look_first=True)
    return "stored"


if "DATABASE_URL" in os.environ:
    Database().prepare()
