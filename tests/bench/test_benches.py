"""The benches run; what they measure is nobody's failure."""

import json
import subprocess
import sys

import pytest

from bench.__main__ import MODULES, NAMES
from bench.figures import TARGETS
from scripts.console import PROJECT


def bench(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench", *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_an_unknown_bench_is_named() -> None:
    ended = bench("pages")
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1] == "python -m bench: error: no bench is called pages"


def test_a_bench_prints_one_object_for_each_figure() -> None:
    ended = bench("certificates", "--json", "--quick")
    assert ended.returncode == 0, ended.stderr
    figures = [json.loads(line) for line in ended.stdout.splitlines()]
    designs = ("sober", "modern", "bilingual", "portrait", "badge")
    assert [figure["name"] for figure in figures] == [
        f"certificates-{what}" for what in (*designs, "signed", "growth")
    ]
    assert all(figure["value"] > 0 for figure in figures)


@pytest.mark.parametrize("name", NAMES)
def test_each_bench_has_a_module_and_a_target(name: str) -> None:
    assert (PROJECT / "bench" / f"{MODULES.get(name, name)}.py").exists()
    assert [figure for figure in TARGETS if figure.split("-")[0] == name]
