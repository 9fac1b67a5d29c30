"""How a session's room is run: its settings, what stands by it, accounts with servers, and who holds a place in it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class LinkKind(StrEnum):
    """What an address beside a room is for.

    An ALTERNATIVE is a way in when the provider fails, AUDIO one for a weak line. A CHANNEL is the same stream in
    another language. RECORDINGS are shown afterwards, MATERIALS as soon as the room opens.
    """

    MATERIAL = "material"
    RECORDING = "recording"
    ALTERNATIVE = "alternative"
    AUDIO = "audio"
    CHANNEL = "channel"


class RoomSettings(Model):
    """How a session's room is run.

    Without a row: it opens 15 minutes before, takes everybody, questions are open, looked at by nobody first, with
    names, hands may be raised, and there is no chat.
    """

    __tablename__ = "room_settings"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        CheckConstraint("opens_minutes BETWEEN 0 AND 120", name="opens_minutes_range"),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    takes_questions: Mapped[bool] = mapped_column(default=True, server_default=true())
    takes_hands: Mapped[bool] = mapped_column(default=True, server_default=true())
    is_moderated: Mapped[bool] = mapped_column(default=False)
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]
    opens_minutes: Mapped[int] = mapped_column(default=15, server_default=text("15"))
    asks_presence: Mapped[bool] = mapped_column(default=False, server_default=false())
    takes_chat: Mapped[bool] = mapped_column(default=False, server_default=false())
    allows_links: Mapped[bool] = mapped_column(default=False, server_default=false())


class RoomLink(Model):
    """An address beside a room."""

    __tablename__ = "room_links"
    __table_args__ = (Index("ix_room_links_session_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    kind: Mapped[LinkKind] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(120))
    url: Mapped[str] = mapped_column(String(500))


class RoomEntry(Model):
    """A place that somebody holds in a room with few of them, for as long as they are heard of."""

    __tablename__ = "room_entries"
    __table_args__ = (Index("ix_room_entries_registration_id", "registration_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RoomAccount(Model):
    """An organisation's account with a server of rooms. Sessions whose address lies on that server use it."""

    __tablename__ = "room_accounts"
    __table_args__ = (UniqueConstraint("organisation_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(String(20))  # of providers.KINDS
    address: Mapped[str] = mapped_column(String(300))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    algorithm: Mapped[str] = mapped_column(String(8))
    app_id: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    key_id: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
