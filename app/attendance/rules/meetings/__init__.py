"""Attendance files of Zoom and Teams: what they say, whatever the language and the order of their columns."""

from app.attendance.rules.meetings.files import MeetingFile, read
from app.attendance.rules.meetings.tables import Attender, FaultyFile, Problem, Stay
from app.attendance.rules.meetings.times import DAY_FIRST, MONTH_FIRST, ORDERS

__all__ = [
    "DAY_FIRST",
    "MONTH_FIRST",
    "ORDERS",
    "Attender",
    "FaultyFile",
    "MeetingFile",
    "Problem",
    "Stay",
    "read",
]
