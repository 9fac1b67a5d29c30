"""Phones and tablets that serve at the doors of one event, without anybody signing in on them."""

from datetime import datetime, timedelta

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model


class DoorDevice(Model):
    """One device and what it may do: the doors of some days of one event, or some checkpoints, until a moment.

    It is paired by an address that works once and for a short while; from then on it shows a token of its own. Of
    both only the hash is kept. `clock_offset_ms` is the server's clock less the device's when it last synchronised;
    `waiting` how many scans it then still had to send. `forced_by_id` is who allowed it to let people in against the
    rules, with that person's number (services.force_pin); without it, it cannot.
    """

    __tablename__ = "door_devices"
    __table_args__ = (Index("ix_door_devices_event_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    # The days whose doors it may serve; none means all of them, unless it serves checkpoints.
    day_ids: Mapped[list[int]] = mapped_column(JSON)
    checkpoint_ids: Mapped[list[int]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    pairing_hash: Mapped[str] = mapped_column(String(64), unique=True)
    pairing_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    paired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sync_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting: Mapped[int] = mapped_column(default=0)
    clock_offset_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    forced_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[Event] = relationship()
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
    forced_by: Mapped[User | None] = relationship(foreign_keys=[forced_by_id])

    @property
    def clock_offset(self) -> timedelta:
        """What is added to its clock to make it right."""
        return timedelta(milliseconds=self.clock_offset_ms)


class RegistrationChange(Model):
    """That a registration changed in what a door knows of it; kept by database triggers, whoever writes.

    A device asks for what changed since it last did. `revision` is that of the newest change: on PostgreSQL the
    transaction's number, on SQLite, which has one writer, one more than the event's greatest. No foreign key: that a
    registration is gone has to be told too.
    """

    __tablename__ = "registration_changes"
    __table_args__ = (Index("ix_registration_changes_event_id_revision", "event_id", "revision"),)

    registration_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    revision: Mapped[int] = mapped_column(BigInteger)
