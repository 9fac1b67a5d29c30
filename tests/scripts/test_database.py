"""What the start knows of the database without loading the application."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from scripts import database
from scripts.console import PROJECT


def test_the_newest_revision_is_the_one_that_alembic_names() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(PROJECT / "migrations"))
    assert database.newest_revision() == ScriptDirectory.from_config(configuration).get_current_head()


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("", "/here/tinkuy.db"),
        ("sqlite:////there/own.db", "/there/own.db"),
        ("sqlite:///near.db", None),
        ("postgresql+psycopg://tinkuy@127.0.0.1/tinkuy", None),
    ],
)
def test_the_file_of_a_url(url: str, file: str | None) -> None:
    assert database.sqlite_file(Path("/here"), url) == (file and Path(file))


def test_an_empty_file_is_neither_current_nor_in_use(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert not database.is_current(tmp_path / "empty.db")
    assert not database.holds_an_organisation(tmp_path / "empty.db")


def test_a_missing_file_is_not_current_and_stays_missing(tmp_path: Path) -> None:
    assert not database.is_current(tmp_path / "missing.db")
    assert not (tmp_path / "missing.db").exists()
