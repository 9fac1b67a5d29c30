"""What can be known about a SQLite file without loading the application, which takes most of a second."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from scripts.console import PROJECT

REVISION = re.compile(r"^revision(?:\s*:[^=]+)?\s*=\s*['\"](\w+)['\"]", re.MULTILINE)
BEFORE = re.compile(r"^down_revision(?:\s*:[^=]+)?\s*=\s*['\"](\w+)['\"]", re.MULTILINE)


def sqlite_file(instance: Path, url: str) -> Path | None:
    """Return the file of a SQLite database, or None where `url` names another engine (or no whole path)."""
    if not url:
        return instance / "tinkuy.db"
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:////") else None


def is_current(path: Path | None) -> bool:
    """Return whether this file stands at the newest revision; of another engine (None) nothing is known."""
    return (
        path is not None and _one_value(path, "SELECT version_num FROM alembic_version") == newest_revision()
    )


def newest_revision() -> str | None:
    """Return the revision in `migrations/versions` that no other one follows."""
    files = [path.read_text() for path in (PROJECT / "migrations" / "versions").glob("*.py")]
    revisions = {match[1] for text in files if (match := REVISION.search(text))}
    followed = {match[1] for text in files if (match := BEFORE.search(text))}
    return max(revisions - followed, default=None)


def holds_an_organisation(path: Path | None) -> bool:
    """Return whether somebody already works with this file."""
    return path is not None and _one_value(path, "SELECT 1 FROM organisations LIMIT 1") is not None


def _one_value(path: Path, query: str) -> object:
    """Return the first value that a query finds, or None where the file or table is missing or empty."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute(query).fetchone()
        except sqlite3.OperationalError:
            return None
    return row[0] if row else None
