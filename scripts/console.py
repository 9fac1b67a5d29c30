"""Speaking to the person at the terminal: short lines, and one clear line when something fails."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def say(line: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


def give_up(reason: str) -> NoReturn:
    """End the program with one line that says what is wrong and what to do."""
    sys.exit(f"Tinkuy: {reason}")


def end_with_parent() -> None:
    """Ask Linux, in a new child, to end it should the program that started it be killed."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run_captured(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command in the project folder and return how it ended, with what it printed."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=PROJECT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        preexec_fn=end_with_parent,
    )


def run_quietly(
    command: Sequence[str | Path], *, failing: str, environment: Mapping[str, str] | None = None
) -> str:
    """Run a command in the project folder and return what it printed.

    If it fails, its output is shown, followed by the one line `failing`.
    """
    try:
        result = run_captured(command, environment=environment)
    except KeyboardInterrupt:
        give_up("interrupted.")
    if result.returncode:
        sys.stderr.write(result.stdout)
        give_up(failing)
    return result.stdout
