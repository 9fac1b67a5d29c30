"""A PostgreSQL and a Redis of one's own, on free ports and in temporary folders, for tests and benches."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.console import end_with_parent, give_up, say

SECONDS_TO_START = 30
# Packages of Debian and what each brings along that is looked for.
PACKAGES = {
    "chromium": "chromium",
    "postgresql": "postgres",
    "redis-server": "redis-server",
    "poppler-utils": "pdftotext",
    "softhsm2": "softhsm2-util",
    "janus": "janus",
    "coturn": "turnserver",
    "iproute2": "ip",
}


def find(program: str) -> str | None:
    """Return the path of a program; PostgreSQL's stand outside PATH on Debian."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in newest_first:
        if (folder / program).exists():
            return str(folder / program)
    return shutil.which(program)


def _version(folder: Path) -> float:
    return float(folder.parent.name)


def missing_packages() -> list[str]:
    """Return the Debian packages whose programs are not found on this machine."""
    return [package for package, program in PACKAGES.items() if not find(program)]


def install(missing: Iterable[str], purpose: str) -> None:
    """Install Debian packages, as root; otherwise give up, saying which. `purpose` is who needs them."""
    names = list(missing)
    if not names:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        give_up(f"{purpose} needs programs that are missing: apt-get install {' '.join(names)}")
    say(f"Installing {', '.join(names)} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *names]):
        if subprocess.run(["apt-get", "--quiet", "--quiet", *words], env=environment, check=False).returncode:
            give_up(f"apt-get {words[0]} failed.")
    # Debian starts a room server with demonstration rooms for everybody: ours are started by us alone.
    if (opened := sorted({"janus", "coturn"}.intersection(names))) and Path("/run/systemd/system").exists():
        subprocess.run(["systemctl", "--quiet", "disable", "--now", *opened], check=False)


def _need(program: str, package: str) -> str:
    path = find(program)
    if not path:
        give_up(f"{program} is missing: install it (on Debian: apt-get install {package}).")
    return path


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses, below those that the kernel hands out by itself."""
    return next(port for port in random.sample(range(20000, 32768), 1000) if not _accepts(port))


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL without durability and yield the URL of an empty database of it."""
    owner = _unprivileged()
    initdb, postgres, createdb = (_need(name, "postgresql") for name in ("initdb", "postgres", "createdb"))
    with tempfile.TemporaryDirectory(prefix="tinkuy-postgresql-") as name:
        folder = Path(name)
        if owner:
            shutil.chown(folder, owner["user"], owner["group"])
        port = free_port()
        layout = ["-U", "tinkuy", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        _run([initdb, "-D", folder / "data", *layout], **owner)
        options = {"listen_addresses": "127.0.0.1", "max_connections": "200", "timezone": "UTC"}
        options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        command = [postgres, "-D", folder / "data", "-p", port, "-k", folder]
        command += [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        with _process(command, log=folder / "log", ending=signal.SIGINT, **owner):
            create = [createdb, "-h", "127.0.0.1", "-p", port, "-U", "tinkuy", "tinkuy"]
            _until(lambda: _succeeds(create), "PostgreSQL", folder / "log")
            yield f"postgresql+psycopg://tinkuy@127.0.0.1:{port}/tinkuy"


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis that keeps nothing and yield its URL."""
    program = _need("redis-server", "redis-server")
    with tempfile.TemporaryDirectory(prefix="tinkuy-redis-") as name:
        folder = Path(name)
        port = free_port()
        command = [program, "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--save", ""]
        with _process(command, log=folder / "log", ending=signal.SIGTERM):
            _until(lambda: _accepts(port), "Redis", folder / "log")
            yield f"redis://127.0.0.1:{port}/0"


def _unprivileged() -> dict[str, Any]:
    """Return who PostgreSQL runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _words(command: Sequence[object]) -> list[str]:
    return [str(word) for word in command]


def _run(command: Sequence[object], **owner: Any) -> None:
    result = subprocess.run(_words(command), cwd="/", capture_output=True, text=True, check=False, **owner)
    if result.returncode:
        give_up(f"{command[0]} failed: {result.stderr.strip()}")


def _succeeds(command: Sequence[object]) -> bool:
    return subprocess.run(_words(command), cwd="/", capture_output=True, check=False).returncode == 0


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _process(command: Sequence[object], *, log: Path, ending: signal.Signals, **owner: Any) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            _words(command),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other thread runs here
            **owner,
        )
    try:
        yield
    finally:
        process.send_signal(ending)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until(ready: Any, name: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not ready():
        if time.monotonic() > deadline:
            give_up(f"{name} did not start within {SECONDS_TO_START} seconds:\n{log.read_text()}")
        time.sleep(0.05)
