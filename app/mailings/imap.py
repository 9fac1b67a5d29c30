"""The mailbox to which bounces come, read over IMAP."""

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app

from app.imports import lazily
from app.mailings.bounces import LARGEST

if TYPE_CHECKING:
    import imaplib
else:
    imaplib = lazily("imaplib")

TIMEOUT = 20  # seconds
MOST = 200  # messages of one round


def collect(take: Callable[[bytes], bool]) -> int:
    """Give each unread message of BOUNCE_MAILBOX to `take`, and mark it as read. Returns how many told something.

    A message that is read twice, as after a crash, tells nothing new. A server that is out of reach is tried again
    by the next round.
    """
    url = current_app.config["BOUNCE_MAILBOX"]
    if not url:
        return 0
    parts = urlsplit(url)
    try:
        connection = _connect(parts)
        try:
            return _read(connection, parts.path.strip("/") or "INBOX", take)
        finally:
            connection.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        current_app.logger.warning("mailbox of bounces: %s", type(error).__name__)
        return 0


def _connect(parts: SplitResult) -> "imaplib.IMAP4":
    host = parts.hostname or ""
    connection: imaplib.IMAP4
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        connection = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT)
    else:
        connection = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    try:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
    except imaplib.IMAP4.error:
        connection.shutdown()
        raise
    return connection


def _read(connection: "imaplib.IMAP4", folder: str, take: Callable[[bytes], bool]) -> int:
    connection.select(f'"{folder}"')
    _answer, found = connection.search(None, "UNSEEN")
    told = 0
    for number in (found[0] or b"").split()[:MOST]:
        _answer, data = connection.fetch(number.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")
        told += any(take(part[1]) for part in data if isinstance(part, tuple))
        connection.store(number.decode(), "+FLAGS", r"(\Seen)")
    return told
