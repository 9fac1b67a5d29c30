"""An office's own words for letters."""

from datetime import datetime
from typing import Any

from app import audit
from app.accounts.models import Organisation
from app.events.models import Event
from app.mail import templates, wording
from app.mailings.catalogue import LETTERS
from app.registration import emails

Owner = Event | Organisation


def owner_id(owner: Owner) -> dict[str, int]:
    """Return whose words are meant, as mail.templates asks for it."""
    return {"event_id": owner.id} if isinstance(owner, Event) else {"organisation_id": owner.id}


def save(owner: Owner, letter: str, language: str, *, subject: str, body: str, at: datetime) -> None:
    """Keep an owner's own words for a letter. Raises UnknownField, FieldNeeded and BadLink."""
    editable = LETTERS[letter]
    wording.check(subject, body, known=editable.fields, addresses=emails.ADDRESSES, needed=editable.needed)
    row = templates.save(letter, language, subject=subject, body=body, at=at, **owner_id(owner))
    audit.record("letter.written", row, at=at, letter=letter, language=language, **_scope(owner))


def restore(owner: Owner, letter: str, language: str, *, at: datetime) -> None:
    """Drop an owner's own words for a letter: what stands above them is in force again."""
    templates.restore(letter, language, **owner_id(owner))
    audit.record("letter.restored", at=at, letter=letter, language=language, **_scope(owner))


def _scope(owner: Owner) -> dict[str, Any]:
    return {"event": owner} if isinstance(owner, Event) else {"organisation": owner}
