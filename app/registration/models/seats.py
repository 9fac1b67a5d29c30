"""Limits beside the event's own: seats of an institution, and of sessions that people enrol in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.events.models import Event, Session
from app.extensions import Model
from app.registration.models.registrations import Registration

_HAS_RUC = text("ruc <> ''")


class EntityQuota(Model):
    """How many seats of an event an institution has at most.

    Its people are those who give its `ruc` where a form asks for one; else those who name it: `entity_key` is its
    folded name (rules.entity_key), and stands in their registrations.
    """

    __tablename__ = "entity_quotas"
    __table_args__ = (
        UniqueConstraint("event_id", "entity_key"),
        Index(
            "uq_entity_quotas_event_id_ruc",
            "event_id",
            "ruc",
            unique=True,
            sqlite_where=_HAS_RUC,
            postgresql_where=_HAS_RUC,
        ),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    entity: Mapped[str] = mapped_column(String(200))
    entity_key: Mapped[str] = mapped_column(String(200))
    ruc: Mapped[str] = mapped_column(String(11), default="", server_default=text("''"))
    seats: Mapped[int]

    event: Mapped[Event] = relationship()


class EnrollableSession(Model):
    """A session that takes those alone who enrol in it; all others are open. No seats is no limit."""

    __tablename__ = "enrollable_sessions"
    __table_args__ = (CheckConstraint("seats IS NULL OR seats >= 0", name="seats_not_negative"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    seats: Mapped[int | None]

    session: Mapped[Session] = relationship()


class EnrolmentStatus(StrEnum):
    """Where an enrolment stands. Enrolled and offered ones hold a seat of the session."""

    ENROLLED = "enrolled"
    OFFERED = "offered"
    WAITING = "waiting"


class Enrolment(Model):
    """A participant's place in a session, or in its line. Whoever leaves has none; the audit log remembers.

    A session in which somebody has a place cannot be deleted.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("session_id", "registration_id"),
        Index("ix_enrolments_session_id_status", "session_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("enrollable_sessions.session_id"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    status: Mapped[EnrolmentStatus] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Since when it waits for a seat: the order of the session's line.
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    registration: Mapped[Registration] = relationship()
    enrollable: Mapped[EnrollableSession] = relationship()
