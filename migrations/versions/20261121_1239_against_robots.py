"""Solved puzzles, and submissions that wait to be confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1239"
down_revision = "20261121_1234"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "spent_puzzles",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_spent_puzzles")),
    )
    op.create_index(op.f("ix_spent_puzzles_expires_at"), "spent_puzzles", ["expires_at"], unique=False)

    op.create_table(
        "held_submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("form_slug", sa.String(length=60), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_held_submissions_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_submissions")),
    )
    op.create_index(op.f("ix_held_submissions_created_at"), "held_submissions", ["created_at"], unique=False)
    op.create_index(op.f("ix_held_submissions_event_id"), "held_submissions", ["event_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_held_submissions_event_id"), table_name="held_submissions")
    op.drop_index(op.f("ix_held_submissions_created_at"), table_name="held_submissions")

    op.drop_table("held_submissions")
    op.drop_index(op.f("ix_spent_puzzles_expires_at"), table_name="spent_puzzles")

    op.drop_table("spent_puzzles")
