"""`flask janus`: the configuration of the video room of this server."""

import os

import click
from flask import current_app

from app.live.providers import janus_files


def _within() -> str:
    """Return the address at which this machine reaches the web server."""
    host = os.environ.get("HOST") or "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{os.environ.get('PORT') or '8000'}"


@click.command("janus")
def janus() -> None:
    """Write the configuration of Janus and its relay into the instance folder, and print where."""
    config = current_app.config
    folder = config["INSTANCE"] / janus_files.FOLDER
    around = janus_files.Surroundings(
        folder, config["JANUS_PORT"], config["BASE_URL"], _within(), config["LIVE_IP"]
    )
    janus_files.write(around)
    click.echo(str(folder))
