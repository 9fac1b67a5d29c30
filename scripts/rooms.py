"""`make run LIVE=1`: the video room of this server, Janus, and its relay where TURN_URL names one."""

import os
import shutil
import socket
import time
from pathlib import Path

from scripts import services
from scripts.children import Children
from scripts.console import give_up, run_quietly, say

PACKAGES = {"janus": "janus", "coturn": "turnserver"}
DEFAULT_PORT = "8288"
SECONDS_TO_START = 30


def port() -> int:
    """Return JANUS_PORT: browsers reach Janus there, the application at the next."""
    text = os.environ.get("JANUS_PORT") or DEFAULT_PORT
    if not text.isdecimal() or not 0 < int(text) < 65535:
        give_up(f"JANUS_PORT must be a number from 1 to 65534, not {text!r}.")
    return int(text)


def environment() -> dict[str, str]:
    """Return what the application must know; without JANUS_URL browsers of this machine alone reach the room."""
    url = os.environ.get("JANUS_URL") or f"ws://127.0.0.1:{port()}/"
    return {"JANUS_PORT": str(port()), "JANUS_URL": url}


def prepare() -> None:
    """Install what the room needs, as root; otherwise give up, saying how. Give up also where its ports are taken."""
    services.install(
        {name: program for name, program in PACKAGES.items() if not shutil.which(program)}, "LIVE=1"
    )
    for number in (port(), port() + 1):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)) == 0:
                give_up(
                    f"port {number} is taken: choose another for the room, as in JANUS_PORT={port() + 20}."
                )


def start(children: Children, python: str | Path) -> None:
    """Write Janus's private configuration and start it, and its relay where there is one; return once it answers."""
    folder = Path(
        run_quietly(
            [python, "-m", "flask", "janus"],
            failing="the configuration of the video room could not be written.",
            environment=children.environment,
        ).splitlines()[-1]
    )
    log = folder / "janus.log"
    # It names its version before it knows that it should be quiet.
    quietly = ["sh", "-c", 'exec "$@" > /dev/null', "sh"]
    words: list[str | Path] = [*quietly, "janus", "-F", folder, "-C", folder / "janus.jcfg", "-N", "-L", log]
    janus = children.start("video room (janus)", words, restart=True)
    relay = folder / "turnserver.conf"
    if os.environ.get("TURN_URL") and relay.exists():
        children.start("relay (turnserver)", ["turnserver", "-c", relay], restart=True)
    deadline = time.monotonic() + SECONDS_TO_START
    while not _answers():
        if janus.process.poll() is not None or time.monotonic() > deadline:
            give_up(f"the video room did not start: see {log}.")
        time.sleep(0.05)
    say(f"The video room of this server runs (log: {log}).")


def _answers() -> bool:
    with socket.socket() as probe, socket.socket() as other:
        return not probe.connect_ex(("127.0.0.1", port())) and not other.connect_ex(("127.0.0.1", port() + 1))
