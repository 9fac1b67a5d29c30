"""Let people ask for corrections of their name and for another e-mail address."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1217"
down_revision = "20261121_1213"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "email_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("old_confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("new_confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("applied_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_email_changes_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_changes")),
    )
    op.create_index(
        op.f("ix_email_changes_registration_id"), "email_changes", ["registration_id"], unique=False
    )
    op.create_index(
        "uq_email_changes_open",
        "email_changes",
        ["registration_id"],
        unique=True,
        sqlite_where=sa.text("applied_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("applied_at IS NULL AND ended_at IS NULL"),
    )

    op.create_table(
        "name_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("document_type", sa.String(length=10), nullable=False),
        sa.Column("document_number", sa.String(length=20), nullable=False),
        sa.Column("given_names", sa.String(length=120), nullable=False),
        sa.Column("first_surname", sa.String(length=120), nullable=False),
        sa.Column("second_surname", sa.String(length=120), nullable=False),
        sa.Column("former_name", sa.String(length=400), nullable=False),
        sa.Column("former_document", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_name_requests_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_name_requests_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_requests")),
    )
    op.create_index(
        op.f("ix_name_requests_registration_id"), "name_requests", ["registration_id"], unique=False
    )
    op.create_index(
        "uq_name_requests_waiting",
        "name_requests",
        ["registration_id"],
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("uq_name_requests_waiting", table_name="name_requests")
    op.drop_index(op.f("ix_name_requests_registration_id"), table_name="name_requests")

    op.drop_table("name_requests")
    op.drop_index("uq_email_changes_open", table_name="email_changes")
    op.drop_index(op.f("ix_email_changes_registration_id"), table_name="email_changes")

    op.drop_table("email_changes")
