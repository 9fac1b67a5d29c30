"""The schema's history: one line, dated, equal to the models at its end, and gentle to what a database holds."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy import table as named_table
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.migrations_state import FOLDER, expected_revision
from tests.support.databases import database

NAME = re.compile(r"(\d{8}_\d{4})_[a-z0-9_]+\.py")
THEN = datetime(2026, 5, 12, 17, 0, tzinfo=UTC).replace(tzinfo=None)
# What a row needs besides one value of the right type in each column that must not be empty.
PARTICULAR = {
    "log_entries": {"certificate_id": 1},
    "registration_forms": {"event_id": 1},
    "registration_settings": {"offer_hours": 24},
    "letter_templates": {"event_id": 1},
    "attendance_marks": {"day_id": 1},
    "attendance_events": {"day_id": 1},
    "signature_sheets": {"day_id": 1},
    "certificate_endings": {"kind": "annulled"},
    "certificates": {"registration_id": 1},
    "issue_items": {"registration_id": 1},
}
# Tables that a step gave up, and where it moved their rows.
MOVED = {"attendance_marks": "attendance_events"}
VALUES = {Boolean: True, Integer: 1, Numeric: 1, Date: date(2026, 5, 12), JSON: {}, LargeBinary: b"x"}


def history() -> list:
    """Return the revisions, the oldest first."""
    configuration = Config()
    configuration.set_main_option("script_location", FOLDER)
    return list(ScriptDirectory.from_config(configuration).walk_revisions())[::-1]


REVISIONS = [script.revision for script in history()]


@pytest.fixture
def empty(bare_database):
    """An application on an empty database."""
    with database(bare_database) as app:
        yield app


@pytest.fixture
def migrated(own_database):
    """An application on a database that was migrated from an empty one."""
    with database(own_database) as app:
        yield app


def schema() -> dict:
    """Return tables, columns, indexes and triggers as the database has them."""
    found = inspect(db.engine)
    tables = sorted(set(found.get_table_names()) - {"alembic_version"})
    with db.engine.connect() as connection:
        triggers = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if db.engine.dialect.name == "sqlite"
            else "SELECT tgrelid::regclass::text || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        names = sorted(connection.execute(text(triggers)).scalars())
    columns = {
        table: [(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(table)]
        for table in tables
    }
    indexes = {table: sorted(str(one["name"]) for one in found.get_indexes(table)) for table in tables}
    return {"columns": columns, "indexes": indexes, "triggers": names}


def test_the_history_is_one_line():
    scripts = history()
    assert [script.down_revision for script in scripts] == [None, *REVISIONS[:-1]]
    assert expected_revision() == REVISIONS[-1]


def test_each_step_is_dated_named_and_described():
    for script in history():
        name = NAME.fullmatch(Path(script.path).name)
        assert name, script.path
        assert name[1] == script.revision
        assert script.doc.endswith("."), script.path
    assert sorted(REVISIONS) == REVISIONS


def differs(_context, _found, column, in_database, _in_model, rendered) -> bool | None:
    """Compare a default of JSON as it is written: PostgreSQL knows no equality of JSON. The rest as Alembic does."""
    if not isinstance(column.type, JSON):
        return None
    return (in_database or "").removesuffix("::json") != (rendered or "")


def test_from_empty_it_becomes_what_the_models_say(migrated):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": differs}
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_constraint_has_a_name(migrated):
    found = inspect(db.engine)
    nameless = []
    on_sqlite = db.engine.dialect.name == "sqlite"
    for table in found.get_table_names():
        if table == "alembic_version":
            continue
        constraints = [
            found.get_pk_constraint(table),
            # SQLAlchemy reads no name of a foreign key that SQLite keeps beside its column
            *(one for one in found.get_foreign_keys(table) if one["name"] or not on_sqlite),
            *found.get_unique_constraints(table),
            *found.get_check_constraints(table),
        ]
        nameless += [(table, one) for one in constraints if not re.match(r"(pk|fk|uq|ck)_", str(one["name"]))]
    assert nameless == []


def test_the_way_back_leaves_nothing_and_the_way_forth_the_same(empty):
    upgrade()
    before = schema()
    downgrade(revision="base")
    assert schema() == {"columns": {}, "indexes": {}, "triggers": []}
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            ours = text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
            assert list(connection.execute(ours).scalars()) == []
    upgrade()
    assert schema() == before


def test_a_second_upgrade_changes_nothing(migrated):
    before = schema()
    upgrade()
    assert schema() == before


def reflected(only: list[str] | None = None) -> MetaData:
    """Return the tables as the database has them (or only these, and those that they refer to) but the history's."""
    metadata = MetaData()
    metadata.reflect(db.engine, only=only)
    if only is None:
        metadata.remove(metadata.tables["alembic_version"])
    return metadata


def fill(metadata: MetaData) -> None:
    """Put one row into every table that has none."""
    with db.engine.begin() as connection:
        # Last what triggers fill: a number that is given would meet the one that they take.
        for table in sorted(metadata.sorted_tables, key=lambda one: one.name == "attendance_changes"):
            if not connection.scalar(select(func.count()).select_from(table)):
                connection.execute(table.insert().values(**_values(table)))


def _values(table) -> dict:
    values = {
        column.name: _value(column) for column in table.columns if not column.nullable or column.name == "id"
    }
    return values | PARTICULAR.get(table.name, {})


def _value(column):
    if column.foreign_keys:
        return 1
    if isinstance(column.type, DateTime):
        return THEN + timedelta(hours=column.name.startswith("ends"))
    return next((value for kind, value in VALUES.items() if isinstance(column.type, kind)), "x")


def rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        counts = ((name, select(func.count()).select_from(named_table(name))) for name in names)
        return {name: connection.scalar(count) or 0 for name, count in counts}


def test_a_filled_database_keeps_its_rows_at_every_step(empty):
    before: dict[str, int] = {}
    for revision in REVISIONS:
        upgrade(revision=revision)
        after = rows()
        there = {name: after.get(name, after.get(MOVED.get(name, ""))) for name in before}
        assert there == before, f"rows lost by {revision}"
        if new := [name for name, number in after.items() if not number]:
            fill(reflected(new))
        before = rows()
        assert set(before.values()) == {1}


@pytest.fixture(scope="module")
def filled(own_databases):
    """An application on a migrated database with a row in every table."""
    with own_databases() as url, database(url) as app:
        fill(reflected())
        yield app


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("audit_entries", "id"),
        ("scans", "id"),
        ("attendance_events", "id"),
        ("certificates", "id"),
        ("certificate_endings", "id"),
        ("award_decisions", "id"),
        ("signed_files", "certificate_id"),
        ("outside_files", "certificate_id"),
        ("design_versions", "id"),
        ("design_files", "name"),
        ("log_entries", "number"),
        ("log_hashes", "number"),
        ("log_checkpoints", "size"),
    ],
)
def test_what_people_may_argue_about_is_only_added_to(filled, table, key):
    with filled.app_context():
        for statement in (f"UPDATE {table} SET {key} = 2", f"DELETE FROM {table}"):  # noqa: S608 - names of our own
            with (
                pytest.raises(IntegrityError, match=f"{table} is append-only"),
                db.engine.begin() as connection,
            ):
                connection.execute(text(statement))
        with db.engine.connect() as connection:
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1  # noqa: S608


def test_it_is_not_ready_until_it_is_migrated(empty):
    client = empty.test_client()
    upgrade(revision=REVISIONS[0])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["migrations"]) == (503, False)
    upgrade()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["migrations"]) == (200, True)
