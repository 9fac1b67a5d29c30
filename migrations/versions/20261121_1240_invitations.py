"""Invitations to forms that are not open to everybody."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1240"
down_revision = "20261121_1239"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("given_names", sa.String(length=120), nullable=False),
        sa.Column("first_surname", sa.String(length=120), nullable=False),
        sa.Column("second_surname", sa.String(length=120), nullable=False),
        sa.Column("entity", sa.String(length=200), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["registration_forms.id"],
            name=op.f("fk_invitations_form_id_registration_forms"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_invitations_registration_id_registrations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("form_id", "email", name=op.f("uq_invitations_form_id_email")),
    )
    op.create_index(op.f("ix_invitations_registration_id"), "invitations", ["registration_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_invitations_registration_id"), table_name="invitations")

    op.drop_table("invitations")
