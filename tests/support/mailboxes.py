"""A mailbox that is read over IMAP: pymap, a server of its own in a process of its own."""

import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from scripts.console import end_with_parent
from scripts.services import free_port

USER, PASSWORD, FOLDER = "rebotes", "se@creto", "Devueltos"
SECONDS_TO_START = 20
SERVER = "from pymap.main import main; main()"


@dataclass(frozen=True)
class Mailbox:
    """A folder of a mailbox, empty at first."""

    port: int

    @property
    def url(self) -> str:
        """The address as the setting BOUNCE_MAILBOX has it."""
        return f"imap://{USER}:{quote(PASSWORD)}@127.0.0.1:{self.port}/{FOLDER}"

    def deliver(self, *messages: bytes) -> None:
        """Leave messages in the folder, as a mail server does."""
        with self._opened() as connection:
            for message in messages:
                assert connection.append(FOLDER, "", None, message)[0] == "OK"

    def unread(self) -> int:
        """Return how many messages nobody has read."""
        with self._opened() as connection:
            return len(connection.search(None, "UNSEEN")[1][0].split())

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as connection:
            connection.login(USER, PASSWORD)
            connection.create(FOLDER)
            connection.select(FOLDER)
            yield connection


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mailbox on a real IMAP server."""
    port = free_port()
    command = [sys.executable, "-c", SERVER, "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    command += ["--no-service", "admin", "dict", "--demo-data", "--demo-user", USER]
    with subprocess.Popen(
        [*command, "--demo-password", PASSWORD],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - what it calls is safe after a fork
    ) as process:
        try:
            _until_it_answers(port)
            yield Mailbox(port)
        finally:
            process.terminate()


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=10).logout()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
