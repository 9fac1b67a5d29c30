"""Hands that people of a room have up. The database lets nobody raise two, and gives one at a time the word."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.extensions import Model
from app.registration.models import Registration

_SPEAKING = text("has_word")


class Hand(Model):
    """Somebody's hand, until it is taken down; the row goes with it."""

    __tablename__ = "room_hands"
    __table_args__ = (
        Index("ix_room_hands_registration_id", "registration_id"),
        Index(
            "uq_room_hands_word",
            "session_id",
            unique=True,
            sqlite_where=_SPEAKING,
            postgresql_where=_SPEAKING,
        ),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    has_word: Mapped[bool] = mapped_column(default=False, server_default=false())

    registration: Mapped[Registration] = relationship()
