"""Processes that live and die together: whatever ends this program ends them, and none is left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn

from scripts.console import PROJECT, end_with_parent, give_up, say

SECONDS_TO_END = 12
RESTARTS_PER_MINUTE = 5


class AskedToEnd(Exception):
    """SIGTERM or Ctrl-C arrived."""


@dataclass
class Child:
    """A started process and how to treat its death."""

    name: str
    command: list[str]
    restart: bool
    process: "subprocess.Popen[bytes]"
    deaths: list[float] = field(default_factory=list)


def _asked_to_end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise AskedToEnd


class Children:
    """A context in which processes are started and watched; leaving it ends them and all that they started.

    Each runs in a group of its own, so that Ctrl-C reaches only this program, which then ends them in order.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Keep the environment that every child gets."""
        self.environment = environment
        self.running: list[Child] = []

    def __enter__(self) -> "Children":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _asked_to_end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._end_all()
        return isinstance(error, AskedToEnd)

    def start(self, name: str, command: Sequence[str | Path], *, restart: bool = False) -> Child:
        """Start a process; with `restart` its death is mended, otherwise it ends everything."""
        words = [str(word) for word in command]
        child = Child(name, words, restart, self._spawn(words))
        self.running.append(child)
        return child

    def _spawn(self, words: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            words,
            cwd=PROJECT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - this program has no threads
        )

    def watch(self) -> None:
        """Wait until asked to end. Gives up with one line when a child dies for good."""
        while True:
            pid, status = os.wait()
            for child in self.running:
                if child.process.pid == pid:
                    child.process.returncode = os.waitstatus_to_exitcode(status)
                    self._mourn(child)

    def _mourn(self, child: Child) -> None:
        code = child.process.returncode
        child.deaths = [*(death for death in child.deaths if death > time.monotonic() - 60), time.monotonic()]
        if not child.restart or len(child.deaths) > RESTARTS_PER_MINUTE:
            give_up(f"the {child.name} ended unexpectedly ({_ending(code)}), so everything ends.")
        say(f"Tinkuy: the {child.name} ended unexpectedly ({_ending(code)}): starting it again.")
        time.sleep(len(child.deaths) - 1)
        child.process = self._spawn(child.command)

    def _end_all(self) -> None:
        for child in reversed(self.running):
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + SECONDS_TO_END
        for child in reversed(self.running):
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"Tinkuy: the {child.name} does not end by itself: ending it by force.")
            _kill_group(child.process.pid)
            child.process.wait()


def _kill_group(leader: int) -> None:
    """End by force whatever is left of a child's group, if anything is."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
