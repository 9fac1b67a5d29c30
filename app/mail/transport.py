"""How letters leave: over SMTP, or into a folder where no server is set."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

from app import clock, signing
from app.mail.letters import Letter

Send = Callable[[EmailMessage], None]
TIMEOUT = 20  # seconds


class Unreachable(Exception):
    """The mail server cannot be reached or is not willing now: nothing is lost, try later."""


class Deferred(Exception):
    """The mail server does not take this one letter now: try it later, go on with the others."""


class Refused(Exception):
    """The mail server refused this letter for good."""


def message(letter: Letter, *, to: str, letter_id: int) -> EmailMessage:
    """Return the letter as a MIME message: text, HTML with its pictures, and the calendar entry.

    The Message-ID is derived from the row, so that a letter sent twice after a crash is shown once.
    """
    name, sender = parseaddr(current_app.config["MAIL_FROM"])
    domain = sender.rpartition("@")[2] or "localhost"
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = letter.subject
    mail["From"] = Address(letter.sender_name or name, addr_spec=sender)
    mail["To"] = to
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{signing.derive('message-id', letter_id, length=12).hex()}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        mail["Reply-To"] = letter.reply_to
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if letter.pictures:
        html = mail.get_payload()[-1]  # type: ignore[index]
        for picture in letter.pictures:
            html.add_related(  # type: ignore[union-attr]
                picture.data,
                "image",
                picture.subtype,
                cid=f"<{picture.name}>",
                filename=f"{picture.name}.{picture.subtype}",
            )
    if letter.calendar:
        mail.add_attachment(
            letter.calendar, "text", "calendar", filename="agenda.ics", params={"method": "PUBLISH"}
        )
    return mail


@contextmanager
def open_transport() -> Iterator[Send]:
    """Yield a function that sends one message. Raises Unreachable where no conversation comes about."""
    url = current_app.config["SMTP_URL"]
    if not url:
        yield _into_folder(current_app.config["INSTANCE"] / "outbox")
        return
    connection = _connect(url)
    try:
        yield lambda mail: _over_smtp(connection, mail)
    finally:
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    try:
        if parts.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                parts.hostname or "", parts.port or 465, timeout=TIMEOUT
            )
        else:
            connection = smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=TIMEOUT)
            if options.get("starttls", ["0"])[0] == "1":
                connection.starttls()
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    return connection


def _over_smtp(connection: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if any(code >= 500 for code in codes):
            raise Refused(f"recipient refused ({codes[0]})") from error
        raise Deferred(f"recipient deferred ({codes[0]})") from error
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500:
            raise Refused(f"refused ({error.smtp_code})") from error
        raise Deferred(f"deferred ({error.smtp_code})") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(type(error).__name__) from error


def _into_folder(folder: Path) -> Send:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(mail: EmailMessage) -> None:
        stamp = clock.now().strftime("%Y%m%dT%H%M%S")
        name = f"{stamp}-{str(mail['Message-ID']).strip('<>').split('@', 1)[0]}.eml"
        temporary = folder / f".{name}"
        temporary.write_bytes(mail.as_bytes())
        temporary.rename(folder / name)

    return send
