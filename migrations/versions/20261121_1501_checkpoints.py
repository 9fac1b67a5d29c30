"""Checkpoints, who is inside, and what a scan at one of them says."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1501"
down_revision = "20261121_1459"

_ADMITTED = "result = 'admitted'"
_AT_A_DOOR = "result = 'admitted' AND checkpoint_id IS NULL"


def upgrade() -> None:
    """Add them. The index that lets a person in once a day is from now on that of the days' doors alone."""
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("ways", sa.String(length=4), nullable=False),
        sa.Column("how_often", sa.String(length=5), nullable=False),
        sa.Column("admits_waiting", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("form_ids", sa.JSON(), nullable=False),
        sa.Column("needs_place", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=True),
        sa.Column("option", sa.String(length=40), nullable=True),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(day_id IS NOT NULL) = (kind = 'day') AND (session_id IS NOT NULL) = (kind = 'session') "
            "AND (room_id IS NOT NULL) = (kind = 'room')",
            name=op.f("ck_checkpoints_place_of_its_kind"),
        ),
        sa.CheckConstraint(
            "(field_id IS NULL) = (option IS NULL)", name=op.f("ck_checkpoints_option_of_a_field")
        ),
        sa.CheckConstraint(
            "opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at",
            name=op.f("ck_checkpoints_hours_in_order"),
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_checkpoints_day_id_days")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_checkpoints_event_id_events")),
        sa.ForeignKeyConstraint(
            ["field_id"], ["form_fields.id"], name=op.f("fk_checkpoints_field_id_form_fields")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_checkpoints_room_id_rooms")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_checkpoints_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoints")),
    )
    op.create_index("ix_checkpoints_event_id", "checkpoints", ["event_id"])

    op.create_table(
        "whereabouts",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoints.id"], name=op.f("fk_whereabouts_checkpoint_id_checkpoints")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_whereabouts_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_whereabouts_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], name=op.f("fk_whereabouts_scan_id_scans")),
        sa.PrimaryKeyConstraint("registration_id", "scope", name=op.f("pk_whereabouts")),
    )
    op.create_index("ix_whereabouts_event_id_place", "whereabouts", ["event_id", "place"])
    op.create_index("ix_whereabouts_since", "whereabouts", ["since"])

    for column, table in (("checkpoint_id", "checkpoints"), ("session_id", "sessions"), ("room_id", "rooms")):
        op.execute(
            f"ALTER TABLE scans ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_scans_{column}_{table} REFERENCES {table} (id)"
        )
    op.add_column(
        "scans", sa.Column("direction", sa.String(length=4), server_default=sa.text("'in'"), nullable=False)
    )
    op.add_column("scans", sa.Column("once", sa.String(length=10), nullable=True))
    op.add_column(
        "scans", sa.Column("reason", sa.String(length=200), server_default=sa.text("''"), nullable=False)
    )
    op.drop_index("uq_scans_admission", "scans")
    _index("uq_scans_admission", ["day_id", "registration_id"], _AT_A_DOOR)
    _index("uq_scans_once", ["checkpoint_id", "registration_id", "once"], "once IS NOT NULL")


def _index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "scans", columns, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Take them away. Scans at checkpoints would look like scans at a day's door, so that there must be none."""
    op.drop_index("uq_scans_once", "scans")
    op.drop_index("uq_scans_admission", "scans")
    for column in ("reason", "once", "direction", "room_id", "session_id", "checkpoint_id"):
        op.drop_column("scans", column)
    _index("uq_scans_admission", ["day_id", "registration_id"], _ADMITTED)
    op.drop_table("whereabouts")
    op.drop_table("checkpoints")
