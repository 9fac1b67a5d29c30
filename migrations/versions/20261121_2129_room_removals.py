"""Who was sent off the stage of a room of this server."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_2129"
down_revision = "20261121_1922"


def upgrade() -> None:
    op.create_table(
        "room_removals",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_room_removals_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["speakers.id"],
            name=op.f("fk_room_removals_speaker_id_speakers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "speaker_id", name=op.f("pk_room_removals")),
    )
    op.create_index("ix_room_removals_speaker_id", "room_removals", ["speaker_id"])


def downgrade() -> None:
    op.drop_table("room_removals")
