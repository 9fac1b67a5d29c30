"""The door and the attendance office."""

from app.attendance.views import checkpoints, devices, door, live, meetings, office, screens, sheets
from app.attendance.views.blueprint import bp

__all__ = ["bp", "checkpoints", "devices", "door", "live", "meetings", "office", "screens", "sheets"]
