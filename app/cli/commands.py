"""Registers every `flask` command."""

from flask import Flask

from app.cli import work


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(work.worker)
