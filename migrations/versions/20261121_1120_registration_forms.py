"""Forms with fields and answers, an event's settings of registration, and more that a registration can be."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1120"
down_revision = "20261121_1000"

_UNIQUE = "uq_registrations_active_identity"


def _be_unique_among(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index(_UNIQUE, table_name="registrations")
    op.create_index(
        _UNIQUE,
        "registrations",
        ["event_id", "identity"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "registration_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("intro", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("core", sa.JSON(), nullable=False),
        sa.Column("access", sa.String(length=12), nullable=False),
        sa.Column("is_moderated", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("opens_at", sa.DateTime(), nullable=True),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(event_id IS NULL) <> (organisation_id IS NULL)",
            name=op.f("ck_registration_forms_event_or_template"),
        ),
        sa.CheckConstraint(
            "capacity IS NULL OR capacity >= 0", name=op.f("ck_registration_forms_capacity_not_negative")
        ),
        sa.CheckConstraint(
            "closes_at IS NULL OR opens_at IS NULL OR opens_at < closes_at",
            name=op.f("ck_registration_forms_window_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_registration_forms_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_registration_forms_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_forms")),
        sa.UniqueConstraint("event_id", "slug", name=op.f("uq_registration_forms_event_id_slug")),
    )
    op.create_index(
        op.f("ix_registration_forms_organisation_id"), "registration_forms", ["organisation_id"], unique=False
    )

    op.create_table(
        "registration_settings",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("promotion", sa.String(length=12), nullable=False),
        sa.Column("offer_hours", sa.Integer(), nullable=False),
        sa.Column("clashes", sa.String(length=12), nullable=False),
        sa.Column("proof_of_work", sa.String(length=12), nullable=False),
        sa.Column("answers_until", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "offer_hours BETWEEN 1 AND 720", name=op.f("ck_registration_settings_offer_hours_range")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_registration_settings_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_registration_settings")),
    )
    op.create_table(
        "form_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["registration_forms.id"],
            name=op.f("fk_form_fields_form_id_registration_forms"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_fields")),
        sa.UniqueConstraint("form_id", "key", name=op.f("uq_form_fields_form_id_key")),
    )
    op.create_table(
        "field_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("help", sa.JSON(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("shown_if", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["form_fields.id"],
            name=op.f("fk_field_versions_field_id_form_fields"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_versions")),
        sa.UniqueConstraint("field_id", "number", name=op.f("uq_field_versions_field_id_number")),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"], ["form_fields.id"], name=op.f("fk_answers_field_id_form_fields")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_answers_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["field_versions.id"], name=op.f("fk_answers_version_id_field_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("registration_id", "field_id", name=op.f("uq_answers_registration_id_field_id")),
    )
    op.create_index(op.f("ix_answers_field_id"), "answers", ["field_id"], unique=False)

    op.create_table(
        "chosen_options",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(length=40), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["answers.id"],
            name=op.f("fk_chosen_options_answer_id_answers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["form_fields.id"], name=op.f("fk_chosen_options_field_id_form_fields")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_chosen_options_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("answer_id", "option", name=op.f("pk_chosen_options")),
    )
    op.create_index(
        "ix_chosen_options_field_id_option", "chosen_options", ["field_id", "option"], unique=False
    )
    op.create_index(
        op.f("ix_chosen_options_registration_id"), "chosen_options", ["registration_id"], unique=False
    )

    # SQLite adds a column with a foreign key only in this form.
    op.execute(
        "ALTER TABLE registrations ADD COLUMN form_id INTEGER "
        "CONSTRAINT fk_registrations_form_id_registration_forms REFERENCES registration_forms (id)"
    )
    op.add_column(
        "registrations", sa.Column("entity_key", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column(
        "registrations",
        sa.Column("cancel_reason", sa.String(length=400), nullable=False, server_default=""),
    )
    op.add_column("registrations", sa.Column("waiting_since", sa.DateTime(), nullable=True))
    op.add_column("registrations", sa.Column("offer_expires_at", sa.DateTime(), nullable=True))
    op.add_column(
        "registrations", sa.Column("review_note", sa.String(length=1000), nullable=False, server_default="")
    )
    op.add_column(
        "registrations",
        sa.Column("is_possible_duplicate", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_registrations_event_id_entity_key",
        "registrations",
        ["event_id", "entity_key", "status"],
        unique=False,
    )
    op.create_index(op.f("ix_registrations_form_id"), "registrations", ["form_id"], unique=False)
    _be_unique_among("status NOT IN ('cancelled', 'rejected')")


def downgrade() -> None:
    """Take them away. What the older schema does not know of is cancelled."""
    op.execute(
        "UPDATE registrations SET status = 'cancelled' "
        "WHERE status NOT IN ('confirmed', 'waitlisted', 'cancelled')"
    )
    _be_unique_among("status <> 'cancelled'")
    op.drop_index(op.f("ix_registrations_form_id"), table_name="registrations")
    op.drop_index("ix_registrations_event_id_entity_key", table_name="registrations")
    op.drop_column("registrations", "is_possible_duplicate")
    op.drop_column("registrations", "review_note")
    op.drop_column("registrations", "offer_expires_at")
    op.drop_column("registrations", "waiting_since")
    op.drop_column("registrations", "cancel_reason")
    op.drop_column("registrations", "entity_key")
    op.drop_column("registrations", "form_id")

    op.drop_index(op.f("ix_chosen_options_registration_id"), table_name="chosen_options")
    op.drop_index("ix_chosen_options_field_id_option", table_name="chosen_options")

    op.drop_table("chosen_options")
    op.drop_index(op.f("ix_answers_field_id"), table_name="answers")

    op.drop_table("answers")
    op.drop_table("field_versions")
    op.drop_table("form_fields")
    op.drop_table("registration_settings")
    op.drop_index(op.f("ix_registration_forms_organisation_id"), table_name="registration_forms")

    op.drop_table("registration_forms")
