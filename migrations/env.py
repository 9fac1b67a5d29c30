"""How Alembic reaches the application's database: always through a Flask application."""

from alembic import context
from flask import current_app

from app.extensions import db


def run() -> None:
    """Run the migrations in one transaction on the application's own engine.

    SQLite can only rebuild a table to which others refer while it does not watch the references; they are checked at
    the end instead. The pragma does nothing inside a transaction, hence the driver's own connection.
    """
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        driver = connection.connection.cursor() if is_sqlite else None
        if driver is not None:
            driver.execute("PRAGMA foreign_keys = OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("a migration left a reference to a row that is not there")
        connection.commit()
        if driver is not None:
            driver.execute("PRAGMA foreign_keys = ON")


run()
