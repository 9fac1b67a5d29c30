"""Writes of virtual rooms."""

from app.live.services.board import (
    answer,
    ask,
    draft_poll,
    move_poll,
    move_question,
    pin,
    settle,
    show_results,
    vote,
)
from app.live.services.rooms import (
    add_link,
    check_account,
    end_meeting,
    enter,
    keep_place,
    note_recordings,
    remove_account,
    remove_link,
    save_account,
    settle_room,
    way_in,
)

__all__ = [
    "add_link",
    "answer",
    "ask",
    "check_account",
    "draft_poll",
    "end_meeting",
    "enter",
    "keep_place",
    "move_poll",
    "move_question",
    "note_recordings",
    "pin",
    "remove_account",
    "remove_link",
    "save_account",
    "settle",
    "settle_room",
    "show_results",
    "vote",
    "way_in",
]
