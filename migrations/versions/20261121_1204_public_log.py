"""The public log: entries, the hashes of its tree, its checkpoints. Rows are only added."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1204"
down_revision = "20261121_1156"


_TABLES = ("log_entries", "log_hashes", "log_checkpoints")


def _refuse_changes(table: str) -> None:
    """Let rows only be added, as migration 20261121_1000 does for other tables."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: add a row instead'); END"
        )


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoints")),
    )
    op.create_table(
        "log_hashes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_hashes")),
    )
    op.create_table(
        "log_entries",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("ending_id", sa.Integer(), nullable=True),
        sa.Column("logged_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(certificate_id IS NULL) <> (ending_id IS NULL)", name=op.f("ck_log_entries_of_one_row")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_log_entries_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(
            ["ending_id"],
            ["certificate_endings.id"],
            name=op.f("fk_log_entries_ending_id_certificate_endings"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_entries")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_log_entries_certificate_id")),
        sa.UniqueConstraint("ending_id", name=op.f("uq_log_entries_ending_id")),
    )
    for table in _TABLES:
        _refuse_changes(table)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("log_entries")
    op.drop_table("log_hashes")
    op.drop_table("log_checkpoints")
