"""Who was sent off the stage of a room of this server."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import UtcDateTime
from app.extensions import Model


class RoomRemoval(Model):
    """Somebody who speaks in a session was sent out of its room, and gets no way in until they are let back."""

    __tablename__ = "room_removals"
    __table_args__ = (Index("ix_room_removals_speaker_id", "speaker_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speakers.id", ondelete="CASCADE"), primary_key=True)
    removed_at: Mapped[datetime] = mapped_column(UtcDateTime)
