"""Checking in by oneself: screens that show a code which turns, codes of streams, and the phones that took them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.events.models import Event, Room, Session
from app.extensions import Model


class RoomScreen(Model):
    """A screen in a room, or for a whole event where `room_id` is empty.

    Its address is derived from the row and `version` (see queries.check_ins.screen_token): a new version makes the one
    before useless. The codes that it shows are derived as well; none is stored.
    """

    __tablename__ = "room_screens"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    room: Mapped[Room | None] = relationship()


class SessionCode(Model):
    """The code of a session that is streamed where nobody is known: shown in the stream, and typed by who sees it."""

    __tablename__ = "session_codes"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[Session] = relationship()


class CheckInPhone(Model):
    """Whose a phone is for one event: the first who checked in with it. `device` is derived from its cookie."""

    __tablename__ = "check_in_phones"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )


class SharedPhoneGroup(Model):
    """A group whose people may check in with one phone: their facilitator's."""

    __tablename__ = "shared_phone_groups"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("registration_groups.id", ondelete="CASCADE"), primary_key=True
    )
    allowed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CheckIn(Model):
    """A participant who checked in to a session by themselves, once; what it counts for stands in the ledger."""

    __tablename__ = "check_ins"
    __table_args__ = (UniqueConstraint("session_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
