"""Real processes that want the same thing at the same moment."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Any

from app import create_app
from app.extensions import db

SECONDS = 120
_crossing: list[Barrier] = []  # of this process, while it races


def await_rivals() -> None:
    """Wait until every rival stands at such a line, too: what each has read, it read before anyone wrote.

    What has no guard is written after this line, so that it goes wrong on every machine, however busy. Once the
    first rival has made all its calls, nobody waits any more.
    """
    for barrier in _crossing:
        with suppress(BrokenBarrierError):
            barrier.wait(SECONDS / 4)


def race(
    database_url: str,
    function: Callable[..., Any],
    calls: Sequence[tuple[Any, ...]],
    *,
    processes: int = 8,
    **settings: Any,
) -> list[Any]:
    """Call `function(*call)` for every call, shared out over processes that start together.

    Each process has its own application on `database_url`; `function` is importable (defined at the top of a
    module) and runs in an application context. Returns what each call returned, or the exception that it
    raised, in the order of `calls`.
    """
    # A server process that is forked from: cheap as fork, yet without this process' connections and threads.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.support.warm"])
    processes = min(processes, len(calls))
    start, crossing = context.Barrier(processes), context.Barrier(processes)
    results = context.Queue()
    shares = [
        [(number, calls[number]) for number in range(first, len(calls), processes)]
        for first in range(processes)
    ]
    configuration = {"TESTING": True, "SQLALCHEMY_DATABASE_URI": database_url, **settings}
    runners = [
        context.Process(
            target=_run,
            args=(dict(os.environ), configuration, function, share, start, crossing, results),
            daemon=True,
        )
        for share in shares
    ]
    for runner in runners:
        runner.start()
    found = dict(results.get(timeout=SECONDS) for _ in calls)
    for runner in runners:
        runner.join(SECONDS)
    return [found[number] for number in range(len(calls))]


def _run(
    environment: dict[str, str],
    configuration: dict[str, Any],
    function: Callable[..., Any],
    share: list[tuple[int, tuple[Any, ...]]],
    start: Barrier,
    crossing: Barrier,
    results: Any,
) -> None:
    os.environ.clear()
    os.environ.update(environment)  # this test's, not that of the first one to fork
    application = create_app(**configuration)
    with application.app_context():
        db.session.connection()  # connect before the start, so that nobody is late for it
        db.session.rollback()
        _crossing[:] = [crossing]
        start.wait(SECONDS)
        for number, call in share:
            try:
                results.put((number, function(*call)))
            except Exception as error:
                results.put((number, error))
            finally:
                db.session.remove()
        crossing.abort()
