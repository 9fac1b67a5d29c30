"""How many seats of each event are taken, kept by triggers on the registrations."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_1122"
down_revision = "20261121_1121"

_HOLDS = "{row}.status IN ('confirmed', 'offered')"
_COUNT = (
    "INSERT INTO seat_counts (event_id, taken) VALUES ({row}.event_id, {step}) "
    "ON CONFLICT (event_id) DO UPDATE SET taken = seat_counts.taken + {step}"
)
_NEW, _OLD = _HOLDS.format(row="NEW"), _HOLDS.format(row="OLD")
_ONE_MORE, _ONE_LESS = _COUNT.format(row="NEW", step=1), _COUNT.format(row="OLD", step=-1)
_TRIGGERS = {
    "insert": [("INSERT", _NEW, _ONE_MORE)],
    "update": [
        ("UPDATE OF status", f"{_NEW} AND NOT {_OLD}", _ONE_MORE),
        ("UPDATE OF status", f"{_OLD} AND NOT {_NEW}", _ONE_LESS),
    ],
    "delete": [("DELETE", _OLD, _ONE_LESS)],
}
_NAMES = [
    (f"registrations_count_{verb}_{number}", *what)
    for verb, whats in _TRIGGERS.items()
    for number, what in enumerate(whats, start=1)
]


def upgrade() -> None:
    """Count what is there, and from then on with every change."""
    op.create_table(
        "seat_counts",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_seat_counts_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_seat_counts")),
    )
    op.execute(
        "INSERT INTO seat_counts (event_id, taken) SELECT event_id, count(*) FROM registrations "
        "WHERE status IN ('confirmed', 'offered') GROUP BY event_id"
    )
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, verb, condition, statement in _NAMES:
        if not on_postgresql:
            op.execute(
                f"CREATE TRIGGER {name} AFTER {verb} ON registrations WHEN {condition} BEGIN {statement}; END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {statement}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {verb} ON registrations FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    """Count no more."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, *_what in _NAMES:
        op.execute(f"DROP TRIGGER {name}" + (" ON registrations" if on_postgresql else ""))
        if on_postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("seat_counts")
