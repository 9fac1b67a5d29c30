"""`flask db ...`: Flask-Migrate's commands, loaded when asked for (see app.migrations_state)."""

from typing import Any

import click


class Migrations(click.Group):
    """A group that lets Flask-Migrate's own take its place once it is called."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the command line as Flask-Migrate does."""
        from flask_migrate.cli import db  # noqa: PLC0415 - slow

        context: click.Context = db.make_context(info_name, args, parent, **extra)
        return context


migrations = Migrations("db", help="Bring the database to another revision, and write revisions.")
