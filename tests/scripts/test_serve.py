"""The start that `make run` makes: what it says when it cannot, and that nothing outlives it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.console import PROJECT
from scripts.services import free_port
from tests.support.servers import KEPT_OUT, serving


def refused(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.serve"],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name not in KEPT_OUT} | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_port_in_use_gets_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as holder:
        port = holder.getsockname()[1]
        ended = refused(TINKUY_INSTANCE=str(tmp_path), PORT=str(port))
    assert ended.returncode == 1
    assert ended.stderr == (
        f"Tinkuy: port {port} of 127.0.0.1 cannot be used (Address already in use): "
        f"stop what holds it, or choose another, as in `make run PORT={port + 1}`.\n"
    )


@pytest.mark.parametrize("port", ["none", "0", "65536", "-1"])
def test_a_port_that_is_none_gets_one_line(tmp_path: Path, port: str) -> None:
    ended = refused(TINKUY_INSTANCE=str(tmp_path), PORT=port)
    assert ended.returncode == 1
    assert ended.stderr == f"Tinkuy: PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_a_folder_that_cannot_be_written_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "instance"
    ended = refused(TINKUY_INSTANCE=str(folder), PORT=str(free_port()))
    assert ended.returncode == 1
    assert ended.stderr == f"Tinkuy: the folder {folder} cannot be written (Not a directory).\n"


def test_a_missing_module_gets_one_line() -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.modules['flask'] = None; from scripts.web import main; main()",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == "Tinkuy: the Python module flask is missing: delete .venv and start again.\n"


def test_an_old_python_gets_one_line() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import sys; sys.version_info = (3, 9, 2); import scripts"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "Tinkuy needs Python 3.11 or newer and this is 3.9: name a newer one, as in "
        "`make run PYTHON=python3.12`.\n"
    )


def processes_of(instance: Path) -> dict[int, str]:
    """Return the commands of the living processes that were started for this instance."""
    mark = f"TINKUY_INSTANCE={instance}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def until(condition: object, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def worker_of(instance: Path) -> list[int]:
    return [pid for pid, command in processes_of(instance).items() if command.endswith("flask worker ")]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an instance whose database stands, so that each start here need not make one."""
    folder = tmp_path_factory.mktemp("prepared")
    with serving(folder, DEMO="0") as server:
        assert "Preparing the database ..." in server.log.read_text()
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "copy")


def test_ending_it_ends_all_that_it_started(folder: Path) -> None:
    with serving(folder, DEMO="0") as server:
        assert until(lambda: worker_of(server.instance))
        assert (
            len(processes_of(server.instance)) >= 5
        )  # this start, Granian and its two, the background worker
    assert processes_of(server.instance) == {}


def test_killing_it_leaves_nothing_behind(folder: Path) -> None:
    with serving(folder, DEMO="0") as server:
        assert until(lambda: worker_of(server.instance))
        server.process.kill()
        server.process.wait()
    assert until(lambda: processes_of(server.instance) == {})


def test_a_dead_background_worker_is_started_again(folder: Path) -> None:
    with serving(folder, DEMO="0") as server:
        assert until(lambda: worker_of(server.instance))
        (first,) = worker_of(server.instance)
        os.kill(first, signal.SIGKILL)
        assert until(lambda: worker_of(server.instance) not in ([], [first]))
    assert "the background worker ended unexpectedly (SIGKILL): starting it again." in server.log.read_text()


def test_a_dead_web_server_ends_everything_with_one_line(folder: Path) -> None:
    with serving(folder, DEMO="0") as server:
        (granian,) = (
            pid
            for pid, command in processes_of(server.instance).items()
            if command.endswith("scripts.web ") and parent_of(pid) == server.process.pid
        )
        os.kill(granian, signal.SIGKILL)
        assert server.process.wait(20) == 1
    assert "the web server ended unexpectedly (SIGKILL), so everything ends." in server.log.read_text()
    assert until(lambda: processes_of(server.instance) == {})


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_the_instance_folder_is_private_and_a_second_start_prepares_nothing(folder: Path) -> None:
    with serving(folder, DEMO="0") as server:
        assert server.instance.stat().st_mode & 0o777 == 0o700
        assert "Preparing the database ..." not in server.log.read_text()
