"""Add hands that people of a room raise, and whether a room takes them."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_2130"
down_revision = "20261121_2129"
SPEAKING = sa.text("has_word")


def upgrade() -> None:
    op.create_table(
        "room_hands",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("has_word", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_room_hands_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_room_hands_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "registration_id", name=op.f("pk_room_hands")),
    )
    op.create_index("ix_room_hands_registration_id", "room_hands", ["registration_id"])
    op.create_index(
        "uq_room_hands_word",
        "room_hands",
        ["session_id"],
        unique=True,
        sqlite_where=SPEAKING,
        postgresql_where=SPEAKING,
    )
    op.add_column(
        "room_settings", sa.Column("takes_hands", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    with op.batch_alter_table("room_settings") as settings:
        settings.drop_column("takes_hands")
    op.drop_table("room_hands")
