"""Virtual rooms: who runs them, what stands by them, what the people in them ask and vote."""

from app.live.models.board import (
    Poll,
    PollOption,
    PollState,
    PollVote,
    Question,
    QuestionState,
    QuestionVote,
)
from app.live.models.rooms import LinkKind, RoomAccount, RoomEntry, RoomLink, RoomSettings

__all__ = [
    "LinkKind",
    "Poll",
    "PollOption",
    "PollState",
    "PollVote",
    "Question",
    "QuestionState",
    "QuestionVote",
    "RoomAccount",
    "RoomEntry",
    "RoomLink",
    "RoomSettings",
]
