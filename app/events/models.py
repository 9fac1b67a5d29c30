"""An event and its programme: days, sessions, speakers, rooms."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import Organisation, Unit
from app.columns import UtcDateTime
from app.extensions import Model


class Modality(StrEnum):
    """Where an event takes place."""

    VIRTUAL = "virtual"
    IN_PERSON = "in_person"
    HYBRID = "hybrid"


class EventStatus(StrEnum):
    """How far an event has come. Only published ones are seen by the public."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class SessionKind(StrEnum):
    """What a session is. A break is shown in the agenda and counts for no attendance."""

    TALK = "talk"
    PANEL = "panel"
    WORKSHOP = "workshop"
    CEREMONY = "ceremony"
    BREAK = "break"


class SpeakerRole(StrEnum):
    """What somebody does in a session."""

    SPEAKER = "speaker"
    MODERATOR = "moderator"


class HourUnit(StrEnum):
    """What an hour on a certificate means: 60 minutes, or an academic hour of 45."""

    CHRONOLOGICAL = "chronological"
    ACADEMIC = "academic"


class Day(Model):
    """A day of an event, with a title of its own."""

    __tablename__ = "days"
    __table_args__ = (UniqueConstraint("event_id", "date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    date: Mapped[date]
    title: Mapped[str] = mapped_column(String(200), default="")

    event: Mapped["Event"] = relationship(back_populates="days")
    sessions: Mapped[list["Session"]] = relationship(
        back_populates="day", order_by="(Session.starts_at, Session.room_id, Session.id)"
    )


class Event(Model):
    """A free public event of an organisation.

    The hours and the minimum attendance stand here, not with the certificates, because they are part of what is
    announced: "12 horas, constancia con 80 % de asistencia".
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("minimum_percent BETWEEN 0 AND 100", name="minimum_percent_range"),
        CheckConstraint(
            "registration_closes_at IS NULL OR registration_opens_at IS NULL"
            " OR registration_opens_at < registration_closes_at",
            name="window_in_order",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    modality: Mapped[Modality] = mapped_column(String(12))
    timezone: Mapped[str] = mapped_column(String(60), default="America/Lima")
    venue_name: Mapped[str] = mapped_column(String(200), default="")
    venue_address: Mapped[str] = mapped_column(String(300), default="")
    accessibility: Mapped[str] = mapped_column(String(300), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    status: Mapped[EventStatus] = mapped_column(String(12), default=EventStatus.DRAFT)
    capacity: Mapped[int | None]
    registration_opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registration_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    hour_unit: Mapped[HourUnit] = mapped_column(String(16), default=HourUnit.CHRONOLOGICAL)
    minimum_percent: Mapped[int] = mapped_column(default=80)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    starts_on: Mapped[date | None] = column_property(
        select(func.min(Day.date)).where(Day.event_id == id).correlate_except(Day).scalar_subquery()
    )
    ends_on: Mapped[date | None] = column_property(
        select(func.max(Day.date)).where(Day.event_id == id).correlate_except(Day).scalar_subquery()
    )

    organisation: Mapped[Organisation] = relationship()
    unit: Mapped[Unit | None] = relationship()
    days: Mapped[list[Day]] = relationship(order_by=Day.date, back_populates="event")
    rooms: Mapped[list["Room"]] = relationship(order_by="Room.name")
    speakers: Mapped[list["Speaker"]] = relationship(order_by="Speaker.name")

    @property
    def is_published(self) -> bool:
        """Whether the public may see it; a cancelled event stays visible and says so."""
        return self.status in {EventStatus.PUBLISHED, EventStatus.CANCELLED}


class Room(Model):
    """A hall, or a virtual room, of an event."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int | None]


class Speaker(Model):
    """Somebody who speaks at an event or moderates it."""

    __tablename__ = "speakers"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    position: Mapped[str] = mapped_column(String(160), default="")
    entity: Mapped[str] = mapped_column(String(200), default="")


OWN_ROOM = "sala:propia"  # stands for the video room of this server where other sessions have an address


class Session(Model):
    """A part of the programme, on one day, with a beginning and an end."""

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("days.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    uid: Mapped[str] = mapped_column(String(36), default=lambda: str(uuid.uuid4()), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    abstract: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[SessionKind] = mapped_column(String(12), default=SessionKind.TALK)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Where it is streamed. Shown only to the registered, shortly before it begins (package live).
    online_url: Mapped[str] = mapped_column(String(500), default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    day: Mapped[Day] = relationship(back_populates="sessions")
    room: Mapped[Room | None] = relationship()
    appearances: Mapped[list["Appearance"]] = relationship(
        back_populates="session", order_by="Appearance.position", cascade="all, delete-orphan"
    )

    @property
    def minutes(self) -> int:
        """Its length in whole minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def counts(self) -> bool:
        """Whether being there counts as attendance."""
        return self.kind != SessionKind.BREAK


class Appearance(Model):
    """A speaker's part in a session."""

    __tablename__ = "appearances"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speakers.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[SpeakerRole] = mapped_column(String(12), default=SpeakerRole.SPEAKER)
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[Session] = relationship(back_populates="appearances")
    speaker: Mapped[Speaker] = relationship()
