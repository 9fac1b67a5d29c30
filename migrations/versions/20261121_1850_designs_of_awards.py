"""An award may have a design of its own."""

from alembic import op

revision = "20261121_1850"
down_revision = "20261121_1842"


def upgrade() -> None:
    """Add it."""
    op.execute(
        "ALTER TABLE awards ADD COLUMN design_id INTEGER "
        "CONSTRAINT fk_awards_design_id_designs REFERENCES designs (id)"
    )
    op.create_index("ix_awards_design_id", "awards", ["design_id"])


def downgrade() -> None:
    """Let all awards look alike again."""
    op.drop_index("ix_awards_design_id", "awards")
    with op.batch_alter_table("awards") as table:
        table.drop_column("design_id")
