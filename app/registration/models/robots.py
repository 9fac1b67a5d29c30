"""What is kept against robots, for hours: solved puzzles, and submissions that wait for a word from the e-mail."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model


class SpentPuzzle(Model):
    """A puzzle that was solved, as a hash, until it would expire anyway: no solution is taken twice."""

    __tablename__ = "spent_puzzles"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class HeldSubmission(Model):
    """A form that a browser without JavaScript sent while a puzzle was asked for.

    It holds no seat. `body` is what was sent, as pairs of name and value; it is read as a form once the link in the
    letter is opened and confirmed. Nobody is told whether the person was registered already.
    """

    __tablename__ = "held_submissions"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    form_slug: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[list[list[str]]] = mapped_column(JSON)
    idempotency_key: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    event: Mapped[Event] = relationship()
