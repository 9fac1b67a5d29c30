"""Registers every `flask` command."""

from flask import Flask

from app.cli import attendance, certificates, janus, log, migrations, setup, work
from app.cli.demo import commands as demo


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (
        migrations.migrations,
        work.worker,
        setup.setup,
        setup.user,
        attendance.cli,
        certificates.cli,
        janus.janus,
        log.cli,
        demo.demo,
    ):
        app.cli.add_command(command)
