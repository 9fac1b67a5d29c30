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
from app.live.models.files import RoomFile
from app.live.models.hands import Hand
from app.live.models.presence import (
    RoomCheck,
    RoomStay,
)
from app.live.models.rooms import LinkKind, RoomAccount, RoomEntry, RoomLink, RoomSettings
from app.live.models.stage import RoomRemoval
from app.live.models.talk import Announcement, Message, Reaction, ReactionKind, Silence

__all__ = [
    "Announcement",
    "Hand",
    "LinkKind",
    "Message",
    "Poll",
    "PollOption",
    "PollState",
    "PollVote",
    "Question",
    "QuestionState",
    "QuestionVote",
    "Reaction",
    "ReactionKind",
    "RoomAccount",
    "RoomCheck",
    "RoomEntry",
    "RoomFile",
    "RoomLink",
    "RoomRemoval",
    "RoomSettings",
    "RoomStay",
    "Silence",
]
