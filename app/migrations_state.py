"""Which revision the code expects of the database."""

from functools import lru_cache

from alembic.config import Config
from alembic.script import ScriptDirectory

from app.config import PROJECT


@lru_cache
def expected_revision() -> str | None:
    """Return the newest revision in `migrations/versions`."""
    configuration = Config()
    configuration.set_main_option("script_location", str(PROJECT / "migrations"))
    return ScriptDirectory.from_config(configuration).get_current_head()
