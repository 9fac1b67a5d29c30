"""ALTCHA's proof of work: a number that takes a browser a second to find and the server a microsecond to check.

The server makes and checks puzzles by itself; no other service takes part.
"""

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from app import signing
from app.imports import lazily

if TYPE_CHECKING:
    from altcha import v1 as altcha
else:
    altcha = lazily("altcha.v1")  # few events ever ask for a puzzle

LIFETIME = timedelta(minutes=20)
HARDNESS = 50_000  # the largest number; a browser tries half as many on average


class Solved(NamedTuple):
    """A puzzle that was solved: what it is known by, and until when it could be sent again."""

    challenge: str
    expires_at: datetime


def _key() -> str:
    return signing.derive("altcha", length=32).hex()


def puzzle(slug: str, *, at: datetime) -> dict[str, Any]:
    """Return a fresh puzzle for an event's form, as ALTCHA's protocol has it."""
    wanted = altcha.ChallengeOptions(
        max_number=HARDNESS, hmac_key=_key(), expires=at + LIFETIME, params={"event": slug}
    )
    return dict(altcha.create_challenge(wanted).to_dict())


def solved(slug: str, sent: str, *, at: datetime) -> Solved | None:
    """Return the puzzle of this event that was solved, or None where the solution is wrong, old or another event's."""
    try:
        payload = json.loads(base64.b64decode(sent, validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(payload, dict) or not isinstance(payload.get("number"), int):
        return None
    texts = [payload.get(name) for name in ("algorithm", "challenge", "salt", "signature")]
    if not all(isinstance(text, str) and text.isascii() for text in texts):
        return None
    # The library would look at the machine's own clock.
    is_right, _problem = altcha.verify_solution(sent, _key(), check_expires=False)
    stated = parse_qs(payload["salt"].partition("?")[2])
    if not is_right or stated.get("event") != [slug]:
        return None
    expires_at = datetime.fromtimestamp(int(stated["expires"][0]), UTC)
    return Solved(payload["challenge"], expires_at) if at < expires_at else None
