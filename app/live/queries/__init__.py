"""Reads of virtual rooms."""

from app.live.queries.board import (
    Board,
    BoardPoll,
    BoardQuestion,
    answered_polls,
    board,
    poll_of,
    question_of,
    settings_of,
    voted_for,
)
from app.live.queries.rooms import Now, RoomState, now, opens_at, state

__all__ = [
    "Board",
    "BoardPoll",
    "BoardQuestion",
    "Now",
    "RoomState",
    "answered_polls",
    "board",
    "now",
    "opens_at",
    "poll_of",
    "question_of",
    "settings_of",
    "state",
    "voted_for",
]
