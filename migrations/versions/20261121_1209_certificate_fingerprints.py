"""Find a certificate by the fingerprint of its file."""

from alembic import op

revision = "20261121_1209"
down_revision = "20261121_1208"


def upgrade() -> None:
    """Add them."""
    op.create_index(op.f("ix_certificates_sha256"), "certificates", ["sha256"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_certificates_sha256"), table_name="certificates")
