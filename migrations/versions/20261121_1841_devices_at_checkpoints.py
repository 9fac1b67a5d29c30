"""Devices serve checkpoints too: what those ask of people is told to doors as it changes.

Whoever may let people in against the rules can allow a device to do so.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1841"
down_revision = "20261121_1840"

_NUMBERS = {
    "postgresql": "pg_current_xact_id()::text::bigint",
    "sqlite": "(SELECT coalesce(max(revision), 0) + 1 FROM registration_changes WHERE event_id = r.event_id)",
}
# Where the registration itself is deleted, its own trigger tells.
_NOTE = (
    "INSERT INTO registration_changes (registration_id, event_id, revision) "
    "SELECT r.id, r.event_id, {number} FROM registrations r WHERE r.id = {row}.registration_id "
    "ON CONFLICT (registration_id) DO UPDATE SET event_id = excluded.event_id, revision = excluded.revision"
)
_TRIGGERS = {
    "enrolments_tell_doors_insert": ("INSERT", "enrolments", "NEW"),
    "enrolments_tell_doors_update": ("UPDATE OF status", "enrolments", "NEW"),
    "enrolments_tell_doors_delete": ("DELETE", "enrolments", "OLD"),
    "chosen_options_tell_doors_insert": ("INSERT", "chosen_options", "NEW"),
    "chosen_options_tell_doors_delete": ("DELETE", "chosen_options", "OLD"),
}


def upgrade() -> None:
    """Add them."""
    op.add_column(
        "door_devices",
        sa.Column("checkpoint_ids", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.execute(
        "ALTER TABLE door_devices ADD COLUMN forced_by_id INTEGER "
        "CONSTRAINT fk_door_devices_forced_by_id_users REFERENCES users (id)"
    )
    engine = op.get_bind().dialect.name
    for name, (verb, table, row) in _TRIGGERS.items():
        statement = _NOTE.format(row=row, number=_NUMBERS[engine])
        if engine == "sqlite":
            op.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} BEGIN {statement}; END")
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {statement}; RETURN NULL; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take them away."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, (_verb, table, _row) in _TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if on_postgresql else ""))
        if on_postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("door_devices", "forced_by_id")
    op.drop_column("door_devices", "checkpoint_ids")
