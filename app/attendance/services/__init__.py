"""Writes of attendance: scans at the door, marks by hand, presence on a screen."""

from app.attendance.services.marks import mark
from app.attendance.services.passing import close_stays, pass_through
from app.attendance.services.presence import BY_HAND, beat
from app.attendance.services.scans import Answer, Reading, scan

__all__ = ["BY_HAND", "Answer", "Reading", "beat", "close_stays", "mark", "pass_through", "scan"]
