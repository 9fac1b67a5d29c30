"""What people of a room say to each other, and what is said to all rooms of an event."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.extensions import Model
from app.registration.models import Registration


class ReactionKind(StrEnum):
    """What a press says without words. SOUND tells that nothing is heard."""

    CLAP = "clap"
    HEART = "heart"
    IDEA = "idea"
    SOUND = "sound"


class Message(Model):
    """A message in a room's chat; a moderator may take it away."""

    __tablename__ = "room_messages"
    __table_args__ = (
        Index("ix_room_messages_session_id", "session_id", "id"),
        Index("ix_room_messages_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    text: Mapped[str] = mapped_column(String(300))
    is_removed: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)

    registration: Mapped[Registration] = relationship()


class Silence(Model):
    """Somebody who may not write in a room's chat."""

    __tablename__ = "room_silences"
    __table_args__ = (Index("ix_room_silences_registration_id", "registration_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)


class Reaction(Model):
    """How often a reaction was pressed in a room within a step of time; nobody's own presses are kept."""

    __tablename__ = "room_reactions"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[ReactionKind] = mapped_column(String(8), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class Announcement(Model):
    """A word of the office to all rooms of an event, until it is taken away or two hours old."""

    __tablename__ = "room_announcements"
    __table_args__ = (Index("ix_room_announcements_event_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(300))
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
