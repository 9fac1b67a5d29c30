"""Invitations are written in a language."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1454"
down_revision = "20261121_1240"


def upgrade() -> None:
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("language", sa.String(length=8), server_default=sa.text("'es'"), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_column("language")
