"""What came together when devices synchronised: for the office, which has to know where their stories differ."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, distinct, func, or_, select, tuple_

from app.accounts.models import User
from app.attendance.models import Checkpoint, Direction, DoorDevice, Scan, ScanResult, ScanSource
from app.attendance.queries.ledger import LET_IN
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration

_MOST = 300  # scans of a list


class Matter(StrEnum):
    """What the office may want to look at."""

    DUPLICATES = "duplicados"
    DIFFERING = "distintas"
    REFUSED = "rechazadas"
    FORCED = "forzadas"
    CLOCKS = "relojes"


class DeviceNumbers(NamedTuple):
    """What one device told, in numbers; `device_id` is None for the doors of those who sign in."""

    device_id: int | None
    scans: int
    admitted: int
    again: int
    refused: int
    forced: int
    differing: int
    corrected: int


class MergedScan(NamedTuple):
    """A scan with what is needed to argue about it."""

    id: int
    day_id: int
    registration_id: int | None
    name: str
    typed_code: str
    result: ScanResult
    told: ScanResult | None
    verdict: ScanResult | None
    source: ScanSource
    scanned_at: datetime
    device_at: datetime | None
    received_at: datetime
    reason: str
    direction: Direction
    checkpoint: str | None
    device: str | None
    by: str | None

    @property
    def correction(self) -> timedelta:
        """By how much the device's clock was put right for this scan."""
        return timedelta() if self.device_at is None else self.scanned_at - self.device_at


# An exception of a device that the rules would have let in by then stays one that somebody made.
_IS_FORCED = or_(Scan.result == ScanResult.FORCED, Scan.told == ScanResult.FORCED)
# A device let in who had come through there before, where that counts.
_LET_THROUGH_TWICE = and_(
    Scan.checkpoint_id.is_not(None), Scan.told == ScanResult.ADMITTED, Scan.result == ScanResult.ALREADY
)
_IS_CORRECTED = and_(Scan.device_at.is_not(None), Scan.device_at != Scan.scanned_at)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def numbers_by_device(event: Event) -> list[DeviceNumbers]:
    """Return what each device told, in one query; the doors of those who sign in come together as one."""
    statement = (
        select(
            Scan.device_id,
            func.count(),
            _number(Scan.result == ScanResult.ADMITTED),
            _number(Scan.result == ScanResult.ALREADY),
            _number(Scan.result.not_in(LET_IN)),
            _number(_IS_FORCED),
            _number(Scan.verdict.is_not(None)),
            _number(_IS_CORRECTED),
        )
        .where(Scan.event_id == event.id)
        .group_by(Scan.device_id)
        .order_by(Scan.device_id)
    )
    return [DeviceNumbers._make(row) for row in db.session.execute(statement)]


def merged(event: Event, matter: Matter) -> list[MergedScan]:
    """Return the scans that have to do with a matter; duplicates stand together, the earliest first."""
    statement = _scans(event)
    match matter:
        case Matter.DUPLICATES:
            twice = tuple_(Scan.day_id, Scan.registration_id).in_(_let_in_twice(event))
            at_a_door = and_(Scan.checkpoint_id.is_(None), twice, Scan.result.in_(LET_IN))
            statement = statement.where(or_(at_a_door, _LET_THROUGH_TWICE))
            statement = statement.order_by(Scan.day_id, Registration.sort_key, Scan.scanned_at, Scan.id)
        case Matter.DIFFERING:
            statement = statement.where(Scan.verdict.is_not(None))
        case Matter.REFUSED:
            statement = statement.where(Scan.result.not_in(LET_IN))
        case Matter.FORCED:
            statement = statement.where(_IS_FORCED)
        case Matter.CLOCKS:
            statement = statement.where(_IS_CORRECTED)
    rows = db.session.execute(statement.order_by(Scan.id.desc()).limit(_MOST))
    return [_merged(row) for row in rows]


def _let_in_twice(event: Event) -> Select[int, int | None]:
    """Return days and people whom two devices, or a device and a door, let in as if they came first."""
    said = or_(Scan.told == ScanResult.ADMITTED, Scan.result == ScanResult.ADMITTED)
    return (
        select(Scan.day_id, Scan.registration_id)
        .where(Scan.event_id == event.id, said, Scan.checkpoint_id.is_(None), Scan.result.in_(LET_IN))
        .group_by(Scan.day_id, Scan.registration_id)
        .having(func.count(distinct(func.coalesce(Scan.device_id, 0))) > 1)
    )


def _scans(event: Event) -> Any:
    return (
        select(
            Scan.id,
            Scan.day_id,
            Scan.registration_id,
            Registration.given_names,
            Registration.first_surname,
            Scan.typed_code,
            Scan.result,
            Scan.told,
            Scan.verdict,
            Scan.source,
            Scan.scanned_at,
            Scan.device_at,
            Scan.received_at,
            Scan.reason,
            Scan.direction,
            Checkpoint.name,
            DoorDevice.name,
            User.name,
        )
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .outerjoin(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .outerjoin(DoorDevice, DoorDevice.id == Scan.device_id)
        .outerjoin(User, User.id == Scan.scanned_by_id)
        .where(Scan.event_id == event.id)
    )


def _merged(row: Sequence[Any]) -> MergedScan:
    number, day_id, registration_id, given, surname, *rest = row
    name = " ".join(part for part in (given, surname) if part)
    return MergedScan(number, day_id, registration_id, name, *rest)
