"""Letters' own words and copies, mailings, reminders, and addresses that want no notices."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1208"
down_revision = "20261121_1205"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "letter_copies",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["outgoing_letters.id"],
            name=op.f("fk_letter_copies_letter_id_outgoing_letters"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_copies")),
    )
    op.create_index(op.f("ix_letter_copies_kept_at"), "letter_copies", ["kept_at"], unique=False)

    op.create_table(
        "suppressions",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_suppressions_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "address_hash", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "letter_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("letter", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(event_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_letter_templates_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_letter_templates_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_letter_templates_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_templates")),
        sa.UniqueConstraint(
            "event_id", "letter", "language", name=op.f("uq_letter_templates_event_id_letter_language")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "letter",
            "language",
            name=op.f("uq_letter_templates_organisation_id_letter_language"),
        ),
    )
    op.create_table(
        "mailings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_notice", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("send_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("per_minute BETWEEN 1 AND 1000", name=op.f("ck_mailings_per_minute_range")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_mailings_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_mailings_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
    )
    op.create_index(op.f("ix_mailings_event_id"), "mailings", ["event_id"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("is_after", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("survey_url", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("minutes BETWEEN 0 AND 129600", name=op.f("ck_reminders_minutes_range")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_reminders_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "event_id", "is_after", "minutes", name=op.f("uq_reminders_event_id_is_after_minutes")
        ),
    )
    op.create_table(
        "mailing_recipients",
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["outgoing_letters.id"],
            name=op.f("fk_mailing_recipients_letter_id_outgoing_letters"),
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"],
            ["mailings.id"],
            name=op.f("fk_mailing_recipients_mailing_id_mailings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_mailing_recipients_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mailing_id", "registration_id", name=op.f("pk_mailing_recipients")),
    )
    op.create_index(
        op.f("ix_mailing_recipients_letter_id"), "mailing_recipients", ["letter_id"], unique=False
    )
    op.create_index(
        "ix_mailing_recipients_mailing_id_queued_at",
        "mailing_recipients",
        ["mailing_id", "queued_at"],
        unique=False,
    )

    op.create_table(
        "reminder_letters",
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_reminder_letters_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["reminders.id"],
            name=op.f("fk_reminder_letters_reminder_id_reminders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reminder_id", "registration_id", name=op.f("pk_reminder_letters")),
    )
    op.add_column("outgoing_letters", sa.Column("bounced_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("outgoing_letters", "bounced_at")

    op.drop_table("reminder_letters")
    op.drop_index("ix_mailing_recipients_mailing_id_queued_at", table_name="mailing_recipients")
    op.drop_index(op.f("ix_mailing_recipients_letter_id"), table_name="mailing_recipients")

    op.drop_table("mailing_recipients")
    op.drop_table("reminders")
    op.drop_index(op.f("ix_mailings_event_id"), table_name="mailings")

    op.drop_table("mailings")
    op.drop_table("letter_templates")
    op.drop_table("suppressions")
    op.drop_index(op.f("ix_letter_copies_kept_at"), table_name="letter_copies")

    op.drop_table("letter_copies")
