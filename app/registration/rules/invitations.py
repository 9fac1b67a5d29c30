"""Where an invitation stands, and how a list of invitees is read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.registration.models import Invitation
from app.text import folded

_PARTS = re.compile(r"\s*[;\t]\s*")
_COMMA = re.compile(r"\s*,\s*")
_LANGUAGES = dict.fromkeys(("es", "espanol", "castellano", "spanish"), "es") | dict.fromkeys(
    ("en", "ingles", "english"), "en"
)


class InvitationState(StrEnum):
    """Where an invitation stands."""

    UNSENT = "unsent"
    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Invitee:
    """Somebody to invite, as far as they are known."""

    email: str
    given_names: str = ""
    first_surname: str = ""
    second_surname: str = ""
    entity: str = ""
    language: str = "es"


def language_of(text: str, *, otherwise: str) -> str:
    """Return the language that a cell of a list names, in which letters can be written; else `otherwise`."""
    return _LANGUAGES.get(folded(text), otherwise)


def is_answered(invitation: Invitation) -> bool:
    """Return whether somebody is registered by an invitation; who cancelled since may answer it again."""
    return invitation.registration is not None and invitation.registration.is_active


def state(invitation: Invitation, *, at: datetime) -> InvitationState:
    """Return where an invitation stands; one that was answered stays so while that registration does."""
    if is_answered(invitation):
        return InvitationState.ANSWERED
    if invitation.revoked_at is not None:
        return InvitationState.REVOKED
    if invitation.expires_at is not None and invitation.expires_at <= at:
        return InvitationState.EXPIRED
    return InvitationState.UNSENT if invitation.sent_at is None else InvitationState.OPEN


def lines(text: str) -> Iterable[tuple[int, list[str]]]:
    """Yield the number and the parts of each typed line: e-mail; name; institution, parted by ; or a tab, else by
    commas.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            parts = _PARTS.split(line.strip(), maxsplit=2)
            yield number, parts if len(parts) > 1 else _COMMA.split(parts[0], maxsplit=2)
