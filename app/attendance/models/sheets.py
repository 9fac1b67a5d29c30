"""Signature sheets: who stands in which line of a printed list, and who has signed it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.events.models import Day, Event, Session
from app.extensions import Model
from app.registration.models import Registration


class SignatureSheet(Model):
    """A list for a day or a session as it was printed: paper does not change when somebody registers later."""

    __tablename__ = "signature_sheets"
    __table_args__ = (CheckConstraint("(day_id IS NULL) <> (session_id IS NULL)", name="day_or_session"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    day_id: Mapped[int | None] = mapped_column(ForeignKey("days.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[Event] = relationship()
    day: Mapped[Day | None] = relationship()
    session: Mapped[Session | None] = relationship()


class SignatureRow(Model):
    """A line of a sheet. `is_signed` is what was transcribed last; the ledger keeps how it came to be."""

    __tablename__ = "signature_rows"

    sheet_id: Mapped[int] = mapped_column(
        ForeignKey("signature_sheets.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    is_signed: Mapped[bool] = mapped_column(default=False, server_default=false())

    registration: Mapped[Registration] = relationship()

    @property
    def source_ref(self) -> str:
        """By what the rows of the ledger that rest on it name it."""
        return f"signature_rows:{self.sheet_id}-{self.number}"
