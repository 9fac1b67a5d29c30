"""What a certificate took the place of is asked for with every verification."""

from alembic import op

revision = "20261121_1830"
down_revision = "20261121_1806"


def upgrade() -> None:
    """Let it be found at once."""
    op.create_index("ix_certificate_endings_replaced_by_id", "certificate_endings", ["replaced_by_id"])


def downgrade() -> None:
    """Look through all of them again."""
    op.drop_index("ix_certificate_endings_replaced_by_id", "certificate_endings")
