"""Keys that bodies sign with, and the files that they signed."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1218"
down_revision = "20261121_1217"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("not_after", sa.DateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_signing_keys_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_index(
        op.f("ix_signing_keys_organisation_id"), "signing_keys", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_signing_keys_in_force",
        "signing_keys",
        ["organisation_id"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )

    op.create_table(
        "signed_files",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_signed_files_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["signing_keys.id"], name=op.f("fk_signed_files_key_id_signing_keys")
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_signed_files")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER signed_files_append_only BEFORE UPDATE OR DELETE ON signed_files "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER signed_files_no_{verb} BEFORE {verb.upper()} ON signed_files "
            "BEGIN SELECT RAISE(ABORT, 'signed_files is append-only: add a row instead'); END"
        )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("signed_files")
    op.drop_index("uq_signing_keys_in_force", table_name="signing_keys")
    op.drop_index(op.f("ix_signing_keys_organisation_id"), table_name="signing_keys")

    op.drop_table("signing_keys")
