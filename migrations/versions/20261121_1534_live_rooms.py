"""Questions and polls of rooms."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1534"
down_revision = "20261121_1533"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "room_polls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("is_multiple", sa.Boolean(), nullable=False),
        sa.Column("shows_results", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_polls_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_room_polls"),
    )
    op.create_index("ix_room_polls_session_id", "room_polls", ["session_id"])

    op.create_table(
        "room_settings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("takes_questions", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("is_moderated", sa.Boolean(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_settings_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name="pk_room_settings"),
    )
    op.create_table(
        "room_poll_options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"],
            ["room_polls.id"],
            name="fk_room_poll_options_poll_id_room_polls",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_room_poll_options"),
        sa.UniqueConstraint("poll_id", "id", name="uq_room_poll_options_poll_id_id"),
        sa.UniqueConstraint("poll_id", "place", name="uq_room_poll_options_poll_id_place"),
    )
    op.create_table(
        "room_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_questions_registration_id_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_room_questions_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_room_questions"),
    )
    op.create_index("ix_room_questions_registration_id", "room_questions", ["registration_id"])
    op.create_index("ix_room_questions_session_id", "room_questions", ["session_id"])

    op.create_table(
        "room_poll_votes",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("turn = 0 OR turn = option_id", name="ck_room_poll_votes_turn"),
        sa.ForeignKeyConstraint(
            ["poll_id", "option_id"],
            ["room_poll_options.poll_id", "room_poll_options.id"],
            name="fk_room_poll_votes_option",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_poll_votes_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("poll_id", "registration_id", "turn", name="pk_room_poll_votes"),
    )
    op.create_index("ix_room_poll_votes_option_id", "room_poll_votes", ["option_id"])

    op.create_table(
        "room_question_votes",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["room_questions.id"],
            name="fk_room_question_votes_question_id_room_questions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name="fk_room_question_votes_registration_id_registrations",
        ),
        sa.PrimaryKeyConstraint("question_id", "registration_id", name="pk_room_question_votes"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("room_question_votes")
    op.drop_index("ix_room_poll_votes_option_id", "room_poll_votes")

    op.drop_table("room_poll_votes")
    op.drop_index("ix_room_questions_session_id", "room_questions")
    op.drop_index("ix_room_questions_registration_id", "room_questions")

    op.drop_table("room_questions")
    op.drop_table("room_poll_options")
    op.drop_table("room_settings")
    op.drop_index("ix_room_polls_session_id", "room_polls")

    op.drop_table("room_polls")
