"""How Alembic reaches the application's database: always through a Flask application."""

from alembic import context
from flask import current_app

from app.extensions import db


def run() -> None:
    """Run the migrations in one transaction on the application's own engine."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
