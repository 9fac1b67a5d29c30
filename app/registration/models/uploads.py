"""Files that people send with a form."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class Upload(Model):
    """A file that somebody sent as the answer to a field: what it is called, and under which name it is stored.

    One that belongs to no registration waits for its form to be accepted; after a day it is taken away, unless its
    form waits for a word from the e-mail.
    """

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("form_fields.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    held_id: Mapped[int | None] = mapped_column(ForeignKey("held_submissions.id"), index=True)
    stored_name: Mapped[str] = mapped_column(String(40), unique=True)
    file_name: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
