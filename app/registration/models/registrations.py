"""Registrations: who takes part in an event."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import ConsentText
from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model


class RegistrationStatus(StrEnum):
    """Where a registration stands."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


class DocumentType(StrEnum):
    """How a person identifies: national card, foreigner's card, passport, or none."""

    DNI = "dni"
    CE = "ce"
    PASSPORT = "passport"
    NONE = "none"


_ACTIVE = text("status <> 'cancelled'")


class Registration(Model):
    """One person's place in one event.

    `identity` says who it is for this event (see rules.identity), and is unique among those not cancelled.
    `sort_key` and `search_text` are folded copies of names, document and code, made when those are written: for
    Spanish order (ñ after n) and for a search that forgives accents, alike on both engines.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index(
            "uq_registrations_active_identity",
            "event_id",
            "identity",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("ix_registrations_event_id_status_id", "event_id", "status", "id"),
        Index("ix_registrations_event_id_sort_key", "event_id", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    status: Mapped[RegistrationStatus] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    document_type: Mapped[DocumentType] = mapped_column(String(10))
    document_number: Mapped[str] = mapped_column(String(20), default="")
    given_names: Mapped[str] = mapped_column(String(120))
    first_surname: Mapped[str] = mapped_column(String(120))
    second_surname: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    entity: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[str] = mapped_column(String(160), default="")
    ubigeo: Mapped[str] = mapped_column(String(6), default="")
    language: Mapped[str] = mapped_column(String(8), default="es")
    identity: Mapped[str] = mapped_column(String(400))
    sort_key: Mapped[str] = mapped_column(String(400))
    search_text: Mapped[str] = mapped_column(String(600))
    idempotency_key: Mapped[str] = mapped_column(String(64))
    link_version: Mapped[int] = mapped_column(default=1)
    consent_text_id: Mapped[int | None] = mapped_column(ForeignKey("consent_texts.id"))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    consent_text: Mapped[ConsentText | None] = relationship()

    @property
    def full_name(self) -> str:
        """The name as on a certificate: "Rosa Quispe Mamani"."""
        return " ".join(part for part in (self.given_names, self.first_surname, self.second_surname) if part)

    @property
    def listed_name(self) -> str:
        """The name as in lists: "Quispe Mamani, Rosa"."""
        surnames = " ".join(part for part in (self.first_surname, self.second_surname) if part)
        return f"{surnames}, {self.given_names}"

    @property
    def is_active(self) -> bool:
        """Whether the registration was not cancelled."""
        return self.status != RegistrationStatus.CANCELLED
