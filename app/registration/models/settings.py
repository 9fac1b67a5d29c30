"""How an event handles its registrations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class Promotion(StrEnum):
    """What happens with a seat that becomes free: the next person has it, or is offered it until a deadline."""

    AUTOMATIC = "automatic"
    OFFER = "offer"


class Clashes(StrEnum):
    """What happens when somebody enrols in two sessions that overlap."""

    WARN = "warn"
    FORBID = "forbid"


class ProofOfWork(StrEnum):
    """When a browser must solve a small puzzle before it may register."""

    NEVER = "never"
    IN_A_FLOOD = "in_a_flood"
    ALWAYS = "always"


class RegistrationSettings(Model):
    """An event's settings of registration. An event without a row has the defaults."""

    __tablename__ = "registration_settings"
    __table_args__ = (CheckConstraint("offer_hours BETWEEN 1 AND 720", name="offer_hours_range"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    promotion: Mapped[Promotion] = mapped_column(String(12), default=Promotion.AUTOMATIC)
    offer_hours: Mapped[int] = mapped_column(default=24)
    clashes: Mapped[Clashes] = mapped_column(String(12), default=Clashes.WARN)
    proof_of_work: Mapped[ProofOfWork] = mapped_column(String(12), default=ProofOfWork.IN_A_FLOOD)
    # Whether only people of institutions with a quota may register.
    only_listed_entities: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Until when people may change their answers; None is until the event's first day begins.
    answers_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
