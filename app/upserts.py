"""INSERT … ON CONFLICT, which SQLAlchemy writes for each engine in a way of its own."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db


def insert_into(table: Any, *, engine: str = "") -> Any:
    """Return an INSERT into a table or model that can say what happens where the row is there already.

    `engine` is the name of the one in use, for whoever keeps the statement; else the database is asked.
    """
    is_postgresql = (engine or db.engine.dialect.name) == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)
