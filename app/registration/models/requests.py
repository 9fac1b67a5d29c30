"""What people ask to be changed about themselves: their name or document, and their e-mail address."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.extensions import Model
from app.registration.models.registrations import DocumentType, Registration


class CancelReason(StrEnum):
    """Why people cancel. Who has another reason writes it: `Registration.cancel_reason` keeps either."""

    SCHEDULE = "schedule"
    WORK = "work"
    HEALTH = "health"
    JOURNEY = "journey"
    CONNECTION = "connection"
    NOT_FOR_ME = "not_for_me"


class RequestStatus(StrEnum):
    """What became of a wish to correct a name or document: small ones are applied at once, others an office decides."""

    WAITING = "waiting"
    APPLIED = "applied"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# Written out in queries too: SQLite takes an index with a condition only where the query holds the same words.
OPEN_CHANGE = text("applied_at IS NULL AND ended_at IS NULL")


class NameRequest(Model):
    """Names and document as a person says they should be, and as they were before. One waits at a time."""

    __tablename__ = "name_requests"
    __table_args__ = (
        Index(
            "uq_name_requests_waiting",
            "registration_id",
            unique=True,
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    status: Mapped[RequestStatus] = mapped_column(String(12))
    document_type: Mapped[DocumentType] = mapped_column(String(10))
    document_number: Mapped[str] = mapped_column(String(20))
    given_names: Mapped[str] = mapped_column(String(120))
    first_surname: Mapped[str] = mapped_column(String(120))
    second_surname: Mapped[str] = mapped_column(String(120))
    former_name: Mapped[str] = mapped_column(String(400))
    former_document: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(400))
    # What the office wrote to the person when it decided.
    note: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    registration: Mapped[Registration] = relationship()

    @property
    def full_name(self) -> str:
        """The name asked for, as on a certificate."""
        return " ".join(part for part in (self.given_names, self.first_surname, self.second_surname) if part)


class EmailChange(Model):
    """Another e-mail address for a registration: nothing changes until both, the old and the new one, say yes.

    Its links are derived from the row and stand in none. `ended_at` says when it was taken back, by either address
    or by a newer wish. One is open at a time.
    """

    __tablename__ = "email_changes"
    __table_args__ = (
        Index(
            "uq_email_changes_open",
            "registration_id",
            unique=True,
            sqlite_where=OPEN_CHANGE,
            postgresql_where=OPEN_CHANGE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    registration: Mapped[Registration] = relationship()
