"""Reports of other mail servers that a letter could not be delivered (RFC 3464), matched with our letters.

A report names our letter by the return path to which it was sent, or by the Message-ID of the letter that it brings
along. Both carry a proof that we gave them, so that nobody can make up a report about somebody's letter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import cast

from app import clock, unit_of_work
from app.mail import transport
from app.mail.services import mark_bounced

LARGEST = 512 * 1024  # bytes of a report that are looked at
_REFERENCE = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?=@)")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_FAILED = "failed"


@dataclass(frozen=True)
class Bounce:
    """That a letter was not delivered and nobody will try again, with the status of RFC 3463."""

    letter_id: int
    status: str


def read(raw: bytes) -> Bounce | None:
    """Return what a message reports, or None where it is no report of a final failure about a letter of ours."""
    message = message_from_bytes(raw[:LARGEST], policy=default)
    parts = list(message.walk())
    status = _final_failure(parts)
    letter_id = next(_letters(message, parts), None)
    return None if status is None or letter_id is None else Bounce(letter_id, status)


def _final_failure(parts: Sequence[Message]) -> str | None:
    """Return the status of the first recipient who is given up; delays and deliveries are none."""
    for part in parts:
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in cast("list[Message]", part.get_payload()):
            if str(block.get("Action", "")).strip().lower() == _FAILED:
                found = _STATUS.search(str(block.get("Status", "")))
                return found[0] if found else "5.0.0"
    return None


def _letters(message: EmailMessage, parts: Sequence[Message]) -> Iterator[int]:
    """Yield the letters of ours that a report names, the surest sign first."""
    places = [message.get(name, "") for name in ("To", "Delivered-To", "X-Original-To")]
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            places.append(part.get_payload())
        elif part is not message:
            places.append(part.get("Message-ID", ""))
    places += [message.get(name, "") for name in ("In-Reply-To", "References")]
    for place in places:
        for name in _REFERENCE.findall(str(place).lower()):
            letter_id = transport.letter_id_of(name)
            if letter_id is not None:
                yield letter_id


def take(raw: bytes) -> bool:
    """Write down what a message reports, in a transaction of its own. Returns whether it told anything new."""
    bounce = read(raw)
    if bounce is None:
        return False
    with unit_of_work.transaction():
        return mark_bounced(bounce.letter_id, status=bounce.status, at=clock.now())
