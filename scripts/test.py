"""`make test`: the checks, then every test on SQLite and on PostgreSQL, with a real Redis and a real browser.

ARGS in the environment goes to pytest, as in `make test ARGS="tests/registration -x"`.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType

from scripts import check, services, steps
from scripts.console import PROJECT, end_with_parent, give_up, say

ENGINES = ("sqlite", "postgresql")


def main() -> None:
    """Run everything; exit with 1 and the names of what failed."""
    signal.signal(signal.SIGTERM, _end)
    install_packages()
    steps.ensure(steps.TOOLS, steps.BROWSER_LIBRARIES, steps.BROWSER_PARTS, steps.translations(".venv-dev"))
    failed = check.run_checks()
    with services.postgresql() as database, services.redis() as redis:
        for engine in ENGINES:
            environment = {"TEST_REDIS_URL": redis, "COVERAGE_FILE": f".coverage.{engine}"}
            if engine == "postgresql":
                environment["TEST_DATABASE_URL"] = database
            failed += _run_tests(engine, environment)
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


def _run_tests(engine: str, environment: Mapping[str, str]) -> list[str]:
    say(f"== tests on {engine}")
    began = time.monotonic()
    command = [str(steps.python_of(".venv-dev")), "-m", "pytest", "--cov", "--cov-report=", "-q"]
    command += shlex.split(os.environ.get("ARGS", ""))
    result = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **environment}, preexec_fn=end_with_parent, check=False
    )
    say(f"== tests on {engine}: {time.monotonic() - began:.0f} s")
    return [f"tests on {engine}"] if result.returncode else []


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
