"""`flask worker`: the background worker."""

import logging
import signal
import time

import click

from app import jobs
from app.attendance import tasks as attendance_tasks  # noqa: F401 - what the worker's clock shall run
from app.cli.demo import tasks  # noqa: F401 - likewise
from app.registration import tasks as registration_tasks  # noqa: F401 - likewise


@click.command("worker")
def worker() -> None:
    """Run background work (letters, certificates) until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    jobs.huey.on_startup("ready")(_say_so)
    jobs.huey.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=1.0, backoff=1.3).run()


def _say_so() -> None:
    """Tell whoever waits for it: a service manager, a test, a person at the screen."""
    # Huey minds signals only once its threads have begun, this one among them.
    while signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        time.sleep(0.01)
    click.echo("The worker is waiting for work.")
