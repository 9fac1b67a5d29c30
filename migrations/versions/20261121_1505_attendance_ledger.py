"""One append-only ledger of attendance, and what it comes to."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1505"
down_revision = "20261121_1504"

_COLUMNS = (
    "event_id, registration_id, day_id, session_id, kind, starts_at, source, source_ref, reason, "
    "recorded_at, recorded_by_id"
)
_MARKS = f"""
INSERT INTO attendance_events ({_COLUMNS})
SELECT event_id, registration_id, day_id, session_id, CASE WHEN present THEN 'present' ELSE 'absent' END, marked_at,
       'hand', '', reason, marked_at, marked_by_id
FROM attendance_marks ORDER BY id
"""  # noqa: S608 - names of our own
# A scan at a session's or a room's checkpoint is about that; every other is about its day.
_SCANS = """
INSERT INTO attendance_events (event_id, registration_id, day_id, session_id, room_id, kind, starts_at, source,
                               source_ref, reason, recorded_at, recorded_by_id)
SELECT event_id, registration_id, CASE WHEN session_id IS NULL THEN day_id END, session_id,
       CASE WHEN session_id IS NULL THEN room_id END,
       CASE direction WHEN 'out' THEN 'departure' ELSE 'arrival' END, scanned_at,
       CASE source WHEN 'close' THEN 'close' ELSE 'scan' END, 'scans:' || id, reason, received_at, scanned_by_id
FROM scans WHERE result IN ('admitted', 'already', 'forced') AND registration_id IS NOT NULL ORDER BY id
"""
_NOTES = "INSERT INTO attendance_changes (event_id) SELECT DISTINCT event_id FROM attendance_events"
_BACK = """
INSERT INTO attendance_marks
    (event_id, registration_id, day_id, session_id, present, reason, marked_at, marked_by_id)
SELECT event_id, registration_id, day_id, session_id, kind = 'present', reason, starts_at, recorded_by_id
FROM attendance_events AS one
WHERE kind IN ('present', 'absent')
AND NOT EXISTS (SELECT 1 FROM attendance_events AS other WHERE other.corrects_id = one.id)
ORDER BY id
"""


def upgrade() -> None:
    """Create them, and enter what marks and scans say; presence follows when the worker comes round."""
    op.create_table(
        "attendance_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_changes")),
    )
    op.create_index("ix_attendance_changes_event_id", "attendance_changes", ["event_id"], unique=False)

    op.create_table(
        "attendance_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_ref", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'interval') = (ends_at IS NOT NULL)", name=op.f("ck_attendance_events_end_of_interval")
        ),
        sa.CheckConstraint(
            "kind <> 'void' OR corrects_id IS NOT NULL", name=op.f("ck_attendance_events_void_corrects")
        ),
        sa.CheckConstraint(
            "(day_id IS NULL) <> (session_id IS NULL)", name=op.f("ck_attendance_events_day_or_session")
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR starts_at <= ends_at", name=op.f("ck_attendance_events_in_order")
        ),
        sa.CheckConstraint(
            "room_id IS NULL OR day_id IS NOT NULL", name=op.f("ck_attendance_events_room_of_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["attendance_events.id"],
            name=op.f("fk_attendance_events_corrects_id_attendance_events"),
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_attendance_events_day_id_days")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_attendance_events_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_attendance_events_recorded_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_attendance_events_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_attendance_events_room_id_rooms")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_attendance_events_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_events")),
    )
    op.create_index(
        "ix_attendance_events_event_id_starts_at",
        "attendance_events",
        ["event_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        "ix_attendance_events_registration_id", "attendance_events", ["registration_id"], unique=False
    )
    op.create_index(
        "uq_attendance_events_corrects_id",
        "attendance_events",
        ["corrects_id"],
        unique=True,
        sqlite_where=sa.text("corrects_id IS NOT NULL"),
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )

    op.create_table(
        "attendance_summaries",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_attendance_summaries_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_attendance_summaries_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_attendance_summaries_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_attendance_summaries")),
    )
    op.create_index("ix_attendance_summaries_event_id", "attendance_summaries", ["event_id"], unique=False)
    op.create_index(
        "ix_attendance_summaries_session_id", "attendance_summaries", ["session_id"], unique=False
    )

    op.create_table(
        "attendance_totals",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_attendance_totals_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_attendance_totals_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_attendance_totals")),
    )
    op.create_index("ix_attendance_totals_event_id", "attendance_totals", ["event_id"], unique=False)

    op.add_column(
        "presence_intervals", sa.Column("in_ledger", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_presence_intervals_open",
        "presence_intervals",
        ["event_id", "ends_at"],
        unique=False,
        sqlite_where=sa.text("in_ledger = 0"),
        postgresql_where=sa.text("NOT in_ledger"),
    )
    for statement in (_MARKS, _SCANS, _NOTES):
        op.execute(statement)
    op.drop_table("attendance_marks")


def _keep_marks() -> None:
    """Refuse to change or delete marks, as the second step of the schema does."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER attendance_marks_append_only BEFORE UPDATE OR DELETE ON attendance_marks "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER attendance_marks_no_{verb} BEFORE {verb.upper()} ON attendance_marks "
            "BEGIN SELECT RAISE(ABORT, 'attendance_marks is append-only: add a row instead'); END"
        )


def downgrade() -> None:
    """Drop them; the marks that hold go back to a table of their own."""
    op.create_table(
        "attendance_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("marked_at", sa.DateTime(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(day_id IS NULL) <> (session_id IS NULL)", name=op.f("ck_attendance_marks_day_or_session")
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_attendance_marks_day_id_days")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_attendance_marks_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["users.id"], name=op.f("fk_attendance_marks_marked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_attendance_marks_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_attendance_marks_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_marks")),
    )
    op.create_index("ix_attendance_marks_registration_id", "attendance_marks", ["registration_id"])
    op.create_index("ix_attendance_marks_event_id", "attendance_marks", ["event_id"])
    op.execute(_BACK)
    _keep_marks()

    op.drop_index(
        "ix_presence_intervals_open",
        table_name="presence_intervals",
        sqlite_where=sa.text("in_ledger = 0"),
        postgresql_where=sa.text("NOT in_ledger"),
    )
    op.drop_column("presence_intervals", "in_ledger")

    op.drop_index("ix_attendance_totals_event_id", table_name="attendance_totals")

    op.drop_table("attendance_totals")
    op.drop_index("ix_attendance_summaries_session_id", table_name="attendance_summaries")
    op.drop_index("ix_attendance_summaries_event_id", table_name="attendance_summaries")

    op.drop_table("attendance_summaries")
    op.drop_index(
        "uq_attendance_events_corrects_id",
        table_name="attendance_events",
        sqlite_where=sa.text("corrects_id IS NOT NULL"),
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.drop_index("ix_attendance_events_registration_id", table_name="attendance_events")
    op.drop_index("ix_attendance_events_event_id_starts_at", table_name="attendance_events")

    op.drop_table("attendance_events")
    op.drop_index("ix_attendance_changes_event_id", table_name="attendance_changes")

    op.drop_table("attendance_changes")
