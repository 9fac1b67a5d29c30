"""The link to all registrations of an e-mail address.

It is derived, not stored, and does not hold the address: it names one registration of it, says until when it works,
and is signed over both, the address and how often the person's links were renewed. So it dies by itself after a week,
at once when anybody of the address changes a personal link, and when that registration moves to another address. It
works as often as it is opened until then: programs that look through incoming mail open links first, pages are
loaded again on a weak line, and it shows nothing that the letters in the same mailbox do not open too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app import signing
from app.addresses import LARGEST_NUMBER
from app.registration import queries as registrations
from app.registration.models import Registration

LIFETIME = timedelta(days=7)
_NUMBER, _MOMENT = 6, 5  # bytes of the registration's number, and of the second at which the link ends


@dataclass(frozen=True)
class Opened:
    """What a link of ours opens: the registrations of its address, and whether it still works."""

    registrations: list[Registration]
    expires_at: datetime
    is_expired: bool


def token_for(found: list[Registration], *, at: datetime) -> str:
    """Return the token that opens these registrations of one address for a week."""
    ends = int((at + LIFETIME).timestamp())
    head = found[0].id.to_bytes(_NUMBER) + ends.to_bytes(_MOMENT)
    return signing.to_text(head + _signature(found[0], found, ends))


def opened(token: str, *, at: datetime) -> Opened | None:
    """Return what a token opens, or None for one that is not ours, or no longer."""
    try:
        raw = signing.from_text(token)
    except (ValueError, UnicodeEncodeError):
        return None
    number = int.from_bytes(raw[:_NUMBER])
    ends = int.from_bytes(raw[_NUMBER : _NUMBER + _MOMENT])
    named = registrations.by_id(number) if number <= LARGEST_NUMBER else None
    if named is None or not named.email:
        return None
    found = registrations.of_email(named.email)
    if not signing.matches(_signature(named, found, ends), raw[_NUMBER + _MOMENT :]):
        return None
    expires_at = datetime.fromtimestamp(ends, UTC)
    return Opened(found, expires_at, is_expired=at >= expires_at)


def feed_token(found: list[Registration]) -> str:
    """Return the token of the calendar of these registrations of one address. It does not end by itself, for programs
    ask for it for as long as it is subscribed to; it dies as the other link does.
    """
    head = found[0].id.to_bytes(_NUMBER)
    return signing.to_text(head + _feed_signature(found[0], found))


def feed_of(token: str) -> list[Registration]:
    """Return the registrations whose calendar a token opens, or none."""
    try:
        raw = signing.from_text(token)
    except (ValueError, UnicodeEncodeError):
        return []
    number = int.from_bytes(raw[:_NUMBER])
    named = registrations.by_id(number) if number <= LARGEST_NUMBER else None
    if named is None or not named.email:
        return []
    found = registrations.of_email(named.email)
    return found if signing.matches(_feed_signature(named, found), raw[_NUMBER:]) else []


def _feed_signature(named: Registration, found: list[Registration]) -> bytes:
    renewals = sum(one.link_version - 1 for one in found)
    return signing.derive("my-events-feed", named.id, named.email, renewals)


def _signature(named: Registration, found: list[Registration], ends: int) -> bytes:
    renewals = sum(one.link_version - 1 for one in found)
    return signing.derive("my-events", named.id, named.email, renewals, ends)
