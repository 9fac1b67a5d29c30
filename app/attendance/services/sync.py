"""What devices tell of scans that have happened: at most once each, all of a sending or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.attendance import queries, rules
from app.attendance.errors import MalformedBatch
from app.attendance.models import DoorCount, DoorDevice, Scan, ScanResult, ScanSource
from app.attendance.queries import PassHolder
from app.extensions import db
from app.forms import LARGEST_ID
from app.registration import passes
from app.text import tidy


@dataclass(frozen=True)
class Told:
    """A scan that has happened: what was read, on which day's door, when by the device's clock, and its answer."""

    text: str
    nonce: str
    day_id: int
    device_at: datetime
    source: ScanSource
    result: ScanResult


@dataclass(frozen=True)
class Batch:
    """What a device sends at once: its clock as it sends, what it measured of its error, and its scans."""

    sent_at: datetime
    measured: timedelta | None
    waiting: int
    scans: Sequence[Told]


@dataclass(frozen=True)
class Outcome:
    """What became of a scan: what it counts as, and when the person first came on that day."""

    nonce: str
    result: ScanResult
    registration_id: int | None
    first_at: datetime | None


Visit = tuple[int, int]  # a day and a registration


def receive(device_id: int, batch: Batch, *, at: datetime) -> list[Outcome]:
    """Record what a device tells, except for what it told before, and return what became of each scan.

    Scans are taken in the order of their corrected times, so that the earliest admits. Raises MalformedBatch, and has
    then recorded nothing.
    """
    # Two sendings of one device, such as one that is repeated too early, come one after the other.
    device = db.session.scalars(select(DoorDevice).where(DoorDevice.id == device_id).with_for_update()).one()
    offset = rules.clock_offset(sent_at=batch.sent_at, received_at=at, measured=batch.measured)
    known = _known(device, batch.scans)
    fresh = [told for told in batch.scans if told.nonce not in known]
    rows = _rows(device, fresh, offset, at=at)
    if rows:
        db.session.execute(insert(Scan), rows)
        _count_in(row["day_id"] for row in rows if row["result"] is ScanResult.ADMITTED)
    device.last_sync_at, device.waiting = at, max(0, batch.waiting - len(batch.scans))
    device.clock_offset_ms = offset // timedelta(milliseconds=1)
    return _outcomes(batch.scans, {**known, **{row["nonce"]: _Recorded(**_kept(row)) for row in rows}})


@dataclass(frozen=True)
class _Recorded:
    result: ScanResult
    registration_id: int | None
    day_id: int
    device_id: int | None = None


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _Recorded.__dataclass_fields__}


def _known(device: DoorDevice, scans: Sequence[Told]) -> dict[str, _Recorded]:
    """Return which of these scans are recorded, by nonce."""
    statement = select(Scan.nonce, Scan.result, Scan.registration_id, Scan.day_id, Scan.device_id).where(
        Scan.event_id == device.event_id, Scan.nonce.in_([told.nonce for told in scans])
    )
    found = {row[0]: _Recorded(ScanResult(row[1]), *row[2:]) for row in db.session.execute(statement)}
    for number, told in enumerate(scans, start=1):
        if told.nonce in found and found[told.nonce].device_id != device.id:
            raise MalformedBatch(_("Another device sent a scan of this number."), "nonce", number)
    return found


def _rows(
    device: DoorDevice, scans: Sequence[Told], offset: timedelta, *, at: datetime
) -> list[dict[str, Any]]:
    """Return the rows of new scans, the earliest first."""
    if not scans or device.paired_at is None:
        return []
    times = {
        told.nonce: rules.corrected(told.device_at, offset=offset, paired_at=device.paired_at, received_at=at)
        for told in scans
    }
    named = {told.nonce: _named(told.text) for told in scans}
    holders = queries.holders_of({name for name, _version in named.values() if name})
    came = _visits({holder.id for holder in holders.values()})
    rows = []
    for told in sorted(scans, key=lambda told: (times[told.nonce], told.nonce)):
        name, version = named[told.nonce]
        found = None if told.result in rules.BAD_PASS else holders.get(name)
        holder = found if found is not None and found.event_id == device.event_id else None
        verdict, result = _decide(told, found, holder, came, version=version)
        rows.append(
            {
                "event_id": device.event_id,
                "day_id": told.day_id,
                "registration_id": holder.id if holder else None,
                "typed_code": "" if holder else tidy(told.text)[:40],
                "result": result,
                "source": told.source,
                "nonce": told.nonce,
                "scanned_at": times[told.nonce],
                "received_at": at,
                "device_id": device.id,
                "device_at": told.device_at,
                "told": told.result,
                "verdict": None if verdict is result else verdict,
            }
        )
    return rows


def _named(text: str) -> tuple[str | int, int]:
    """Return what a pass names its holder by, a code or the id, and its version if it says one.

    Devices have looked at the signature, which is why it is not looked at here: five thousand would take a second.
    """
    if passes.is_token(text):
        try:
            says = passes.read(text).says
        except passes.Unreadable:
            return "", 0
        return (says.registration_id if says.registration_id <= LARGEST_ID else ""), says.version
    code = rules.code_in(text)
    return (code if rules.is_pass(code) else ""), 0


def _decide(
    told: Told,
    found: PassHolder | None,
    holder: PassHolder | None,
    came: dict[Visit, datetime],
    *,
    version: int,
) -> tuple[ScanResult, ScanResult]:
    """Return what the server answers to a scan now, and what the scan counts as; remember who came."""
    if told.result in rules.BAD_PASS:
        return told.result, told.result
    if holder is None:
        verdict = ScanResult.UNKNOWN if found is None else ScanResult.OTHER_EVENT
        return verdict, rules.settled(told.result, verdict, came_before=False)
    visit = (told.day_id, holder.id)
    verdict = rules.door_result(holder.status, first_at=came.get(visit))
    if 0 < version < holder.pass_version:
        verdict = ScanResult.REPLACED
    result = rules.settled(told.result, verdict, came_before=visit in came)
    if result is ScanResult.ADMITTED:
        came[visit] = told.device_at
    return verdict, result


def _visits(registration_ids: Iterable[int]) -> dict[Visit, datetime]:
    """Return when people first came, by day."""
    statement = (
        select(Scan.day_id, Scan.registration_id, func.min(Scan.scanned_at))
        .where(
            Scan.registration_id.in_(registration_ids),
            Scan.result.in_(queries.LET_IN),
            Scan.checkpoint_id.is_(None),
        )
        .group_by(Scan.day_id, Scan.registration_id)
    )
    return {
        (day_id, person): first
        for day_id, person, first in db.session.execute(statement)
        if person is not None
    }


def _count_in(day_ids: Iterable[int]) -> None:
    """Count people in, days in the order of their numbers, so that two sendings never wait for each other."""
    numbers: dict[int, int] = {}
    for day_id in sorted(day_ids):
        numbers[day_id] = numbers.get(day_id, 0) + 1
    insert_into = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    counts = cast(Table, DoorCount.__table__)
    for day_id, number in numbers.items():
        statement = insert_into(counts).values(day_id=day_id, inside=number)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["day_id"], set_={"inside": counts.c.inside + number}
            )
        )


def _outcomes(scans: Sequence[Told], recorded: dict[str, _Recorded]) -> list[Outcome]:
    people = {row.registration_id for row in recorded.values() if row.registration_id is not None}
    came = _visits(people)
    outcomes = []
    for told in scans:
        row = recorded[told.nonce]
        first = came.get((row.day_id, row.registration_id)) if row.registration_id is not None else None
        outcomes.append(Outcome(told.nonce, row.result, row.registration_id, first))
    return outcomes
