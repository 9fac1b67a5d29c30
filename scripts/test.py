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
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import IO

from scripts import check, services, steps
from scripts.console import PROJECT, end_with_parent, give_up, say


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
    missing = services.missing_packages()
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        give_up(f"the tests need programs that are missing: apt-get install {' '.join(missing)}")
    say(f"Installing {', '.join(missing)} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        if subprocess.run(["apt-get", "--quiet", "--quiet", *words], env=environment, check=False).returncode:
            give_up(f"apt-get {words[0]} failed.")


def run_tests(database: str, redis: str) -> list[str]:
    """Run the tests on both engines at once, one on each core, and return the names of the runs that failed.

    The run on SQLite is shown while it goes on, that on PostgreSQL when it has ended.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile() as report, ExitStack() as stack:
        # Each has a database of Redis to itself, so that no worker takes the other's tasks.
        on_its_own = {"TEST_DATABASE_URL": database, "TEST_REDIS_URL": redis.removesuffix("0") + "1"}
        on_postgresql = stack.enter_context(_tests("postgresql", on_its_own, output=report))
        say("== tests on sqlite")
        on_sqlite = stack.enter_context(_tests("sqlite", {"TEST_REDIS_URL": redis}))
        runs = {"tests on sqlite": on_sqlite.wait(), "tests on postgresql": on_postgresql.wait()}
        say("== tests on postgresql")
        report.seek(0)
        shutil.copyfileobj(report, sys.stdout.buffer)
        sys.stdout.flush()
    say(f"== tests: {time.monotonic() - began:.0f} s")
    return [name for name, code in runs.items() if code]


# Once is enough for the tests of the tools, which know no engine, and for what a browser makes of pages; the walk
# through all of them in a browser is done on both. They are shared out so that both runs end at about the same time.
_LOOKS = tuple(f"browser/test_{name}.py" for name in ("looking", "reach"))
_TOOLS = (
    "bench",
    "scripts",
    *(
        f"browser/test_{name}.py"
        for name in ("door", "event_form", "form_editor", "puzzle", "room", "weight")
    ),
)
LEFT_TO_THE_OTHER = {"sqlite": _LOOKS, "postgresql": _TOOLS}


@contextmanager
def _tests(
    engine: str, environment: Mapping[str, str], *, output: IO[bytes] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the tests; whoever leaves before they have ended ends them."""
    command = [str(steps.python_of(".venv-dev")), "-m", "pytest", "--cov", "--cov-report=", "-q"]
    command += ["-p", "no:cacheprovider"]
    command += [f"--ignore=tests/{path}" for path in LEFT_TO_THE_OTHER[engine]]
    command += shlex.split(os.environ.get("ARGS", ""))
    running = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, **environment, "COVERAGE_FILE": f".coverage.{engine}"},
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no other thread runs here
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


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
