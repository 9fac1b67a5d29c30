"""Groups: people whom somebody else registers, with the agreement that each of them gave."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.columns import UtcDateTime
from app.events.models import Event
from app.extensions import Model

if TYPE_CHECKING:
    from app.registration.models.forms import RegistrationForm


class ConsentKind(StrEnum):
    """How a person agreed that their data are used: on the form themselves, on paper, or aloud before a witness."""

    FORM = "form"
    WRITTEN = "written"
    ORAL = "oral"


class RegistrationGroup(Model):
    """People of one event whom a coordinator registers: a community, an office, a class.

    The coordinator's link is derived from the row and `link_version` (see queries.group_token): 0 means that there is
    none, and a new version makes the links before it useless; `last_link_version` keeps a closed one from coming
    back. What is known of the consent is that of the people who were registered last; each registration keeps its own.
    """

    __tablename__ = "registration_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    coordinator_name: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    coordinator_email: Mapped[str] = mapped_column(String(254), default="", server_default=text("''"))
    coordinator_phone: Mapped[str] = mapped_column(String(30), default="", server_default=text("''"))
    coordinator_language: Mapped[str] = mapped_column(String(8), default="es", server_default=text("'es'"))
    consent_kind: Mapped[ConsentKind] = mapped_column(String(10), default=ConsentKind.ORAL)
    consent_witness: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    consent_place: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    consent_on: Mapped[date | None]
    link_version: Mapped[int] = mapped_column(default=0)
    last_link_version: Mapped[int] = mapped_column(default=0)
    # The form that its people fill in; none is the event's first.
    form_id: Mapped[int | None] = mapped_column(ForeignKey("registration_forms.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
    form: Mapped["RegistrationForm | None"] = relationship()
    created_by: Mapped[User | None] = relationship()

    @property
    def has_link(self) -> bool:
        """Whether a coordinator's link is open."""
        return self.link_version > 0
