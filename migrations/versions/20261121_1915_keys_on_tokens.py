"""Keys on tokens."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1915"
down_revision = "20261121_1851"


def upgrade() -> None:
    """Say which token holds a key."""
    op.add_column("signing_keys", sa.Column("token", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("signing_keys") as keys:
        keys.drop_column("token")
