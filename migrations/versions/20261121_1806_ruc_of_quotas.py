"""An institution with seats of its own may be known by its RUC."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1806"
down_revision = "20261121_1801"

_NAME = "uq_entity_quotas_event_id_ruc"
_HAS_RUC = sa.text("ruc <> ''")


def upgrade() -> None:
    """Add the RUC, which no two institutions of an event share."""
    column = sa.Column("ruc", sa.String(11), server_default=sa.text("''"), nullable=False)
    op.add_column("entity_quotas", column)
    op.create_index(
        _NAME,
        "entity_quotas",
        ["event_id", "ruc"],
        unique=True,
        sqlite_where=_HAS_RUC,
        postgresql_where=_HAS_RUC,
    )


def downgrade() -> None:
    """Forget the RUCs."""
    op.drop_index(_NAME, "entity_quotas")
    op.drop_column("entity_quotas", "ruc")
