"""An office's own words for letters: the event's go before the organisation's, and both before the default."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select

from app.extensions import db
from app.mail import wording
from app.mail.models import LetterTemplate
from app.mail.wording import Words


def in_force(letter: str, language: str, *, event_id: int, organisation_id: int) -> LetterTemplate | None:
    """Return the own words for a letter, or None where the default is in force."""
    statement = (
        select(LetterTemplate)
        .where(
            LetterTemplate.letter == letter,
            LetterTemplate.language == language,
            or_(
                LetterTemplate.event_id == event_id,
                LetterTemplate.organisation_id == organisation_id,
            ),
        )
        .order_by(LetterTemplate.event_id.is_(None))
        .limit(1)
    )
    return db.session.scalar(statement)


def words(
    letter: str,
    language: str,
    values: Mapping[str, str],
    *,
    event_id: int,
    organisation_id: int,
    addresses: Collection[str],
    colour: str,
) -> Words | None:
    """Return the own words for a letter with its fields filled in, or None where the default is in force."""
    own = in_force(letter, language, event_id=event_id, organisation_id=organisation_id)
    if own is None:
        return None
    return wording.fill(own.subject, own.body, values, addresses=addresses, colour=colour)


def own(*, event_id: int | None = None, organisation_id: int | None = None) -> list[LetterTemplate]:
    """Return all own words of an event, or of an organisation."""
    return list(db.session.scalars(select(LetterTemplate).where(*_owner(event_id, organisation_id))))


def find(
    letter: str, language: str, *, event_id: int | None = None, organisation_id: int | None = None
) -> LetterTemplate | None:
    """Return the own words of exactly this owner for a letter."""
    statement = select(LetterTemplate).where(
        *_owner(event_id, organisation_id),
        LetterTemplate.letter == letter,
        LetterTemplate.language == language,
    )
    return db.session.scalar(statement)


def save(
    letter: str,
    language: str,
    *,
    subject: str,
    body: str,
    at: datetime,
    event_id: int | None = None,
    organisation_id: int | None = None,
) -> LetterTemplate:
    """Keep an owner's own words for a letter."""
    row = find(letter, language, event_id=event_id, organisation_id=organisation_id)
    if row is None:
        row = LetterTemplate(
            letter=letter, language=language, event_id=event_id, organisation_id=organisation_id
        )
        db.session.add(row)
    row.subject, row.body, row.updated_at = subject, body, at
    return row


def restore(
    letter: str, language: str, *, event_id: int | None = None, organisation_id: int | None = None
) -> None:
    """Drop an owner's own words for a letter."""
    db.session.execute(
        delete(LetterTemplate).where(
            *_owner(event_id, organisation_id),
            LetterTemplate.letter == letter,
            LetterTemplate.language == language,
        )
    )


def _owner(
    event_id: int | None, organisation_id: int | None
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return LetterTemplate.event_id == event_id, LetterTemplate.organisation_id == organisation_id
