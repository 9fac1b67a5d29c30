"""From `make run` on an installed tree to the first 200; what a worker then holds, and what was installed."""

import re
import time
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from bench import load
from bench.figures import Figure, compared, pairs_of
from bench.harness import Bench, Options
from scripts import steps
from scripts.console import PROJECT

MEGABYTE = 1_000_000


def measure(options: Options) -> Iterator[Figure]:
    """Yield seconds to the first 200 beside hello's, MB of a worker, and MB of the virtual environment."""
    with Bench(options) as bench:
        product = bench.product()  # prepares the database, so that what follows are second starts
        with bench.starting(["scripts.run"]):  # installs what an installed tree has
            pass
        load.expect(load.ask(product.port, load.request("GET", "/")), 200)
        rss = product.worker_rss()

        def time_of(module: list[str]) -> float:
            began = time.perf_counter()
            with bench.starting(module):
                return time.perf_counter() - began

        pairs = pairs_of(
            lambda: time_of(["scripts.web", "bench.floors:hello"]),
            lambda: time_of(["scripts.run"]),
            options.times,
        )
    yield compared("startup", "s", options.engine, options.times, pairs)
    yield Figure("startup-rss", rss, "MB", options.engine, 1)
    yield Figure("install", installed(steps.python_of(".venv").parents[1]), "MB", options.engine, 1)


def installed(environment: Path) -> float:
    """Return the MB of a virtual environment without what only tests and builds need."""
    wanted = set(
        re.findall(r"^([a-z0-9][\w.-]*)==", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    )
    (packages,) = environment.glob("lib/python3*/site-packages")
    spare = [found for found in distributions(path=[str(packages)]) if _name(found) not in wanted]
    total = sum(_size(path) for path in environment.rglob("*"))
    return (total - sum(_size(path) for found in spare for path in _files(found))) / MEGABYTE


def _name(distribution: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", distribution.name).lower()


def _files(distribution: Distribution) -> set[Path]:
    return {Path(str(file.locate())).resolve() for file in distribution.files or ()}


def _size(path: Path) -> int:
    return path.lstat().st_size if path.is_file() and not path.is_symlink() else 0
