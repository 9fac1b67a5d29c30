"""The door and the attendance office."""

from app.attendance.views import devices, door, live, meetings, office, screens, sheets
from app.attendance.views.blueprint import bp

__all__ = ["bp", "devices", "door", "live", "meetings", "office", "screens", "sheets"]
