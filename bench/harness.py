"""The servers that are measured: Tinkuy as `make run` starts it, and floors under the same web server."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import load
from scripts import services
from scripts.console import PROJECT, end_with_parent

TICKS = os.sysconf("SC_CLK_TCK")
SECONDS_TO_START = 60
SETTINGS_OF_OTHERS = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "SECRET_KEY", "BASE_URL", "HOST", "WORKERS")


@dataclass(frozen=True)
class Options:
    """How long and on what to measure."""

    engine: str = "sqlite"
    quick: bool = False

    @property
    def times(self) -> int:
        """How many pairs of floor and product."""
        return 3 if self.quick else 5

    @property
    def seconds(self) -> float:
        """How long one measurement of a pair lasts."""
        return 1.0 if self.quick else 3.0


@dataclass(frozen=True)
class Server:
    """A running server and the environment that commands on its instance need."""

    port: int
    process: "subprocess.Popen[bytes]"
    environment: dict[str, str]
    helpers: list[int] = field(default_factory=list)  # background workers that a bench started besides

    def cpu(self) -> float:
        """Return the seconds of CPU (user and system) that the web server's processes have used."""
        return sum(cpu_of(pid) for pid in self.web_processes())

    def web_processes(self) -> list[int]:
        """Return the web server's process and those that it forked: first the parent, then its workers."""
        parents = _parents()
        family = [pid for pid in [self.process.pid, *_children(self.process.pid, parents)] if _is_web(pid)]
        return sorted({*family, *(child for pid in family for child in _children(pid, parents))})

    def is_busy_starting(self) -> bool:
        """Whether the start still runs something besides the web server and the background worker."""
        commands = [_command(pid) for pid in _children(self.process.pid, _parents())]
        return not any(b"worker" in command for command in commands) or any(b"setup" in c for c in commands)

    def background_processes(self) -> list[int]:
        """Return the background workers: the product's own and those that the bench started."""
        own = [pid for pid in _children(self.process.pid, _parents()) if b"worker" in _command(pid)]
        return [*own, *self.helpers]

    def worker_rss(self) -> float:
        """Return the MB of memory that the largest of the web server's workers holds."""
        return max(rss_of(pid) for pid in self.web_processes()[1:])

    def measure(self, flow: load.Flow, *, seconds: float) -> tuple[load.Result, float]:
        """Load the server for a while; return the result and the ms of CPU that one flow cost it."""
        before = self.cpu()
        result = load.run(self.port, flow, seconds=seconds)
        return result, 1000 * (self.cpu() - before) / result.flows

    def run(self, *command: str) -> str:
        """Run a Python module on this instance and return what it prints."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU (user and system) that a process and its ended children have used."""
    fields = _stat(pid)
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / TICKS


def rss_of(pid: int) -> float:
    """Return the MB of memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[int(folder.name)] = int(_stat(int(folder.name))[1])
        except OSError:
            continue
    return found


def _children(pid: int, parents: dict[int, int]) -> list[int]:
    return [child for child, parent in parents.items() if parent == pid]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""  # it has just ended


def _is_web(pid: int) -> bool:
    return b"scripts.web" in _command(pid)


@contextmanager
def _running(module: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[Server]:
    """Run a module that serves at PORT until the block ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - what it calls is safe after a fork
        )
    server = Server(int(environment["PORT"]), process, environment)
    try:
        wait_for(server, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(server: Server, log: Path, *, path: str = "/healthz") -> None:
    """Wait for the first 200. Raises RuntimeError with the server's output if it ends before."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            if load.ask(server.port, load.request("GET", path)).status == 200:
                return
        except OSError:
            pass
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text())
        time.sleep(0.005)


class Bench:
    """What one run of a bench may start; leaving it ends everything and removes what it kept."""

    def __init__(self, options: Options) -> None:
        """Remember how to measure."""
        self.options = options
        self.engine = options.engine
        self._stack = ExitStack()

    def __enter__(self) -> "Bench":
        self.folder = Path(tempfile.mkdtemp(prefix="tinkuy-bench-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.database_url = f"sqlite:///{self.folder / 'instance' / 'tinkuy.db'}"
        if self.engine == "postgresql":
            self.database_url = self._stack.enter_context(services.postgresql())
        return self

    def __exit__(self, *_details: object) -> None:
        self._stack.close()

    def environment(self) -> dict[str, str]:
        """Return the environment of a server on this bench's instance, on a port of its own."""
        mine = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OTHERS}
        return mine | {
            "TINKUY_INSTANCE": str(self.folder / "instance"),
            "DATABASE_URL": self.database_url,
            "PORT": str(services.free_port()),
            "FLASK_APP": "wsgi",
            "DEMO": "0",
            "RATELIMIT_ENABLED": "0",
            "ROBOT_CHECKS": "0",
        }

    def product(self) -> Server:
        """Start Tinkuy as `make run` does, on an empty database, and let the start come to rest."""
        server = self._start(["scripts.serve"])
        while server.is_busy_starting():
            time.sleep(0.1)
        return server

    def floor(self, name: str) -> Server:
        """Start an application of `bench.floors` under the same web server."""
        return self._start(["scripts.web", f"bench.floors:{name}"])

    def _start(self, module: list[str]) -> Server:
        return self._stack.enter_context(_running(module, self.environment(), self.folder / "log"))

    @contextmanager
    def starting(self, module: list[str]) -> Iterator[Server]:
        """Start a module, wait for its first 200, and end it with the block."""
        with _running(module, self.environment(), self.folder / "log") as server:
            yield server
