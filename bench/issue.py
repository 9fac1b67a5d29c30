"""Issuing in batch: a tenth of the certificates, then all of them, by two worker processes of one instance.

`python -m bench.issue SLUG PEOPLE` adds an event of so many people who attended, without e-mail addresses (letters
would be measured along), begins to issue to all of them, waits for the end, and prints when it began and ended.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from app import clock, create_app, unit_of_work
from app.certificates import issuing, tasks
from app.certificates.models import IssueRun
from app.events.models import Event
from app.extensions import db
from bench.certified import add_attended
from bench.figures import Figure, growth
from bench.harness import TICKS, Bench, Options, Server, cpu_of, rss_of
from scripts.console import PROJECT, end_with_parent

CERTIFICATES = 10_000
FEWER = 1_000  # of a quick run
CORES = 2


def measure(options: Options) -> Iterator[Figure]:
    """Yield how busy two cores were, the memory of the larger worker, and the growth from a tenth."""
    number = FEWER if options.quick else CERTIFICATES
    with Bench(options) as bench:
        product = bench.product()
        with _second_worker(product):
            workers = product.background_processes()
            few, _busy = _issued(product, workers, number // 10)
            many, busy = _issued(product, workers, number)
            yield Figure("issue", 100 * busy, "% of two cores", options.engine, number)
            yield Figure("issue-rss", max(map(rss_of, workers)), "MB", options.engine, number)
            yield growth("issue", options.engine, number // 10, [(few, many)])


@contextmanager
def _second_worker(product: Server) -> Iterator[None]:
    """Start one background worker more than the product has, as a machine of its own would."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "worker"],
        cwd=PROJECT,
        env=product.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - what it calls is safe after a fork
    )
    try:
        assert worker.stdout is not None  # noqa: S101 - it is a pipe
        worker.stdout.readline()  # it says when it waits for work
        product.helpers.append(worker.pid)
        yield
    finally:
        worker.terminate()
        worker.wait(60)


def _issued(product: Server, workers: list[int], number: int) -> tuple[float, float]:
    """Return the seconds that an issue of so many took, and which part of what two cores could give it was used."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.issue", f"emision-{number}", str(number)],
        cwd=PROJECT,
        env=product.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    process.stdout.readline()  # the event is there
    used, idle = sum(map(cpu_of, workers)), _idle()
    began, ended = json.loads(process.stdout.readline())
    used, idle = sum(map(cpu_of, workers)) - used, _idle() - idle
    process.wait()
    seconds = ended - began
    # What other programs took meanwhile the workers could not have; cores beyond the two are not asked for.
    unused = max(0.0, idle - seconds * ((os.cpu_count() or CORES) - CORES))
    return seconds, used / (used + unused)


def _idle() -> float:
    """Return the seconds that all cores together have been idle."""
    with open("/proc/stat") as stat:
        fields = stat.readline().split()
    return (int(fields[4]) + int(fields[5])) / TICKS


def main(slug: str, people: str) -> None:
    """Prepare the event and say so, issue, and print when that began and ended."""
    application = create_app()
    with application.app_context(), application.test_request_context():
        add_attended(slug, int(people))
        print("ready", flush=True)
        began = time.time()
        with unit_of_work.transaction():
            event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
            run = issuing.start(event, by=None, at=clock.now())
            tasks.wake(run)
            run_id = run.id
        while not _is_finished(run_id):
            time.sleep(0.1)
        print(json.dumps([began, time.time()]), flush=True)


def _is_finished(run_id: int) -> bool:
    finished = db.session.scalar(select(IssueRun.finished_at).where(IssueRun.id == run_id)) is not None
    db.session.rollback()
    return finished


if __name__ == "__main__":
    main(*sys.argv[1:])
