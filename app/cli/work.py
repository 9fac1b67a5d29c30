"""`flask worker`: the background worker."""

import contextlib
import ctypes
import gc
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
    _return_memory()
    gc.freeze()  # what was imported stays: to look through it each time makes the collector wait, and garbage grow
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    jobs.huey.on_startup("ready")(_say_so)
    jobs.huey.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=1.0, backoff=1.3).run()


# Of glibc's mallopt(3), in bytes: from where on the end of the heap goes back, and what is a piece of memory by itself.
# Left to itself glibc raises both, so that each thread keeps what the largest page ever took.
_MEMORY = {-1: 64 * 1024, -3: 128 * 1024}


def _return_memory() -> None:
    """Let what setting a page took go back at once: glibc keeps ever more, for a process that sets thousands."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        for option, value in _MEMORY.items():
            ctypes.CDLL(None).mallopt(option, value)


def _say_so() -> None:
    """Tell whoever waits for it: a service manager, a test, a person at the screen."""
    # Huey minds signals only once its threads have begun, this one among them.
    while signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        time.sleep(0.01)
    click.echo("The worker is waiting for work.")
