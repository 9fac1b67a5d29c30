"""`flask worker`: the background worker."""

import logging

import click

from app import jobs
from app.cli.demo import tasks  # noqa: F401 - what the worker's clock shall run
from app.registration import tasks as registration_tasks  # noqa: F401 - likewise


@click.command("worker")
def worker() -> None:
    """Run background work (letters, certificates) until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # For whoever waits for it: a service manager, a test, a person at the screen.
    jobs.huey.on_startup("ready")(lambda: click.echo("The worker is waiting for work."))
    jobs.huey.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=1.0, backoff=1.3).run()
