"""`make check`: format, lint, types, layers and templates, as pyproject.toml configures them."""

import subprocess
import sys
from pathlib import Path

from scripts import steps
from scripts.console import PROJECT, say

PYTHON_FOLDERS = ("app", "bench", "migrations", "scripts", "tests", "wsgi.py")


def checks() -> dict[str, list[str]]:
    """Return every check by name, as the command that makes it."""
    tools = steps.python_of(".venv-dev").parent
    python = [name for name in PYTHON_FOLDERS if (PROJECT / name).exists()]
    templates = ["templates"]
    return {
        "format": [str(tools / "ruff"), "format", "--check", *python],
        "lint": [str(tools / "ruff"), "check", *python],
        "types": [str(tools / "mypy")],
        "layers": [str(tools / "lint-imports")],
        "templates": [str(tools / "djlint"), *templates, "--lint", "--quiet"],
    }


def run_checks() -> list[str]:
    """Run every check, printing what each finds, and return the names of those that failed."""
    steps.ensure(steps.TOOLS)
    failed = []
    for name, command in checks().items():
        say(f"== {name}: {Path(command[0]).name} {' '.join(command[1:3])}")
        if subprocess.run(command, cwd=PROJECT, check=False).returncode:
            failed.append(name)
    return failed


def main() -> None:
    """Exit with 1 and the names of the checks that failed."""
    failed = run_checks()
    if failed:
        sys.exit(f"make check: failed: {', '.join(failed)}")
    say("make check: nothing to report.")


if __name__ == "__main__":
    main()
