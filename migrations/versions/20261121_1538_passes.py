"""Keys that sign passes, and the version of each registration's pass."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1538"
down_revision = "20261121_1537"


def upgrade() -> None:
    """Add them. An organisation's first key is made with the next registration."""
    op.create_table(
        "pass_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=False),
        sa.Column("valid_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_pass_keys_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_keys")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_pass_keys_organisation_id_number")),
    )
    op.add_column(
        "registrations", sa.Column("pass_version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("registrations", "pass_version")
    op.drop_table("pass_keys")
