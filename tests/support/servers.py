"""The real thing, as `make run` starts it: web server and background worker on an instance of their own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.console import PROJECT, end_with_parent
from scripts.services import free_port
from tests.support.databases import empty_database

SECONDS_TO_START = 180  # seconds: three runs of tests may share two cores
# What the run of the tests says of its own database must not reach a server that has another.
KEPT_OUT = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "SECRET_KEY", "BASE_URL", "HOST")


@dataclass(frozen=True)
class Server:
    """A running Tinkuy."""

    url: str
    instance: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def demo(self) -> dict[str, Any]:
        """What the demo data tells: sign-ins and a participant's personal link."""
        shown: dict[str, Any] = json.loads((self.instance / "demo.json").read_text())
        return shown

    def flask(self, *words: str) -> str:
        """Run a flask command on this instance and return what it prints."""
        return subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Server]:
    """Serve from `folder`, with these environment variables too; fail unless it ends cleanly when asked."""
    port = free_port()
    instance = folder / "instance"
    environment = {name: value for name, value in os.environ.items() if name not in KEPT_OUT}
    # Tests fill in forms faster than people.
    environment |= {
        "TINKUY_INSTANCE": str(instance),
        "PORT": str(port),
        "FLASK_APP": "wsgi",
        "ROBOT_CHECKS": "0",
    }
    environment |= settings
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.serve"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - what it calls is safe after a fork
        )
    server = Server(f"http://127.0.0.1:{port}", instance, environment, process, log)
    try:
        _wait_for(server)
        yield server
    finally:
        was_running = process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    if was_running:
        assert process.returncode == 0, log.read_text()


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while "Ctrl-C ends it." not in server.log.read_text():
        assert server.process.poll() is None, server.log.read_text()
        assert time.monotonic() < deadline, server.log.read_text()
        time.sleep(0.05)
    with urllib.request.urlopen(f"{server.url}/healthz") as answer:  # noqa: S310 - our own server
        assert answer.status == 200


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo data, shared by the tests that walk through it."""
    folder = tmp_path_factory.mktemp("live")
    with empty_database(folder) as url, serving(folder, DATABASE_URL=url, DEMO="1") as server:
        yield server
