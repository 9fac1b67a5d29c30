"""Verifiable credentials: keys, the places of their status lists, and each certificate's own."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1503"
down_revision = "20261121_1501"


def upgrade() -> None:
    """Add them. Certificates of before have none: what was issued is never changed."""
    op.create_table(
        "credential_keys",
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("public", name="pk_credential_keys"),
    )
    op.create_table(
        "status_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_status_counter_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_status_counter"),
    )
    op.add_column("certificates", sa.Column("credential", sa.Text(), server_default="", nullable=False))
    op.add_column("certificates", sa.Column("status_place", sa.Integer(), nullable=True))
    op.create_index("uq_certificates_status_place", "certificates", ["status_place"], unique=True)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("uq_certificates_status_place", "certificates")
    op.drop_column("certificates", "status_place")
    op.drop_column("certificates", "credential")
    op.drop_table("status_counter")
    op.drop_table("credential_keys")
