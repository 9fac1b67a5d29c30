"""`python -m bench NAME ... [--json] [--quick] [--engine sqlite|postgresql]`; without a name, all of them."""

import argparse
import os
import sys
from importlib import import_module, util

from scripts.console import give_up, say
from scripts.steps import python_of

NAMES = (
    "page",
    "register",
    "rush",
    "checkin",
    "sync",
    "ledger",
    "export",
    "import",
    "certificates",
    "issue",
    "verify",
    "live",
    "startup",
)
MODULES = {"import": "imports"}  # where a bench's name is a word of Python


def main() -> None:
    """Measure and print; the exit code does not depend on what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Tinkuy beside its floors.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all without one")
    parser.add_argument("--json", action="store_true", help="print one JSON object per figure")
    parser.add_argument("--quick", action="store_true", help="three short pairs instead of five")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"no bench is called {', '.join(sorted(unknown))}")
    _use_what_is_installed()
    _measure(arguments)


def _measure(arguments: argparse.Namespace) -> None:
    figures = import_module("bench.figures")
    options = import_module("bench.harness").Options(arguments.engine, arguments.quick)
    found = []
    try:
        for name in arguments.names or NAMES:
            for figure in import_module(f"bench.{MODULES.get(name, name)}").measure(options):
                found.append(figure)
                if arguments.json:
                    say(figure.as_json())
    finally:  # what was measured before a bench failed is shown all the same
        if not arguments.json:
            say(figures.table(found))


def _use_what_is_installed() -> None:
    """Start again under the installed Python if this one lacks the libraries."""
    if util.find_spec("granian") and util.find_spec("flask"):
        return
    python = python_of(".venv")
    if not python.exists() or sys.executable == str(python):
        give_up("the libraries are not installed: `make run` does so.")
    os.execv(python, [str(python), "-m", "bench", *sys.argv[1:]])  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    main()
