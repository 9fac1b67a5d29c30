"""Who answered which survey."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1801"
down_revision = "20261121_1540"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "survey_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("replied_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["registration_forms.id"], name="fk_survey_replies_form_id_registration_forms"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_survey_replies_registration_id_registrations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_survey_replies"),
        sa.UniqueConstraint("form_id", "registration_id", name="uq_survey_replies_form_id_registration_id"),
    )
    op.create_index("ix_survey_replies_registration_id", "survey_replies", ["registration_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("survey_replies")
