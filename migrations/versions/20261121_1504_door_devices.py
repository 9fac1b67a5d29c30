"""Devices at the doors, what they told, and what changed for them, kept by triggers on the registrations."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1504"
down_revision = "20261121_1503"

_KNOWN = "status, code, given_names, first_surname, second_surname, entity, document_type, document_number"
_NUMBERS = {
    # Numbers of transactions: a device asks again from the oldest that had not ended, so that none is missed.
    "postgresql": "pg_current_xact_id()::text::bigint",
    # One writer at a time.
    "sqlite": "(SELECT coalesce(max(revision), 0) + 1 FROM registration_changes WHERE event_id = {row}.event_id)",
}
_NOTE = (
    "INSERT INTO registration_changes (registration_id, event_id, revision) "
    "VALUES ({row}.id, {row}.event_id, {number}) "
    "ON CONFLICT (registration_id) DO UPDATE SET event_id = excluded.event_id, revision = excluded.revision"
)
_TRIGGERS = {
    "registrations_tell_doors_insert": ("INSERT", "NEW"),
    "registrations_tell_doors_update": (f"UPDATE OF {_KNOWN}", "NEW"),
    "registrations_tell_doors_delete": ("DELETE", "OLD"),
}


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "registration_changes",
        sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_registration_changes")),
    )
    op.create_index(
        "ix_registration_changes_event_id_revision", "registration_changes", ["event_id", "revision"]
    )
    op.create_table(
        "door_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("day_ids", sa.JSON(), nullable=False),
        sa.Column("pairing_hash", sa.String(length=64), nullable=False),
        sa.Column("pairing_expires_at", sa.DateTime(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("paired_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("last_sync_at", sa.DateTime(), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_door_devices_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_door_devices_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_devices")),
        sa.UniqueConstraint("pairing_hash", name=op.f("uq_door_devices_pairing_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_door_devices_token_hash")),
    )
    op.create_index("ix_door_devices_event_id", "door_devices", ["event_id"])
    op.execute(
        "ALTER TABLE scans ADD COLUMN device_id INTEGER "
        "CONSTRAINT fk_scans_device_id_door_devices REFERENCES door_devices (id)"
    )
    op.add_column("scans", sa.Column("device_at", sa.DateTime(), nullable=True))
    op.add_column("scans", sa.Column("told", sa.String(length=12), nullable=True))
    op.add_column("scans", sa.Column("verdict", sa.String(length=12), nullable=True))
    _watch_registrations(op.get_bind().dialect.name)


def _watch_registrations(engine: str) -> None:
    for name, (verb, row) in _TRIGGERS.items():
        statement = _NOTE.format(row=row, number=_NUMBERS[engine].format(row=row))
        if engine == "sqlite":
            op.execute(f"CREATE TRIGGER {name} AFTER {verb} ON registrations BEGIN {statement}; END")
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {statement}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {verb} ON registrations FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    """Take them away."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in _TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" + (" ON registrations" if on_postgresql else ""))
        if on_postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    for column in ("verdict", "told", "device_at", "device_id"):
        op.drop_column("scans", column)
    op.drop_table("door_devices")
    op.drop_table("registration_changes")
