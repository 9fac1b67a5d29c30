"""Doors are told of a new version of a pass too."""

from alembic import op

revision = "20261121_1540"
down_revision = "20261121_1538"

_NAME = "registrations_tell_doors_update"
_KNOWN = "status, code, given_names, first_surname, second_surname, entity, document_type, document_number"
_ON_SQLITE = (
    "INSERT INTO registration_changes (registration_id, event_id, revision) VALUES (NEW.id, NEW.event_id, "
    "(SELECT coalesce(max(revision), 0) + 1 FROM registration_changes WHERE event_id = NEW.event_id)) "
    "ON CONFLICT (registration_id) DO UPDATE SET event_id = excluded.event_id, revision = excluded.revision"
)


def _watch(columns: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {_NAME} ON registrations")
        op.execute(
            f"CREATE TRIGGER {_NAME} AFTER UPDATE OF {columns} ON registrations "
            f"FOR EACH ROW EXECUTE FUNCTION {_NAME}()"
        )
        return
    op.execute(f"DROP TRIGGER {_NAME}")
    op.execute(f"CREATE TRIGGER {_NAME} AFTER UPDATE OF {columns} ON registrations BEGIN {_ON_SQLITE}; END")


def upgrade() -> None:
    """Watch the version as well."""
    _watch(f"{_KNOWN}, pass_version")


def downgrade() -> None:
    """Watch it no more."""
    _watch(_KNOWN)
