"""What counts as attendance, and what the door answers: pure functions."""

from app.attendance.rules.credit import (
    Entry,
    Evidence,
    Mark,
    Presence,
    Slot,
    attended_minutes,
    credited,
    minutes_by_day,
    minutes_by_session,
    newest_mark,
    programme_minutes,
    slots_of,
    whole_sessions,
)
from app.attendance.rules.presence import (
    BEAT,
    LONGEST_SILENCE,
    LONGEST_SILENCE_BY_HAND,
    OPENS_BEFORE,
    beat_ends,
    is_room_open,
)
from app.attendance.rules.scans import CODE_LENGTH, code_in, door_result, is_pass, own_time
from app.attendance.rules.spans import Span, clip, minutes, union

__all__ = [
    "BEAT",
    "CODE_LENGTH",
    "LONGEST_SILENCE",
    "LONGEST_SILENCE_BY_HAND",
    "OPENS_BEFORE",
    "Entry",
    "Evidence",
    "Mark",
    "Presence",
    "Slot",
    "Span",
    "attended_minutes",
    "beat_ends",
    "clip",
    "code_in",
    "credited",
    "door_result",
    "is_pass",
    "is_room_open",
    "minutes",
    "minutes_by_day",
    "minutes_by_session",
    "newest_mark",
    "own_time",
    "programme_minutes",
    "slots_of",
    "union",
    "whole_sessions",
]
