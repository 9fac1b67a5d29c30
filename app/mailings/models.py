"""The tables of mailings and reminders."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model


class MailingStatus(StrEnum):
    """How far a mailing has come. Paused ones go on where they stopped; cancelled and finished ones are at an end."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class Mailing(Model):
    """A message to a choice of an event's people.

    `audience` is what they are chosen by (see rules.Audience); who they are is settled when sending begins. A notice
    is about something else than the event: it goes to those alone who agreed to notices.
    """

    __tablename__ = "mailings"
    __table_args__ = (CheckConstraint("per_minute BETWEEN 1 AND 1000", name="per_minute_range"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    is_notice: Mapped[bool]
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    per_minute: Mapped[int]
    status: Mapped[MailingStatus] = mapped_column(String(12))
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()


class MailingRecipient(Model):
    """One person whom a mailing is for, and the letter once there is one: a person gets no second."""

    __tablename__ = "mailing_recipients"
    __table_args__ = (Index("ix_mailing_recipients_mailing_id_queued_at", "mailing_id", "queued_at"),)

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailings.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_letters.id"), index=True)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Suppression(Model):
    """An address that wants no more notices of an organisation, as a hash that only this server can make."""

    __tablename__ = "suppressions"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
    )
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reminder(Model):
    """A letter that goes out by itself some time before an event begins, or after it ended (then with thanks)."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("event_id", "is_after", "minutes"),
        CheckConstraint("minutes BETWEEN 0 AND 129600", name="minutes_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    is_after: Mapped[bool]
    minutes: Mapped[int]
    survey_url: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()


class ReminderLetter(Model):
    """That a person was sent a reminder."""

    __tablename__ = "reminder_letters"

    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminders.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
