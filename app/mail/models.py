"""The outbox: a letter is a row first, so that it exists exactly when what it tells of exists."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class OutgoingLetter(Model):
    """A letter to send. It holds which letter and about what; the text is made when it is sent.

    `about` names the row that an office may ask by, such as "registrations:12". `last_error` is what the last attempt
    met with, WITHDRAWN where nothing was left to say, or the status of the bounce (RFC 3463).
    """

    __tablename__ = "outgoing_letters"
    __table_args__ = (
        Index(
            "ix_outgoing_letters_due",
            "next_attempt_at",
            sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    about: Mapped[str | None] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When a mail server reported that it could not deliver what another had taken.
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


class LetterCopy(Model):
    """What a letter said, compressed and without the tokens of its addresses, for as long as copies are kept."""

    __tablename__ = "letter_copies"

    letter_id: Mapped[int] = mapped_column(
        ForeignKey("outgoing_letters.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LetterTemplate(Model):
    """An organisation's or an event's own words for a letter, in one language, in the notation of mail.wording."""

    __tablename__ = "letter_templates"
    __table_args__ = (
        UniqueConstraint("event_id", "letter", "language"),
        UniqueConstraint("organisation_id", "letter", "language"),
        CheckConstraint("(event_id IS NULL) <> (organisation_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    letter: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
