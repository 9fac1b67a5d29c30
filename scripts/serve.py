"""Start Tinkuy's web server and background worker, say where they are, and end them together.

`make run` comes here once everything is installed; it also stands alone: `.venv/bin/python -m scripts.serve`.
"""

import http.client
import json
import os
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import database, rooms
from scripts.children import Child, Children
from scripts.console import PROJECT, give_up, run_captured, run_quietly, say

SECONDS_TO_START = 60


def _is_on(value: str) -> bool:
    return value.lower() not in {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Settings:
    """What the environment says about this start."""

    host: str
    port: int
    demo: bool
    live: bool
    instance: Path

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read HOST, PORT, DEMO, LIVE and TINKUY_INSTANCE."""
        port = os.environ.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            give_up(f"PORT must be a number from 1 to 65535, not {port!r}.")
        return cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=int(port),
            demo=_is_on(os.environ.get("DEMO") or "1"),
            live=_is_on(os.environ.get("LIVE") or "0"),
            instance=Path(os.environ.get("TINKUY_INSTANCE") or PROJECT / "instance").resolve(),
        )

    @property
    def reachable_host(self) -> str:
        """The address at which this machine itself reaches the server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def url(self) -> str:
        """The address to print."""
        host = self.reachable_host
        return os.environ.get("BASE_URL", "").rstrip("/") or f"http://{host}:{self.port}"

    @property
    def database(self) -> Path | None:
        """The SQLite file, or None where DATABASE_URL names another engine."""
        return database.sqlite_file(self.instance, os.environ.get("DATABASE_URL", ""))

    def environment(self, *, demo: bool) -> dict[str, str]:
        """Return the environment of everything that is started."""
        return {
            # What is compiled once is loaded from then on: compiling anew takes a third of a start.
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "HOST": self.host,
            "PORT": str(self.port),
            "DEMO": "1" if demo else "0",
            "TINKUY_INSTANCE": str(self.instance),
            "FLASK_APP": "wsgi",
            "PYTHONUNBUFFERED": "1",
            **(rooms.environment() if self.live else {}),
        }


def check(settings: Settings) -> None:
    """Give up with one line if the port is taken or the instance folder cannot be written."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            give_up(
                f"port {settings.port} of {settings.host} cannot be used ({error.strerror}): "
                f"stop what holds it, or choose another, as in `make run PORT={settings.port + 1}`."
            )
    try:
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.instance):
            pass
    except OSError as error:
        give_up(f"the folder {settings.instance} cannot be written ({error.strerror}).")
    if settings.live:
        rooms.prepare()


def serve(settings: Settings, *, python: str | Path = sys.executable) -> None:
    """Prepare the database, start everything, and return when it was asked to end.

    Ends the program with one line if something fails to start or dies.
    """
    _migrate(settings, python)
    demo = settings.demo and _load_demo(settings, python)
    environment = settings.environment(demo=demo)
    with Children(environment) as children:
        if settings.live:
            rooms.start(children, python)
        web = children.start("web server", [python, "-m", "scripts.web"])
        _wait_until_it_answers(settings, children, web)
        _introduce(settings, demo=demo)
        children.start("background worker", [python, "-m", "flask", "worker"], restart=True)
        if not database.holds_an_organisation(settings.database):
            _offer_setup(python, environment)
        children.watch()


def _flask(python: str | Path, *words: str, failing: str, environment: dict[str, str]) -> str:
    return run_quietly([python, "-m", "flask", *words], failing=failing, environment=environment)


def _offer_setup(python: str | Path, environment: dict[str, str]) -> None:
    """Print the one-time address at which an empty installation gets its first organisation."""
    setup = run_captured([python, "-m", "flask", "setup"], environment=environment)
    if setup.returncode == 0:
        say(
            f"\nMake the first organisation and administrator here (it works once):\n  {setup.stdout.strip()}"
        )


def _migrate(settings: Settings, python: str | Path) -> None:
    if database.is_current(settings.database):
        return
    say("Preparing the database ...")
    environment = settings.environment(demo=settings.demo)
    _flask(python, "db", "upgrade", failing="the database could not be prepared.", environment=environment)


def _load_demo(settings: Settings, python: str | Path) -> bool:
    """Load the demo data once; return whether this installation shows it."""
    if (settings.instance / "demo.json").exists():
        return True
    if database.holds_an_organisation(settings.database):
        say("This installation holds its own data, so it starts without the demo (as DEMO=0 does).")
        return False
    say("Loading the demo data ...")
    environment = settings.environment(demo=True)
    _flask(
        python,
        "demo",
        "load",
        failing="the demo data could not be loaded: without it, start with DEMO=0.",
        environment=environment,
    )
    return True


def _wait_until_it_answers(settings: Settings, children: Children, web: Child) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _answers(settings):
        if web.process.poll() is not None:
            give_up("the web server could not start (see above).")
        if time.monotonic() > deadline:
            give_up(f"the web server did not answer within {SECONDS_TO_START} seconds.")
        time.sleep(0.01)


def _answers(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.reachable_host, settings.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _introduce(settings: Settings, *, demo: bool) -> None:
    url = settings.url
    say(f"\nTinkuy runs at {url}/\n")
    say(f"  Public site     {url}/")
    say(f"  Back office     {url}/gestion/")
    if demo:
        shown: dict[str, Any] = json.loads((settings.instance / "demo.json").read_text())
        say(f"  Letters sent    {url}/buzon")
        say(f"  A participant   {url}{shown['personal_link']}")
        say("\n  Sign in to the back office as:")
        for person in shown["sign_ins"]:
            say(f"    {person['email']:<34} {person['password']:<20} {person['role']}")
    say("\nCtrl-C ends it.")


def main() -> None:
    """Check and serve with the Python that runs this."""
    settings = Settings.from_environment()
    check(settings)
    serve(settings)


if __name__ == "__main__":
    main()
