"""A file stays with the submission that waits to be confirmed."""

from alembic import op

revision = "20261121_1832"
down_revision = "20261121_1831"


def upgrade() -> None:
    """Let a file know its submission."""
    op.execute(
        "ALTER TABLE uploads ADD COLUMN held_id INTEGER "
        "CONSTRAINT fk_uploads_held_id_held_submissions REFERENCES held_submissions (id)"
    )
    op.create_index("ix_uploads_held_id", "uploads", ["held_id"])


def downgrade() -> None:
    """Keep no file with a submission."""
    op.drop_index("ix_uploads_held_id", "uploads")
    with op.batch_alter_table("uploads") as table:
        table.drop_column("held_id")
