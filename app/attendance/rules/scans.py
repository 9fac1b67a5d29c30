"""What a door makes of a pass."""

from datetime import datetime

from app import codes
from app.attendance.models import ScanResult
from app.registration.models import RegistrationStatus

CODE_LENGTH = 8  # of a pass, as registration.services makes them


def code_in(text: str) -> str:
    """Return the code in what was read or typed: all of it, or the last part of an address; not checked."""
    return codes.normalise(text.strip().rstrip("/").rpartition("/")[2])


def is_pass(code: str) -> bool:
    """Return whether a normalised code can be that of a pass."""
    return codes.is_valid(code, length=CODE_LENGTH)


def door_result(status: RegistrationStatus, *, first_at: datetime | None) -> ScanResult:
    """Return what the door answers to a pass of its event; `first_at` is the first admission of that day."""
    match status:
        case RegistrationStatus.CONFIRMED:
            return ScanResult.ADMITTED if first_at is None else ScanResult.ALREADY
        case RegistrationStatus.CANCELLED | RegistrationStatus.REJECTED:
            return ScanResult.CANCELLED
        case _:
            return ScanResult.WAITLISTED


def own_time(scanned_at: datetime, *, received_at: datetime) -> datetime:
    """Return the time at which a scan stands: the door's own, but never one that has not come yet."""
    return min(scanned_at, received_at)
