"""Awards, grades, and certificates for people who did not register.

What was settled about an event's certificates becomes its first award. An issue in batch that was under way ends here:
issuing again takes up whoever it left.

SQLite rebuilds three tables; their triggers are made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1536"
down_revision = "20261121_1535"

REBUILT = ("certificate_designs", "certificates")
OF_AWARDS = (*REBUILT, "issue_runs")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _watch(table: str) -> None:
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: add a row instead'); END"
        )


def _let_go(table: str) -> None:
    if _is_postgresql():
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")


def upgrade() -> None:
    """Add them, and give every event its first award."""
    _new_tables()
    op.execute(
        "INSERT INTO awards"
        " (event_id, position, kind, role, name, title, wording, sessions, credits_attended, created_at)"
        " SELECT id, 1, 'participation', 'attendee', '', '', '', '[]', false, created_at FROM events"
    )
    op.execute(
        "UPDATE issue_runs SET finished_at = started_at, status = 'finished' WHERE finished_at IS NULL"
    )
    for table in REBUILT:
        _let_go(table)
    for table in OF_AWARDS:
        op.add_column(table, sa.Column("award_id", sa.Integer(), nullable=True))
        op.execute(
            f"UPDATE {table} SET award_id = (SELECT awards.id FROM awards WHERE awards.event_id = {table}.event_id)"  # noqa: S608
        )
    _change_tables()
    for table in (*REBUILT, "award_decisions"):
        _watch(table)


def _change_tables() -> None:
    with op.batch_alter_table("certificate_designs") as batch:
        batch.alter_column("award_id", existing_type=sa.Integer(), nullable=False)
        batch.create_index(batch.f("ix_certificate_designs_award_id"), ["award_id"])
        batch.create_foreign_key(
            batch.f("fk_certificate_designs_award_id_awards"), "awards", ["award_id"], ["id"]
        )
    with op.batch_alter_table("certificates") as batch:
        batch.alter_column("award_id", existing_type=sa.Integer(), nullable=False)
        batch.add_column(sa.Column("recipient_id", sa.Integer(), nullable=True))
        batch.alter_column("registration_id", existing_type=sa.Integer(), nullable=True)
        batch.drop_constraint(batch.f("uq_certificates_registration_id_kind_role_edition"), type_="unique")
        batch.create_index("ix_certificates_award_id_issued_at", ["award_id", "issued_at"])
        for person in ("recipient_id", "registration_id"):
            batch.create_unique_constraint(
                batch.f(f"uq_certificates_{person}_award_id_edition"), [person, "award_id", "edition"]
            )
        batch.create_foreign_key(batch.f("fk_certificates_award_id_awards"), "awards", ["award_id"], ["id"])
        batch.create_foreign_key(
            batch.f("fk_certificates_recipient_id_certificate_recipients"),
            "certificate_recipients",
            ["recipient_id"],
            ["id"],
        )
        batch.create_check_constraint(
            batch.f("ck_certificates_of_one_person"), "(registration_id IS NULL) <> (recipient_id IS NULL)"
        )
    with op.batch_alter_table("issue_runs") as batch:
        batch.alter_column("award_id", existing_type=sa.Integer(), nullable=False)
        batch.add_column(sa.Column("search", sa.String(length=100), nullable=True))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("confirmed_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("skipped", sa.Integer(), server_default="0", nullable=False))
        batch.create_index("ix_issue_runs_award_id", ["award_id"])
        batch.create_foreign_key(batch.f("fk_issue_runs_award_id_awards"), "awards", ["award_id"], ["id"])
        batch.create_foreign_key(
            batch.f("fk_issue_runs_confirmed_by_id_users"), "users", ["confirmed_by_id"], ["id"]
        )
        for column in ("claimed_until", "claim", "problems"):
            batch.drop_column(column)


def _new_tables() -> None:
    op.create_table(
        "issue_policies",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("needs_second_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_issue_policies_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_issue_policies")),
    )
    op.create_table(
        "awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=True),
        sa.Column("sessions", sa.JSON(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("credits_attended", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_awards_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("event_id", "position", name=op.f("uq_awards_event_id_position")),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_subjects_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_subjects_event_id_name")),
    )
    op.create_table(
        "certificate_recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=360), nullable=False),
        sa.Column("document_type", sa.String(length=10), nullable=False),
        sa.Column("document_number", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_certificate_recipients_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["speakers.id"],
            name=op.f("fk_certificate_recipients_speaker_id_speakers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_recipients")),
        sa.UniqueConstraint(
            "event_id", "role", "speaker_id", name=op.f("uq_certificate_recipients_event_id_role_speaker_id")
        ),
    )
    op.create_index(
        "ix_certificate_recipients_speaker_id", "certificate_recipients", ["speaker_id"], unique=False
    )

    op.create_table(
        "award_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_award_decisions_award_id_awards")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_award_decisions_by_id_users")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_award_decisions_registration_id_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_decisions")),
    )
    op.create_index(
        "ix_award_decisions_award_id_registration_id",
        "award_decisions",
        ["award_id", "registration_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_award_decisions_registration_id"), "award_decisions", ["registration_id"], unique=False
    )

    op.create_table(
        "grades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=4, scale=2), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("value >= 0 AND value <= 20", name=op.f("ck_grades_from_0_to_20")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_grades_entered_by_id_users")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_grades_registration_id_registrations")
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_grades_subject_id_subjects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades")),
        sa.UniqueConstraint(
            "registration_id", "subject_id", name=op.f("uq_grades_registration_id_subject_id")
        ),
    )
    op.create_index("ix_grades_subject_id", "grades", ["subject_id"], unique=False)

    op.create_table(
        "issue_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=400), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("claimed_until", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(registration_id IS NULL) <> (recipient_id IS NULL)", name=op.f("ck_issue_items_of_one_person")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["certificate_recipients.id"],
            name=op.f("fk_issue_items_recipient_id_certificate_recipients"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_issue_items_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["issue_runs.id"], name=op.f("fk_issue_items_run_id_issue_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_items")),
    )
    op.create_index("ix_issue_items_claim", "issue_items", ["claim"], unique=False)
    op.create_index("ix_issue_items_run_id_state_id", "issue_items", ["run_id", "state", "id"], unique=False)


def downgrade() -> None:
    """Take them away. What was issued to people who did not register must be gone before."""
    op.drop_table("issue_items")
    for table in REBUILT:
        _let_go(table)
    with op.batch_alter_table("issue_runs") as batch:
        batch.add_column(sa.Column("problems", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("claim", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("claimed_until", sa.DateTime(), nullable=True))
        batch.drop_constraint(batch.f("fk_issue_runs_confirmed_by_id_users"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_issue_runs_award_id_awards"), type_="foreignkey")
        batch.drop_index("ix_issue_runs_award_id")
        for column in ("skipped", "confirmed_by_id", "confirmed_at", "search", "award_id"):
            batch.drop_column(column)
    with op.batch_alter_table("certificates") as batch:
        batch.drop_constraint(
            batch.f("fk_certificates_recipient_id_certificate_recipients"), type_="foreignkey"
        )
        batch.drop_constraint(batch.f("fk_certificates_award_id_awards"), type_="foreignkey")
        for person in ("recipient_id", "registration_id"):
            batch.drop_constraint(batch.f(f"uq_certificates_{person}_award_id_edition"), type_="unique")
        batch.drop_constraint(batch.f("ck_certificates_of_one_person"), type_="check")
        batch.drop_index("ix_certificates_award_id_issued_at")
        batch.create_unique_constraint(
            batch.f("uq_certificates_registration_id_kind_role_edition"),
            ["registration_id", "kind", "role", "edition"],
        )
        batch.alter_column("registration_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("recipient_id")
        batch.drop_column("award_id")
    with op.batch_alter_table("certificate_designs") as batch:
        batch.drop_constraint(batch.f("fk_certificate_designs_award_id_awards"), type_="foreignkey")
        batch.drop_index(batch.f("ix_certificate_designs_award_id"))
        batch.drop_column("award_id")
    for table in REBUILT:
        _watch(table)
    for table in (
        "grades",
        "award_decisions",
        "certificate_recipients",
        "subjects",
        "awards",
        "issue_policies",
    ):
        op.drop_table(table)
