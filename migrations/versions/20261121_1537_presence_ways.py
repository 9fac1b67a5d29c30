"""Files of meetings, signature sheets, and checking in by oneself."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1537"
down_revision = "20261121_1536"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "meeting_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("program", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("session_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_meeting_imports_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_meeting_imports_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_imports")),
        sa.UniqueConstraint("event_id", "digest", name=op.f("uq_meeting_imports_event_id_digest")),
    )
    op.create_table(
        "room_screens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_room_screens_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_room_screens_room_id_rooms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_screens")),
    )
    op.create_index(op.f("ix_room_screens_event_id"), "room_screens", ["event_id"])

    op.create_table(
        "session_codes",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_session_codes_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_session_codes_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_codes")),
    )
    op.create_index(op.f("ix_session_codes_event_id"), "session_codes", ["event_id"])

    op.create_table(
        "shared_phone_groups",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["registration_groups.id"],
            name=op.f("fk_shared_phone_groups_group_id_registration_groups"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_shared_phone_groups")),
    )
    op.create_table(
        "signature_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(day_id IS NULL) <> (session_id IS NULL)", name=op.f("ck_signature_sheets_day_or_session")
        ),
        sa.ForeignKeyConstraint(
            ["day_id"], ["days.id"], name=op.f("fk_signature_sheets_day_id_days"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_signature_sheets_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["printed_by_id"], ["users.id"], name=op.f("fk_signature_sheets_printed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_signature_sheets_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_sheets")),
    )
    op.create_index(op.f("ix_signature_sheets_event_id"), "signature_sheets", ["event_id"])

    op.create_table(
        "check_in_phones",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_check_in_phones_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_check_in_phones_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "device", name=op.f("pk_check_in_phones")),
    )
    op.create_index(op.f("ix_check_in_phones_registration_id"), "check_in_phones", ["registration_id"])

    op.create_table(
        "check_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_check_ins_event_id_events")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_check_ins_registration_id_registrations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_check_ins_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint(
            "session_id", "registration_id", name=op.f("uq_check_ins_session_id_registration_id")
        ),
    )
    op.create_index(op.f("ix_check_ins_event_id"), "check_ins", ["event_id"])
    op.create_index(op.f("ix_check_ins_registration_id"), "check_ins", ["registration_id"])

    op.create_table(
        "meeting_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("stays", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["meeting_imports.id"],
            name=op.f("fk_meeting_people_import_id_meeting_imports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_meeting_people_registration_id_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_people")),
        sa.UniqueConstraint("import_id", "row", name=op.f("uq_meeting_people_import_id_row")),
    )
    op.create_index(op.f("ix_meeting_people_registration_id"), "meeting_people", ["registration_id"])

    op.create_table(
        "signature_rows",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_signature_rows_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["signature_sheets.id"],
            name=op.f("fk_signature_rows_sheet_id_signature_sheets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sheet_id", "number", name=op.f("pk_signature_rows")),
    )
    op.create_index(op.f("ix_signature_rows_registration_id"), "signature_rows", ["registration_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_signature_rows_registration_id"), table_name="signature_rows")

    op.drop_table("signature_rows")
    op.drop_index(op.f("ix_meeting_people_registration_id"), table_name="meeting_people")

    op.drop_table("meeting_people")
    op.drop_index(op.f("ix_check_ins_registration_id"), table_name="check_ins")
    op.drop_index(op.f("ix_check_ins_event_id"), table_name="check_ins")

    op.drop_table("check_ins")
    op.drop_index(op.f("ix_check_in_phones_registration_id"), table_name="check_in_phones")

    op.drop_table("check_in_phones")
    op.drop_index(op.f("ix_signature_sheets_event_id"), table_name="signature_sheets")

    op.drop_table("signature_sheets")
    op.drop_table("shared_phone_groups")
    op.drop_index(op.f("ix_session_codes_event_id"), table_name="session_codes")

    op.drop_table("session_codes")
    op.drop_index(op.f("ix_room_screens_event_id"), table_name="room_screens")

    op.drop_table("room_screens")
    op.drop_table("meeting_imports")
