"""Fill in what registrations made before have now: the key of the institution and the place in the waitlist."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "20261121_1121"
down_revision = "20261121_1120"

_BATCH = 1000
_registrations = sa.table(
    "registrations",
    sa.column("id", sa.Integer),
    sa.column("status", sa.String),
    sa.column("entity", sa.String),
    sa.column("identity", sa.String),
    sa.column("entity_key", sa.String),
    sa.column("created_at", sa.DateTime),
    sa.column("waiting_since", sa.DateTime),
)


def _folded(text: str) -> str:
    """Return text as registration.rules.entity_key did when this was written."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(char for char in decomposed if unicodedata.category(char) != "Mn").split())[:200]


def upgrade() -> None:
    """Fill both, and tell those without document and e-mail apart by their community."""
    connection = op.get_bind()
    rows, last = _registrations.c, 0
    connection.execute(
        sa.update(_registrations).where(rows.status == "waitlisted").values(waiting_since=rows.created_at)
    )
    while batch := connection.execute(
        sa.select(rows.id, rows.entity, rows.identity)
        .where(rows.id > last, sa.or_(rows.entity != "", rows.identity.like("mail:|%")))
        .order_by(rows.id)
        .limit(_BATCH)
    ).all():
        last = batch[-1].id
        for row in batch:
            key, names = _folded(row.entity), row.identity.removeprefix("mail:|")
            identity = row.identity if names == row.identity else f"name:{names[:190]}|{key}"
            connection.execute(
                sa.update(_registrations).where(rows.id == row.id).values(entity_key=key, identity=identity)
            )


def downgrade() -> None:
    """Tell those without document and e-mail apart by their names alone, as before."""
    connection = op.get_bind()
    rows = _registrations.c
    for row in connection.execute(
        sa.select(rows.id, rows.identity).where(rows.identity.like("name:%"))
    ).all():
        names = row.identity.removeprefix("name:").rpartition("|")[0]
        connection.execute(
            sa.update(_registrations).where(rows.id == row.id).values(identity=f"mail:|{names}")
        )
