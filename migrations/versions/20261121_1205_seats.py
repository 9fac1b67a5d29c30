"""Seats of institutions, and sessions that people enrol in."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1205"
down_revision = "20261121_1204"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "entity_quotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=200), nullable=False),
        sa.Column("entity_key", sa.String(length=200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_entity_quotas_seats_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_entity_quotas_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_quotas")),
        sa.UniqueConstraint("event_id", "entity_key", name=op.f("uq_entity_quotas_event_id_entity_key")),
    )
    op.create_table(
        "enrollable_sessions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "seats IS NULL OR seats >= 0", name=op.f("ck_enrollable_sessions_seats_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_enrollable_sessions_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_enrollable_sessions_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_enrollable_sessions")),
    )
    op.create_index(
        op.f("ix_enrollable_sessions_event_id"), "enrollable_sessions", ["event_id"], unique=False
    )

    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("offer_expires_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_enrolments_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["enrollable_sessions.session_id"],
            name=op.f("fk_enrolments_session_id_enrollable_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint(
            "session_id", "registration_id", name=op.f("uq_enrolments_session_id_registration_id")
        ),
    )
    op.create_index(op.f("ix_enrolments_registration_id"), "enrolments", ["registration_id"], unique=False)
    op.create_index("ix_enrolments_session_id_status", "enrolments", ["session_id", "status"], unique=False)

    op.add_column(
        "registration_settings",
        sa.Column(
            "only_listed_entities",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
        ),
    )
    # The sweep looks for offers that have run out; hardly any registration has one.
    condition = sa.text("offer_expires_at IS NOT NULL")
    op.create_index(
        "ix_registrations_offer_expires_at",
        "registrations",
        ["offer_expires_at"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_registrations_offer_expires_at", table_name="registrations")
    op.drop_column("registration_settings", "only_listed_entities")

    op.drop_index("ix_enrolments_session_id_status", table_name="enrolments")
    op.drop_index(op.f("ix_enrolments_registration_id"), table_name="enrolments")

    op.drop_table("enrolments")
    op.drop_index(op.f("ix_enrollable_sessions_event_id"), table_name="enrollable_sessions")

    op.drop_table("enrollable_sessions")
    op.drop_table("entity_quotas")
