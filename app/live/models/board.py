"""What people of a room ask and vote. The database lets nobody vote twice, whatever the application believes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.columns import UtcDateTime
from app.extensions import Model
from app.registration.models import Registration


class QuestionState(StrEnum):
    """What became of a question. Everybody in the room sees those shown and answered."""

    PENDING = "pending"
    SHOWN = "shown"
    ANSWERED = "answered"
    ARCHIVED = "archived"


class PollState(StrEnum):
    """Whether a poll can be answered. Drafts are the moderator's own."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Question(Model):
    """A question of somebody in the room. `asked_at` decides among those with as many votes."""

    __tablename__ = "room_questions"
    __table_args__ = (
        Index("ix_room_questions_session_id", "session_id"),
        Index("ix_room_questions_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    text: Mapped[str] = mapped_column(String(500))
    state: Mapped[QuestionState] = mapped_column(String(10))
    is_pinned: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    registration: Mapped[Registration] = relationship()


class QuestionVote(Model):
    """One person's voice for one question."""

    __tablename__ = "room_question_votes"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("room_questions.id", ondelete="CASCADE"), primary_key=True
    )
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)


class Poll(Model):
    """A question with answers to choose from."""

    __tablename__ = "room_polls"
    __table_args__ = (Index("ix_room_polls_session_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(300))
    is_multiple: Mapped[bool] = mapped_column(default=False)
    shows_results: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PollState] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    options: Mapped[list["PollOption"]] = relationship(order_by="PollOption.place", back_populates="poll")


class PollOption(Model):
    """One of a poll's answers."""

    __tablename__ = "room_poll_options"
    __table_args__ = (UniqueConstraint("poll_id", "place"), UniqueConstraint("poll_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("room_polls.id", ondelete="CASCADE"))
    place: Mapped[int]
    text: Mapped[str] = mapped_column(String(120))

    poll: Mapped[Poll] = relationship(back_populates="options")


class PollVote(Model):
    """One person's choice of one answer. `turn` is 0 where a poll allows one choice, else the number of the option."""

    __tablename__ = "room_poll_votes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["poll_id", "option_id"],
            ["room_poll_options.poll_id", "room_poll_options.id"],
            ondelete="CASCADE",
            name="fk_room_poll_votes_option",
        ),
        CheckConstraint("turn = 0 OR turn = option_id", name="turn"),
        Index("ix_room_poll_votes_option_id", "option_id"),
    )

    poll_id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int]
