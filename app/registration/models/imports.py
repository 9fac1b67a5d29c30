"""Imports of participants from a file: what was sent, how it is read, and what became of each row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model
from app.registration.models.forms import RegistrationForm


class ImportStatus(StrEnum):
    """How far an import has come: being prepared, reading its rows aside, writing them, or at an end."""

    DRAFT = "draft"
    READING = "reading"
    WRITING = "writing"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RowOutcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    WAITLISTED = "waitlisted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


UNDER_WAY = (ImportStatus.READING, ImportStatus.WRITING)


class Import(Model):
    """A file of participants for an event.

    `file` names the stored file, empty once it is swept away. `reading` says how it is read (sheets.Reading), `mapping`
    what its columns hold: {"columns": {"0": "document_number"}, "constants": {"entity": "..."}, "order": "..."}.
    `read_to` is the number of the last row that was read aside; `counts` holds how many rows had which outcome.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    form_id: Mapped[int | None] = mapped_column(ForeignKey("registration_forms.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[ImportStatus] = mapped_column(String(12), default=ImportStatus.DRAFT)
    name: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(String(60))
    reading: Mapped[dict[str, Any]] = mapped_column(JSON)
    sheets: Mapped[list[str]] = mapped_column(JSON, default=list)
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_all_or_nothing: Mapped[bool] = mapped_column(default=True)
    updates: Mapped[bool] = mapped_column(default=False)
    sends_letters: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8), default="es")
    total: Mapped[int] = mapped_column(default=0)
    read_to: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    problem: Mapped[str] = mapped_column(String(500), default="")
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    form: Mapped[RegistrationForm | None] = relationship()

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has to do with it."""
        return self.status in UNDER_WAY

    @property
    def percent(self) -> int:
        """How much is done, from 0 to 100: reading is one half of it, writing the other."""
        if self.status == ImportStatus.FINISHED:
            return 100
        return min(99, 100 * self.done // (2 * self.total)) if self.total else 0


class ImportRow(Model):
    """A row of a file, read aside: its cells, the person in it, what is wrong with it, and what became of it.

    `problems` and `notes` are [[target, text]]. They are personal data, kept as long as the file.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index("ix_import_rows_import_id_identity", "import_id", "identity"),
        Index("ix_import_rows_import_id_outcome", "import_id", "outcome", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JSON)
    facts: Mapped[dict[str, str]] = mapped_column(JSON)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    identity: Mapped[str] = mapped_column(String(400))
    problems: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    notes: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    outcome: Mapped[RowOutcome | None] = mapped_column(String(12))


class ImportMapping(Model):
    """What the columns of files with certain headings held the last time: an organisation's memory."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("organisation_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    signature: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
