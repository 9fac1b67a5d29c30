"""Add files beside a room."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1922"
down_revision = "20261121_1915"


def upgrade() -> None:
    op.create_table(
        "room_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_room_files_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_files")),
    )
    op.create_index("ix_room_files_session_id", "room_files", ["session_id"])


def downgrade() -> None:
    op.drop_table("room_files")
