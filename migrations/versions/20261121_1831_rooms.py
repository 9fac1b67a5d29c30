"""Rooms: accounts with servers, places, what stands beside them."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1831"
down_revision = "20261121_1830"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "room_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("algorithm", sa.String(length=8), nullable=False),
        sa.Column("app_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_room_accounts_organisation_id_organisations",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_room_accounts"),
        sa.UniqueConstraint("organisation_id", "address", name="uq_room_accounts_organisation_id_address"),
    )
    op.create_table(
        "room_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_links_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_room_links"),
    )
    op.create_index("ix_room_links_session_id", "room_links", ["session_id"])

    op.create_table(
        "room_entries",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_entries_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_entries_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "registration_id", name="pk_room_entries"),
    )
    op.create_index("ix_room_entries_registration_id", "room_entries", ["registration_id"])

    op.execute(
        "ALTER TABLE room_settings ADD COLUMN capacity INTEGER "
        "CONSTRAINT ck_room_settings_capacity_positive CHECK (capacity IS NULL OR capacity > 0)"
    )
    op.execute(
        "ALTER TABLE room_settings ADD COLUMN opens_minutes INTEGER DEFAULT 15 NOT NULL "
        "CONSTRAINT ck_room_settings_opens_minutes_range CHECK (opens_minutes BETWEEN 0 AND 120)"
    )


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("room_settings") as settings:
        settings.drop_constraint("opens_minutes_range", type_="check")
        settings.drop_constraint("capacity_positive", type_="check")
        settings.drop_column("opens_minutes")
        settings.drop_column("capacity")
    op.drop_table("room_entries")
    op.drop_table("room_links")
    op.drop_table("room_accounts")
