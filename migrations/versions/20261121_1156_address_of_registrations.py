"""Find registrations by e-mail address."""

from alembic import op

revision = "20261121_1156"
down_revision = "20261121_1122"


def upgrade() -> None:
    """Add them."""
    op.create_index("ix_registrations_email", "registrations", ["email", "id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_registrations_email", table_name="registrations")
