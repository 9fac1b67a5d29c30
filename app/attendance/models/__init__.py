"""What says that somebody was there: scans at the door, marks by hand, and presence on a screen.

Scans and marks are only ever added (database triggers refuse anything else); a presence interval grows while
its page stays open. What counts is computed from all three: see rules.
"""

from app.attendance.models.checkpoints import (
    Checkpoint,
    CheckpointKind,
    Direction,
    HowOften,
    Ways,
    Whereabouts,
)
from app.attendance.models.devices import DoorDevice, RegistrationChange
from app.attendance.models.marks import AttendanceMark
from app.attendance.models.presence import PresenceInterval
from app.attendance.models.scans import DoorCount, Scan, ScanResult, ScanSource

__all__ = [
    "AttendanceMark",
    "Checkpoint",
    "CheckpointKind",
    "Direction",
    "DoorCount",
    "DoorDevice",
    "HowOften",
    "PresenceInterval",
    "RegistrationChange",
    "Scan",
    "ScanResult",
    "ScanSource",
    "Ways",
    "Whereabouts",
]
