"""What says that somebody was there: scans at the door, presence on a screen, and the ledger that both enter.

Scans and the ledger are only ever added to (database triggers refuse anything else, and enter each scan that let
somebody in); a presence interval grows while its page stays open. What counts is computed from the ledger (see
rules) and kept in summaries.
"""

from app.attendance.models.check_ins import (
    CheckIn,
    CheckInPhone,
    RoomScreen,
    SessionCode,
    SharedPhoneGroup,
)
from app.attendance.models.checkpoints import (
    Checkpoint,
    CheckpointKind,
    Direction,
    HowOften,
    Ways,
    Whereabouts,
)
from app.attendance.models.devices import DoorDevice, RegistrationChange
from app.attendance.models.ledger import AttendanceEvent, LedgerKind, LedgerSource
from app.attendance.models.meetings import MeetingImport, MeetingPerson, MeetingState
from app.attendance.models.presence import PresenceInterval
from app.attendance.models.scans import DoorCount, Scan, ScanResult, ScanSource
from app.attendance.models.sheets import SignatureRow, SignatureSheet
from app.attendance.models.summaries import SEVERAL, AttendanceChange, AttendanceSummary, AttendanceTotal

__all__ = [
    "SEVERAL",
    "AttendanceChange",
    "AttendanceEvent",
    "AttendanceSummary",
    "AttendanceTotal",
    "CheckIn",
    "CheckInPhone",
    "Checkpoint",
    "CheckpointKind",
    "Direction",
    "DoorCount",
    "DoorDevice",
    "HowOften",
    "LedgerKind",
    "LedgerSource",
    "MeetingImport",
    "MeetingPerson",
    "MeetingState",
    "PresenceInterval",
    "RegistrationChange",
    "RoomScreen",
    "Scan",
    "ScanResult",
    "ScanSource",
    "SessionCode",
    "SharedPhoneGroup",
    "SignatureRow",
    "SignatureSheet",
    "Ways",
    "Whereabouts",
]
