"""An SMTP server that keeps what it is given, or refuses it on request."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from scripts.services import free_port


@dataclass
class PostOffice:
    """What arrived, and what is refused.

    `refusals` are answers for the next letters, such as "451 later"; `unwelcome` are answers for recipients. At the
    recipients of `dropped` the conversation breaks, and `pause` is how many seconds each letter takes.
    """

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    unwelcome: dict[str, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    pause: float = 0
    raw: list[bytes] = field(default_factory=list)
    conversations: int = 0

    @property
    def url(self) -> str:
        """The value for SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def reached(self) -> list[str]:
        """Who got a letter, in order."""
        return [one for recipients in self.recipients for one in recipients]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, answers: list[str]
    ) -> list[str]:
        """Greet."""
        session.host_name = hostname
        self.conversations += 1
        return answers

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Answer whether one recipient is served here."""
        if address in self.dropped:
            server.transport.abort()
        if refusal := self.unwelcome.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer one letter."""
        await asyncio.sleep(self.pause)
        if self.refusals:
            return self.refusals.pop(0)
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        self.letters.append(message)
        self.raw.append(envelope.content)
        self.recipients.append(list(envelope.rcpt_tos))
        self.senders.append(envelope.mail_from)
        return "250 kept"


@contextmanager
def open_post_office(**options: Any) -> Iterator[PostOffice]:
    """Run an SMTP server on a free port; `options` are those of aiosmtpd's controller."""
    office = PostOffice(port=free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@pytest.fixture
def smtp_server() -> Iterator[PostOffice]:
    """A running SMTP server."""
    with open_post_office() as office:
        yield office
