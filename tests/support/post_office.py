"""An SMTP server that keeps what it is given, or refuses it on request."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from scripts.services import free_port


@dataclass
class PostOffice:
    """What arrived; `refusals` are answers for the next letters, such as "451 later"."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The value for SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer one letter."""
        if self.refusals:
            return self.refusals.pop(0)
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        self.letters.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"


@pytest.fixture
def smtp_server() -> Iterator[PostOffice]:
    """A running SMTP server on a free port."""
    office = PostOffice(port=free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    yield office
    controller.stop()
