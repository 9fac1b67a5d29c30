"""The form that the people of a group fill in."""

from alembic import op

revision = "20261121_1459"
down_revision = "20261121_1454"


def upgrade() -> None:
    """Give groups a form; those that there are fill in the event's first one, as before."""
    op.execute(
        "ALTER TABLE registration_groups ADD COLUMN form_id INTEGER "
        "CONSTRAINT fk_registration_groups_form_id_registration_forms "
        "REFERENCES registration_forms (id)"
    )
    op.create_index(op.f("ix_registration_groups_form_id"), "registration_groups", ["form_id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(op.f("ix_registration_groups_form_id"), table_name="registration_groups")
    op.drop_column("registration_groups", "form_id")
