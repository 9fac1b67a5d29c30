"""Attendance files of meeting programs: who stands in one, by the file's own clock, and whose each row is."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model
from app.registration.models import Registration


class MeetingState(StrEnum):
    """What became of a file: looked at, in the ledger, or taken back."""

    DRAFT = "draft"
    IMPORTED = "imported"
    TAKEN_BACK = "taken_back"


class MeetingImport(Model):
    """A file of Zoom or Teams for an event; the file itself is not kept. The same bytes are one import (`digest`).

    `timezone` is that of the file's clock, `session_ids` are the sessions that it tells of.
    """

    __tablename__ = "meeting_imports"
    __table_args__ = (UniqueConstraint("event_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    state: Mapped[MeetingState] = mapped_column(String(12), default=MeetingState.DRAFT)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    program: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200), default="")
    timezone: Mapped[str] = mapped_column(String(60))
    session_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    created_by: Mapped[User | None] = relationship()


class MeetingPerson(Model):
    """Somebody in a file: how the file calls them, when they were there, and which registration that is.

    `row` is where they first stand. `stays` are [[joined, left]] by the file's own clock, in ISO 8601 without a zone;
    where the file tells no times, `seconds` is how long they were there. `how` is empty until it is known by what the
    registration was found; `candidates` are those among whom the office shall choose.
    """

    __tablename__ = "meeting_people"
    __table_args__ = (
        UniqueConstraint("import_id", "row"),
        Index("ix_meeting_people_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("meeting_imports.id", ondelete="CASCADE"))
    row: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    stays: Mapped[list[Any]] = mapped_column(JSON, default=list)
    seconds: Mapped[int | None]
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    how: Mapped[str] = mapped_column(String(10), default="")
    candidates: Mapped[list[int]] = mapped_column(JSON, default=list)

    registration: Mapped[Registration | None] = relationship()

    @property
    def source_ref(self) -> str:
        """By what the rows of the ledger that rest on it name it."""
        return f"meeting_people:{self.id}"

    @property
    def is_nobody(self) -> bool:
        """Whether no registration is meant: none came near, or the office said so."""
        return self.registration_id is None and (not self.candidates or self.how == "hand")
