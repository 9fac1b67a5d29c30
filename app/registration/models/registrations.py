"""Registrations: who takes part in an event."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import ConsentText
from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model
from app.registration.models.groups import ConsentKind, RegistrationGroup


class RegistrationStatus(StrEnum):
    """Where a registration stands.

    Confirmed and offered ones hold a seat; pending ones wait for the office's word, returned ones for an answer of
    the person. Cancelled and rejected ones are at an end: the person may register anew.
    """

    PENDING = "pending"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


HOLDING_A_SEAT = (RegistrationStatus.CONFIRMED, RegistrationStatus.OFFERED)
ENDED = (RegistrationStatus.CANCELLED, RegistrationStatus.REJECTED)
UNDER_REVIEW = (RegistrationStatus.PENDING, RegistrationStatus.RETURNED)


class DocumentType(StrEnum):
    """How a person identifies: national card, foreigner's card, passport, or none."""

    DNI = "dni"
    CE = "ce"
    PASSPORT = "passport"
    NONE = "none"


# Written out in queries too: SQLite takes an index with a condition only where the query holds the same words.
ACTIVE = text("status NOT IN ('cancelled', 'rejected')")
_HAS_AN_OFFER = text("offer_expires_at IS NOT NULL")


class Registration(Model):
    """One person's place in one event.

    `identity` says who it is for this event (see rules.identity), and is unique among those not at an end.
    `sort_key` and `search_text` are folded copies of names, document and code, made when those are written: for
    Spanish order (ñ after n) and for a search that forgives accents, alike on both engines. `entity_key` is the folded
    institution, by which its seats are counted: of whoever gave a RUC, that to which the RUC belongs. `form_id` is
    empty for the plain form.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index(
            "uq_registrations_active_identity",
            "event_id",
            "identity",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
        Index("ix_registrations_event_id_status_id", "event_id", "status", "id"),
        Index("ix_registrations_event_id_sort_key", "event_id", "sort_key", "id"),
        Index("ix_registrations_event_id_entity_key", "event_id", "entity_key", "status"),
        Index("ix_registrations_email", "email", "id"),
        Index(
            "ix_registrations_offer_expires_at",
            "offer_expires_at",
            sqlite_where=_HAS_AN_OFFER,
            postgresql_where=_HAS_AN_OFFER,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("registration_forms.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("registration_groups.id"), index=True)
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
    entity_key: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    idempotency_key: Mapped[str] = mapped_column(String(64))
    link_version: Mapped[int] = mapped_column(default=1)
    # Passes of an earlier version are void.
    pass_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    consent_text_id: Mapped[int | None] = mapped_column(ForeignKey("consent_texts.id"))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_kind: Mapped[ConsentKind] = mapped_column(
        String(10), default=ConsentKind.FORM, server_default=text("'form'")
    )
    consent_witness: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    consent_place: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(String(400), default="", server_default=text("''"))
    # Since when it waits for a seat: the order of the waitlist.
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offer_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the office wrote when it asked for more, or rejected.
    review_note: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    # Another registration of the event looks like the same person. Shown to the office alone.
    is_possible_duplicate: Mapped[bool] = mapped_column(default=False, server_default=false())

    event: Mapped[Event] = relationship()
    consent_text: Mapped[ConsentText | None] = relationship()
    group: Mapped[RegistrationGroup | None] = relationship()

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
        """Whether the registration is not at an end: neither cancelled nor rejected."""
        return self.status not in ENDED

    @property
    def is_under_review(self) -> bool:
        """Whether the office has still to decide about it, or waits for an answer of the person."""
        return self.status in UNDER_REVIEW

    @property
    def holds_a_seat(self) -> bool:
        """Whether the registration takes a seat: confirmed, or offered one that waits for an answer."""
        return self.status in HOLDING_A_SEAT


class SeatCount(Model):
    """How many seats of an event are taken: confirmed and offered registrations.

    Database triggers keep it, whoever writes the registrations, so that a rush need not count thousands of rows for
    each newcomer. An event in which nobody has had a seat yet has no row.
    """

    __tablename__ = "seat_counts"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    taken: Mapped[int]
