"""Groups of people, and how each person agreed."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1213"
down_revision = "20261121_1209"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "registration_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("coordinator_name", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("coordinator_email", sa.String(length=254), server_default=sa.text("''"), nullable=False),
        sa.Column("coordinator_phone", sa.String(length=30), server_default=sa.text("''"), nullable=False),
        sa.Column("consent_kind", sa.String(length=10), nullable=False),
        sa.Column("consent_witness", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("consent_place", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("last_link_version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_registration_groups_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_registration_groups_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_groups")),
    )
    op.create_index(
        op.f("ix_registration_groups_event_id"), "registration_groups", ["event_id"], unique=False
    )

    op.execute(
        "ALTER TABLE registrations ADD COLUMN group_id INTEGER "
        "CONSTRAINT fk_registrations_group_id_registration_groups REFERENCES registration_groups (id)"
    )
    op.add_column(
        "registrations",
        sa.Column(
            "consent_kind",
            sa.String(length=10),
            server_default=sa.text("'form'"),
            nullable=False,
        ),
    )
    op.add_column(
        "registrations",
        sa.Column(
            "consent_witness",
            sa.String(length=200),
            server_default=sa.text("''"),
            nullable=False,
        ),
    )
    op.add_column(
        "registrations",
        sa.Column(
            "consent_place",
            sa.String(length=200),
            server_default=sa.text("''"),
            nullable=False,
        ),
    )
    op.create_index(op.f("ix_registrations_group_id"), "registrations", ["group_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_registrations_group_id"), table_name="registrations")
    op.drop_column("registrations", "consent_place")
    op.drop_column("registrations", "consent_witness")
    op.drop_column("registrations", "consent_kind")
    op.drop_column("registrations", "group_id")

    op.drop_index(op.f("ix_registration_groups_event_id"), table_name="registration_groups")

    op.drop_table("registration_groups")
