"""Where the database's schema stands, and where the code expects it.

Alembic takes a tenth of a second to load, and only `flask db` and `/readyz` need it.
"""

from functools import lru_cache
from typing import Any

from flask import Flask
from werkzeug.local import LocalProxy

from app.config import PROJECT
from app.extensions import db

FOLDER = str(PROJECT / "migrations")


@lru_cache
def expected_revision() -> str | None:
    """Return the newest revision in `migrations/versions`."""
    from alembic.config import Config  # noqa: PLC0415 - slow
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow

    configuration = Config()
    configuration.set_main_option("script_location", FOLDER)
    return ScriptDirectory.from_config(configuration).get_current_head()


def init_app(app: Flask) -> None:
    """Let Flask-Migrate's commands find their configuration on `app`, made when they first ask."""

    def configuration() -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415 - slow

        Migrate(app, db, directory=FOLDER)  # puts its own in the place of the proxy
        return app.extensions["migrate"]

    app.extensions["migrate"] = LocalProxy(configuration)
