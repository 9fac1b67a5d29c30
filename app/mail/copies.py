"""What a letter said, kept for a time so that an office can answer for it.

The tokens in our own addresses are taken out before: a copy of the database must open nobody's page. Letters are kept
for half a year, and the row that says which letter went when to whom stays as long as what it is about.
"""

import json
import re
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select

from app.extensions import db
from app.mail.letters import Letter
from app.mail.models import LetterCopy, OutgoingLetter

KEPT = timedelta(days=180)
HIDDEN = "…"
# What follows our own address and holds a capital letter is a token: what people read in an address has none.
_SECRET = re.compile(r"(?<=[/=])(?=[\w-]*[A-Z])[\w-]{20,}")

_PICTURE = re.compile(r"<img[^>]*\bsrc=\"cid:[^>]*>")


@dataclass(frozen=True)
class Copy:
    """What a letter said."""

    subject: str
    text: str
    html: str


def without_tokens(words: str, *, base_url: str) -> str:
    """Return a text in which the addresses under `base_url` have lost their tokens."""
    ours = re.compile(re.escape(base_url) + r"[^\s\"'<>]*")
    return ours.sub(lambda match: _SECRET.sub(HIDDEN, match[0]), words)


def keep(letter_id: int, letter: Letter, *, at: datetime) -> None:
    """Keep what a letter says, in the present transaction; that of an earlier attempt gives way."""
    base_url = current_app.config["BASE_URL"]
    words = (letter.subject, letter.text, _PICTURE.sub("", letter.html))
    parts = [without_tokens(part, base_url=base_url) for part in words]
    content = zlib.compress(json.dumps(parts, ensure_ascii=False).encode())
    db.session.merge(LetterCopy(letter_id=letter_id, content=content, kept_at=at))


def copy_of(letter: OutgoingLetter) -> Copy | None:
    """Return what a letter said, or None where it was not sent or its copy is kept no longer."""
    content = db.session.scalar(select(LetterCopy.content).where(LetterCopy.letter_id == letter.id))
    return None if content is None else Copy(*json.loads(zlib.decompress(content)))


def with_copies(letters: list[OutgoingLetter]) -> set[int]:
    """Return the ids of those letters whose words can still be read."""
    ids = [letter.id for letter in letters]
    return set(db.session.scalars(select(LetterCopy.letter_id).where(LetterCopy.letter_id.in_(ids))))


def forget(*, at: datetime) -> int:
    """Delete the copies that were kept long enough. Returns how many."""
    gone = db.session.scalars(
        delete(LetterCopy).where(LetterCopy.kept_at < at - KEPT).returning(LetterCopy.letter_id)
    )
    return len(gone.all())
