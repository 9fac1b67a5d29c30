"""Triggers enter scans into the ledger, keep it from being changed, and note whose summary is behind.

A scan's trigger makes the ledger complete whichever program records the scan.
"""

from alembic import op

revision = "20261121_1506"
down_revision = "20261121_1505"

# A scan at a session's or a room's checkpoint is about that; every other is about its day.
_ENTER = """
INSERT INTO attendance_events (event_id, registration_id, day_id, session_id, room_id, kind, starts_at, source,
                               source_ref, reason, recorded_at, recorded_by_id)
VALUES (NEW.event_id, NEW.registration_id, CASE WHEN NEW.session_id IS NULL THEN NEW.day_id END, NEW.session_id,
        CASE WHEN NEW.session_id IS NULL THEN NEW.room_id END,
        CASE NEW.direction WHEN 'out' THEN 'departure' ELSE 'arrival' END, NEW.scanned_at,
        CASE NEW.source WHEN 'close' THEN 'close' ELSE 'scan' END, 'scans:' || NEW.id, NEW.reason,
        NEW.received_at, NEW.scanned_by_id)
"""
_NOTE = "INSERT INTO attendance_changes (event_id, registration_id) VALUES ({row}.event_id, {person})"
# Name, table, when, under which condition, and what then.
_TRIGGERS = (
    (
        "scans_enter_ledger",
        "scans",
        "INSERT",
        "NEW.result IN ('admitted', 'already', 'forced') AND NEW.registration_id IS NOT NULL",
        _ENTER,
    ),
    (
        "attendance_events_note",
        "attendance_events",
        "INSERT",
        "",
        _NOTE.format(row="NEW", person="NEW.registration_id"),
    ),
    ("sessions_note_insert", "sessions", "INSERT", "", _NOTE.format(row="NEW", person="NULL")),
    (
        "sessions_note_update",
        "sessions",
        "UPDATE OF starts_at, ends_at, kind, day_id, room_id",
        "",
        _NOTE.format(row="NEW", person="NULL"),
    ),
    ("checkpoints_note_insert", "checkpoints", "INSERT", "", _NOTE.format(row="NEW", person="NULL")),
    ("checkpoints_note_update", "checkpoints", "UPDATE", "", _NOTE.format(row="NEW", person="NULL")),
    ("checkpoints_note_delete", "checkpoints", "DELETE", "", _NOTE.format(row="OLD", person="NULL")),
    ("sessions_note_delete", "sessions", "DELETE", "", _NOTE.format(row="OLD", person="NULL")),
)


def _keep(table: str) -> None:
    """Refuse to change or delete rows of a table."""
    if op.get_bind().dialect.name == "postgresql":
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


def _release(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")


def upgrade() -> None:
    """Create the triggers."""
    _keep("attendance_events")
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, verb, condition, statement in _TRIGGERS:
        when = f"WHEN ({condition}) " if condition else ""
        if not on_postgresql:
            op.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} {when}BEGIN {statement}; END")
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {statement}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    """Drop them."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, *_what in _TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if on_postgresql else ""))
        if on_postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    _release("attendance_events")
