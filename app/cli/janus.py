"""`flask janus`: the configuration of the video room of this server."""

import click
from flask import current_app

from app.live.providers import janus_files


@click.command("janus")
def janus() -> None:
    """Write the configuration of Janus and its relay into the instance folder, and print where."""
    config = current_app.config
    folder = config["INSTANCE"] / janus_files.FOLDER
    around = janus_files.Surroundings(folder, config["JANUS_PORT"], config["BASE_URL"], config["LIVE_IP"])
    janus_files.write(around)
    click.echo(str(folder))
