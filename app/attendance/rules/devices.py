"""What a device at the door may do, and what is made of the scans that it tells of later."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.attendance.models.scans import ScanResult

# How long the address works that pairs a device: long enough to fetch a phone, too short to be passed on.
PAIRING = timedelta(minutes=15)
# An access that has ended opens no list, but what the device still has to tell is taken for so long.
LATE = timedelta(days=7)
# A clock that is less than this off is right: the line itself takes about as long.
TOLERANCE = timedelta(seconds=2)
# By so much the device's own measurement, which knows the way back, may differ from the time of arrival.
TRAVEL = timedelta(seconds=30)
MOST_SCANS = 1000  # of one sending
# The figures by which somebody with the right makes an exception on a device, and how slow each guess is made.
PIN_LENGTH = 6
PIN_ROUNDS = 200_000
LARGEST = 1024 * 1024  # bytes of one sending
PEOPLE_AT_ONCE = 5000  # of the list, in one answer
# What a device says of a pass itself, whoever it names: the server's list cannot know better.
BAD_PASS = frozenset({ScanResult.DAMAGED, ScanResult.UNKNOWN_KEY, ScanResult.FORGED, ScanResult.OTHER_EVENT})
LET_IN = frozenset({ScanResult.ADMITTED, ScanResult.ALREADY})
_NOBODY = frozenset({ScanResult.UNKNOWN, ScanResult.OTHER_EVENT})


class DeviceState(StrEnum):
    """Where a device stands."""

    UNPAIRED = "unpaired"
    LAPSED = "lapsed"
    WORKING = "working"
    ENDED = "ended"
    REVOKED = "revoked"


def device_state(
    *,
    pairing_expires_at: datetime,
    paired_at: datetime | None,
    expires_at: datetime,
    revoked_at: datetime | None,
    at: datetime,
) -> DeviceState:
    """Return where a device stands at an instant; a lapsed one was never paired and never can be."""
    if revoked_at is not None:
        return DeviceState.REVOKED
    if paired_at is None:
        return DeviceState.UNPAIRED if at < pairing_expires_at else DeviceState.LAPSED
    return DeviceState.WORKING if at < expires_at else DeviceState.ENDED


def may_tell(state: DeviceState, *, expires_at: datetime, at: datetime) -> bool:
    """Return whether a device's scans are still taken: while it works, and for a week after its access ended."""
    return state is DeviceState.WORKING or (state is DeviceState.ENDED and at < expires_at + LATE)


def clock_offset(*, sent_at: datetime, received_at: datetime, measured: timedelta | None) -> timedelta:
    """Return what is added to a device's clock to make it right.

    `measured` is what the device found by asking for the server's time and halving the way there and back. It is
    believed as far as it agrees with the time of arrival; otherwise that alone decides.
    """
    arrived = received_at - sent_at
    offset = arrived if measured is None or abs(measured - arrived) > TRAVEL else measured
    return timedelta() if abs(offset) < TOLERANCE else offset


def corrected(
    device_at: datetime, *, offset: timedelta, paired_at: datetime, received_at: datetime
) -> datetime:
    """Return when a scan of a device was: by the right clock, after the pairing, and not yet to come."""
    try:
        moment = device_at + offset
    except OverflowError:
        moment = received_at
    return max(paired_at, min(moment, received_at))


def settled(told: ScanResult, verdict: ScanResult, *, came_before: bool) -> ScanResult:
    """Return what a scan that has happened counts as; `verdict` is what the server answers to it now.

    Whom the device let in was there, even where the server would refuse now; whom it refused was not let in. A pass
    of nobody lets nobody in, whatever the device said. An exception that the rules never needed is none.
    """
    if told is ScanResult.FORCED:
        return told if verdict not in LET_IN and verdict not in _NOBODY else verdict
    if verdict in _NOBODY or told not in LET_IN:
        return verdict if told in LET_IN or verdict not in LET_IN else told
    return ScanResult.ALREADY if came_before else ScanResult.ADMITTED
