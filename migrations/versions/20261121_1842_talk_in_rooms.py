"""Chat, reactions and announcements of rooms."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1842"
down_revision = "20261121_1841"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "room_announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name="fk_room_announcements_event_id_events",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_room_announcements"),
    )
    op.create_index("ix_room_announcements_event_id", "room_announcements", ["event_id"])

    op.create_table(
        "room_reactions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_reactions_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "kind", "step", name="pk_room_reactions"),
    )
    op.create_table(
        "room_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_messages_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_messages_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_room_messages"),
    )
    op.create_index("ix_room_messages_registration_id", "room_messages", ["registration_id"])
    op.create_index("ix_room_messages_session_id", "room_messages", ["session_id", "id"])

    op.create_table(
        "room_silences",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_silences_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_silences_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "registration_id", name="pk_room_silences"),
    )
    op.create_index("ix_room_silences_registration_id", "room_silences", ["registration_id"])

    for name in ("takes_chat", "allows_links"):
        op.add_column(
            "room_settings", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("room_settings") as settings:
        settings.drop_column("allows_links")
        settings.drop_column("takes_chat")
    for table in ("room_silences", "room_reactions", "room_messages", "room_announcements"):
        op.drop_table(table)
