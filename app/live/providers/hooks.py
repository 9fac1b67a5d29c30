"""What a server of BigBlueButton tells by itself (its webhooks): who came, who left, that a meeting is over."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_HASHES = ("sha1", "sha256", "sha384", "sha512")


class What(StrEnum):
    """What happened."""

    CAME = "user-joined"
    LEFT = "user-left"
    ENDED = "meeting-ended"


@dataclass(frozen=True)
class Happening:
    """Something that happened in a meeting. `stay` names one visit of a guest."""

    what: What
    meeting: str
    at: datetime
    guest: str = ""
    stay: str = ""


def is_proved(callback: str, body: bytes, form: Mapping[str, str], checksum: str, secret: str) -> bool:
    """Return whether a message was sent by whoever knows the secret.

    The checksum is over the address called, what was sent and the secret. Versions differ in whether what was sent
    is taken as the form that arrives or as the JSON that it was made of.
    """
    told: dict[str, Any] = dict(form)
    if told.get("timestamp", "").isdecimal():
        told["timestamp"] = int(told["timestamp"])
    as_json = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    return any(
        hmac.compare_digest(
            hashlib.new(name, callback.encode() + sent + secret.encode()).hexdigest(), checksum
        )
        for name in _HASHES
        for sent in (body, as_json)
    )


def happenings(text: str) -> list[Happening]:
    """Return what the field `event` of a message tells; what is odd or of no use is left out."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found = (_happening(one) for one in (told if isinstance(told, list) else [told]))
    return [one for one in found if one is not None]


def _happening(told: Any) -> Happening | None:
    try:
        data = told["data"]
        attributes = data["attributes"]
        user = attributes.get("user", {})
        return Happening(
            what=What(data["id"]),
            meeting=str(attributes["meeting"]["external-meeting-id"]),
            at=datetime.fromtimestamp(int(data["event"]["ts"]) / 1000, UTC),
            guest=str(user.get("external-user-id", ""))[:80],
            stay=str(user.get("internal-user-id", ""))[:28],
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None
