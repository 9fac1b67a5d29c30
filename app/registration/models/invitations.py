"""Invitations: who may use a form that is not open to everybody."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.extensions import Model
from app.registration.models.forms import RegistrationForm
from app.registration.models.registrations import Registration


class Invitation(Model):
    """An invitation to use a form, for one e-mail address. Names and institution only fill the form in beforehand.

    Its token is derived from the row, its version and the server's key (queries.invitation_token).
    """

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("form_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("registration_forms.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    given_names: Mapped[str] = mapped_column(String(120), default="")
    first_surname: Mapped[str] = mapped_column(String(120), default="")
    second_surname: Mapped[str] = mapped_column(String(120), default="")
    entity: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="es", server_default=text("'es'"))
    link_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="SET NULL"), index=True
    )

    form: Mapped[RegistrationForm] = relationship()
    registration: Mapped[Registration | None] = relationship()

    @property
    def full_name(self) -> str:
        """The person's name as far as it is known."""
        names = (self.given_names, self.first_surname, self.second_surname)
        return " ".join(part for part in names if part)

    @property
    def invitee(self) -> str:
        """The person's name as far as it is known, else the address."""
        return self.full_name or self.email
