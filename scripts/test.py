"""`make test`: the checks, then every test on SQLite and on PostgreSQL, with a real Redis and a real browser.

ARGS in the environment goes to pytest, as in `make test ARGS="tests/registration -x"`.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import IO

from scripts import check, services, steps
from scripts.console import PROJECT, end_with_parent, say


def main() -> None:
    """Run everything; exit with 1 and the names of what failed."""
    signal.signal(signal.SIGTERM, _end)
    install_packages()
    steps.ensure(steps.TOOLS, steps.BROWSER_LIBRARIES, steps.BROWSER_PARTS, steps.translations(".venv-dev"))
    failed = check.run_checks()
    with services.postgresql() as database, services.redis() as redis:
        failed += run_tests(database, redis)
    _report_coverage()
    if failed:
        sys.exit(f"make test: failed: {', '.join(failed)}")
    say("make test: everything passed.")


def install_packages() -> None:
    """Install the Debian packages that are missing, as root; otherwise give up, saying which."""
    services.install(services.missing_packages(), "make test")


def run_tests(database: str, redis: str) -> list[str]:
    """Run the tests on both engines at once, and beside them what knows no engine; return which runs failed.

    The run on SQLite is shown while it goes on, the others when they have ended.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        # Each has a database of Redis to itself, so that no worker takes the other's tasks.
        started = {
            name: stack.enter_context(_tests(name, words, database, f"{redis.removesuffix('0')}{number}"))
            for number, (name, words) in enumerate(_runs().items())
        }
        failed = []
        for name, run in started.items():
            say(f"== tests: {name}")
            if run.ends():
                failed.append(f"tests: {name}")
    say(f"== tests: {time.monotonic() - began:.0f} s")
    return failed


# Once is enough for the tests of the tools, which know no engine, and for what a browser makes of pages: three browsers
# at once would make each other wait. Both engines are under all that the pages ask.
_ONCE = ["tests/bench", "tests/scripts", "tests/browser"]
# Odd input at every address: PostgreSQL is the stricter reader. What else holds the architecture knows no engine.
_ADDRESSES = "tests/architecture/test_urls.py"
# The runs that are about PostgreSQL. Two end earlier than one, which would go on alone on one core at the end.
_ON_POSTGRESQL = {"postgresql", "addresses"}


def _runs() -> dict[str, list[str]]:
    """Return what each run gives to pytest, by its name: ARGS where there are any, else everything."""
    asked = shlex.split(os.environ.get("ARGS", ""))
    if asked:
        return {"sqlite": asked, "postgresql": asked}
    besides = [f"--ignore={path}" for path in _ONCE]
    return {
        "sqlite": [*besides, f"--ignore={_ADDRESSES}"],
        "postgresql": [*besides, "--ignore=tests/architecture"],
        "addresses": [_ADDRESSES],
        "browser and tools": _ONCE,
    }


@dataclass(frozen=True)
class _Run:
    """A run of pytest. What it prints is kept unless it is the one that is shown."""

    process: "subprocess.Popen[bytes]"
    report: IO[bytes] | None

    def ends(self) -> int:
        """Wait for its end, show what it printed, and return its code."""
        code = self.process.wait()
        if self.report:
            self.report.seek(0)
            shutil.copyfileobj(self.report, sys.stdout.buffer)
            sys.stdout.flush()
        return code


@contextmanager
def _tests(name: str, words: Sequence[str], database: str, redis: str) -> Iterator[_Run]:
    """Run the tests; whoever leaves before they have ended ends them."""
    command = [str(steps.python_of(".venv-dev")), "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    environment = {
        # Hundreds of processes are started: each would compile all of the application anew.
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "TEST_REDIS_URL": redis,
        "COVERAGE_FILE": f".coverage.{name.split(maxsplit=1)[0]}",
    }
    if name in _ON_POSTGRESQL:
        environment["TEST_DATABASE_URL"] = database
    else:  # measuring what is reached takes a fifth of a run, and the engines reach the same
        command += ["--cov", "--cov-report="]
    with tempfile.TemporaryFile() as kept:
        report = None if name == "sqlite" else kept
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment,
            stdout=report,
            stderr=subprocess.STDOUT if report else None,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other thread runs here
        )
        try:
            yield _Run(process, report)
        finally:
            process.terminate()
            process.wait()


def _report_coverage() -> None:
    for words in (["combine", "--quiet"], ["report"]):
        command = [str(steps.python_of(".venv-dev")), "-m", "coverage", *words]
        subprocess.run(command, cwd=PROJECT, check=False)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Leave through every `with`, so that what was started ends."""
    sys.exit("make test: asked to end.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("make test: interrupted.")
