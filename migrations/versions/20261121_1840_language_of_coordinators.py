"""A group's coordinator is written to in a language."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1840"
down_revision = "20261121_1832"


def upgrade() -> None:
    """Spanish, as so far."""
    column = sa.Column("coordinator_language", sa.String(8), server_default=sa.text("'es'"), nullable=False)
    op.add_column("registration_groups", column)


def downgrade() -> None:
    """Forget it."""
    op.drop_column("registration_groups", "coordinator_language")
