"""Against robots: a field that only they fill in, a signed time on each page, and limits that count people.

A municipality may share one address, so that requests say little: see docs/registration.md.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from flask import abort, current_app, request
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from app import signing
from app.extensions import limiter
from app.registration import rules
from app.registration.models import RegistrationStatus
from app.registration.rules.robots import Doubt

# What an address says of where somebody landed.
WORDS = {
    RegistrationStatus.CONFIRMED: "inscrito",
    RegistrationStatus.WAITLISTED: "en-espera",
    RegistrationStatus.PENDING: "por-revisar",
    RegistrationStatus.RETURNED: "por-revisar",
}
TO_CONFIRM = "por-confirmar"
TOKEN, TRAP = "form_token", "website"
# All that one address sends: above what the largest office does. What fails is counted more strictly.
SENT = "600 per minute; 6000 per hour"
FAILED = "60 per minute; 600 per hour"
# The same person from anywhere: who has a weak line sends a form several times, and each may write a letter.
_SAME_PERSON = RateLimitItemPerHour(12)
_FLOOD = RateLimitItemPerMinute(rules.FLOOD, 10)
_MAC = 12  # bytes of a token's signature
_NOT_TYPED = frozenset({TOKEN, TRAP, "puzzle", "altcha", "idempotency_key"})


def token(slug: str, *, at: datetime) -> str:
    """Return the signed time that a page of an event's form carries. It names no visitor: pages are shared."""
    seconds = int(at.timestamp())
    return f"{seconds}.{signing.to_text(_mac(slug, seconds))}"


def _mac(slug: str, seconds: int) -> bytes:
    return signing.derive("form-time", slug, seconds, length=_MAC)


def _age(slug: str, given: str, *, at: datetime) -> timedelta | None:
    text, _dot, mac = given.partition(".")
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        return None
    try:
        is_ours = signing.matches(_mac(slug, int(text)), signing.from_text(mac))
    except (ValueError, UnicodeEncodeError):
        return None
    return at - datetime.fromtimestamp(int(text), UTC) if is_ours else None


def doubt(slug: str, *, at: datetime) -> Doubt | None:
    """Return why the present submission might be a robot's, and note it for the flood of this event."""
    if not current_app.config["ROBOT_CHECKS"]:
        return None
    age = _age(slug, request.form.get(TOKEN, ""), at=at)
    found = rules.doubt(age=age, trap=request.form.get(TRAP, ""))
    if found not in {None, Doubt.TOO_OLD} and limiter.enabled:
        limiter.limiter.hit(_FLOOD, "flood", slug)
    return found


def next_token(slug: str, found: Doubt | None, *, at: datetime) -> str:
    """Return the token of the page that answers a submission: one sent too fast keeps its time, so that the next
    attempt is none too fast.
    """
    return request.form[TOKEN] if found == Doubt.TOO_FAST else token(slug, at=at)


def is_flooded(slug: str) -> bool:
    """Return whether many robots have tried to register for an event within the last ten minutes."""
    return limiter.enabled and not limiter.limiter.test(_FLOOD, "flood", slug)


def own_key(key: str) -> str:
    """Return the submission's key together with what was typed.

    Everybody who asks for the form within half a second gets the same page and the same key: only the same words
    sent again are the same submission.
    """
    typed = sorted((name, value) for name, value in request.form.items(multi=True) if name not in _NOT_TYPED)
    return hashlib.blake2b(repr((key, typed)).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def count_person(slug: str, identity: str) -> None:
    """Count a submission for a person, whichever address it came from; end the request with 429 above the limit."""
    if limiter.enabled and not limiter.limiter.hit(_SAME_PERSON, "person", slug, signing.hashed(identity)):
        abort(429)


def has_failed(response: object) -> bool:
    """Return whether an answer counts as a failure of its address."""
    return getattr(response, "status_code", 0) == 422
