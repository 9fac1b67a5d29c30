"""When somebody proved that an e-mail is theirs."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1533"
down_revision = "20261121_1506"


def upgrade() -> None:
    """Add the moment; nobody who signs in has proved it yet."""
    op.add_column("users", sa.Column("email_confirmed_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("users", "email_confirmed_at")
