"""Stays in rooms and answers to whether one is there."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1851"
down_revision = "20261121_1850"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "room_checks",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_checks_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_checks_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "registration_id", name="pk_room_checks"),
    )
    op.create_index("ix_room_checks_registration_id", "room_checks", ["registration_id"])

    op.create_table(
        "room_stays",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("stay", sa.String(length=80), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_stays_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_stays_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "stay", name="pk_room_stays"),
    )
    op.create_index("ix_room_stays_registration_id", "room_stays", ["registration_id"])

    column = sa.Column("asks_presence", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("room_settings", column)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("room_settings") as settings:
        settings.drop_column("asks_presence")
    op.drop_table("room_stays")
    op.drop_table("room_checks")
