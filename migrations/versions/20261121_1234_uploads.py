"""Files that people send with a form."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1234"
down_revision = "20261121_1219"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("stored_name", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"], ["form_fields.id"], name=op.f("fk_uploads_field_id_form_fields"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_uploads_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_uploads_stored_name")),
    )
    op.create_index(op.f("ix_uploads_field_id"), "uploads", ["field_id"], unique=False)
    op.create_index(op.f("ix_uploads_registration_id"), "uploads", ["registration_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_uploads_registration_id"), table_name="uploads")
    op.drop_index(op.f("ix_uploads_field_id"), table_name="uploads")

    op.drop_table("uploads")
