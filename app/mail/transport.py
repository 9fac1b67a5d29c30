"""How letters leave: over SMTP, or into a folder where no server is set."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask import current_app

from app import clock, signing
from app.mail.letters import Letter

Send = Callable[[EmailMessage], None]
TIMEOUT = 20  # seconds


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that stays on one line: Python would break a long address, or write it in an encoding of its own."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)
# Some servers on the way still take nothing but seven bits.
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


class Unreachable(Exception):
    """The mail server cannot be reached or is not willing now: nothing is lost, try later."""


class Broken(Exception):
    """The conversation ended in the middle of this letter: try it later, and the others in a new conversation."""


class Deferred(Exception):
    """The mail server does not take this one letter now: try it later, go on with the others."""


class Refused(Exception):
    """The mail server refused this letter for good."""


def message(letter: Letter, *, to: str, letter_id: int) -> EmailMessage:
    """Return the letter as a MIME message: text, HTML with its pictures, and the calendar entry.

    The Message-ID is derived from the row, so that a letter sent twice after a crash is shown once, and a bounce
    finds the letter that it is about.
    """
    name, sender = parseaddr(current_app.config["MAIL_FROM"])
    domain = sender.rpartition("@")[2] or "localhost"
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = letter.subject
    mail["From"] = Address(letter.sender_name or name, addr_spec=sender)
    mail["To"] = _ascii_domain(to)
    if len(mail["To"].addresses) != 1:
        raise ValueError("a letter has one recipient")
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{reference(letter_id)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        mail["Reply-To"] = letter.reply_to
    if letter.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if letter.pictures:
        html = mail.get_payload()[-1]  # type: ignore[index]
        for picture in letter.pictures:
            html.add_related(  # type: ignore[union-attr]
                picture.data,
                "image",
                picture.subtype,
                disposition="inline",
                cid=f"<{picture.name}>",
                filename=f"{picture.name}.{picture.subtype}",
            )
    if letter.calendar:
        mail.add_attachment(
            letter.calendar, "text", "calendar", filename="agenda.ics", params={"method": "PUBLISH"}
        )
    return mail


def reference(letter_id: int) -> str:
    """Return what names a letter to other mail servers: its number and a proof that we gave it, 24 signs."""
    return (letter_id.to_bytes(4) + signing.derive("message-id", letter_id, length=8)).hex()


def letter_id_of(name: str) -> int | None:
    """Return the number of the letter that a reference names, or None where we did not give it."""
    try:
        raw = bytes.fromhex(name)
    except ValueError:
        return None
    letter_id = int.from_bytes(raw[:4])
    is_ours = len(raw) == 12 and signing.matches(signing.derive("message-id", letter_id, length=8), raw[4:])
    return letter_id if is_ours else None


def return_path(mail: EmailMessage) -> str | None:
    """Return the address to which bounces of this letter go, or None for that of the sender."""
    mailbox, at, domain = current_app.config["BOUNCE_ADDRESS"].rpartition("@")
    letter = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    return f"{mailbox}+{letter}@{domain}" if at else None


def _ascii_domain(address: str) -> str:
    """Return an address whose domain is in the form that every mail server reads; the part before it may stay ñ."""
    mailbox, _at, domain = address.rpartition("@")
    try:
        return f"{mailbox}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


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
    try:
        connection = _call(parts)
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    try:
        if parse_qs(parts.query).get("starttls", ["0"])[0] == "1":
            connection.starttls(context=ssl.create_default_context())
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        connection.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError) as error:
        connection.close()
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    return connection


def _call(parts: SplitResult) -> smtplib.SMTP:
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)


def _over_smtp(connection: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        connection.send_message(mail, from_addr=return_path(mail))
    except smtplib.SMTPRecipientsRefused as error:
        raise _answered(next(code for code, _text in error.recipients.values())) from error
    except smtplib.SMTPSenderRefused as error:
        # That is about us and our settings; the letter is good.
        raise Deferred(f"sender refused ({error.smtp_code})") from error
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("the mail server takes no addresses such as this one") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Broken(type(error).__name__) from error


def _answered(code: int) -> Exception:
    """Return what the server's answer to a letter means."""
    if code == 421:  # the server closes the conversation
        return Broken("closed (421)")
    return Refused(f"refused ({code})") if code >= 500 else Deferred(f"deferred ({code})")


def _into_folder(folder: Path) -> Send:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(mail: EmailMessage) -> None:
        stamp = clock.now().strftime("%Y%m%dT%H%M%S")
        name = f"{stamp}-{str(mail['Message-ID']).strip('<>').split('@', 1)[0]}.eml"
        temporary = folder / f".{name}"
        temporary.write_bytes(mail.as_bytes())
        temporary.rename(folder / name)

    return send
