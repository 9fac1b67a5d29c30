"""What devices tell of scans that have happened: at most once each, all of a sending or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Table, func, insert, select

from app import audit
from app.attendance import queries, rules
from app.attendance.errors import MalformedBatch
from app.attendance.models import Direction, DoorCount, DoorDevice, Scan, ScanResult, ScanSource
from app.attendance.queries import PassHolder
from app.attendance.services.late import Gatehouse
from app.attendance.services.passing import move
from app.extensions import db
from app.forms import LARGEST_ID
from app.registration import passes
from app.text import tidy
from app.upserts import insert_into


@dataclass(frozen=True)
class Told:
    """A scan that has happened: what was read, when by the device's clock, and its answer.

    It was at a day's door, or at a checkpoint: then `day_id` is None, and `direction` tells the way. `reason` is why
    somebody was let in against the rules.
    """

    text: str
    nonce: str
    day_id: int | None
    device_at: datetime
    source: ScanSource
    result: ScanResult
    checkpoint_id: int | None = None
    direction: Direction = Direction.IN
    reason: str = ""


@dataclass(frozen=True)
class Batch:
    """What a device sends at once: its clock as it sends, what it measured of its error, and its scans."""

    sent_at: datetime
    measured: timedelta | None
    waiting: int
    scans: Sequence[Told]


@dataclass(frozen=True)
class Outcome:
    """What became of a scan: what it counts as, and when the person first came on that day or there."""

    nonce: str
    result: ScanResult
    registration_id: int | None
    first_at: datetime | None


Visit = tuple[int, int]  # a day, or a checkpoint, and a registration


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
    rows, came_in = _rows(device, fresh, offset, at=at)
    if rows:
        db.session.execute(insert(Scan), rows)
        _count_in(came_in)
        _follow(device, rows, at=at)
    device.last_sync_at, device.waiting = at, max(0, batch.waiting - len(batch.scans))
    device.clock_offset_ms = offset // timedelta(milliseconds=1)
    return _outcomes(batch.scans, {**known, **{row["nonce"]: _Recorded(**_kept(row)) for row in rows}})


@dataclass(frozen=True)
class _Recorded:
    result: ScanResult
    registration_id: int | None
    day_id: int
    checkpoint_id: int | None
    device_id: int | None = None


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _Recorded.__dataclass_fields__}


def _known(device: DoorDevice, scans: Sequence[Told]) -> dict[str, _Recorded]:
    """Return which of these scans are recorded, by nonce."""
    columns = (Scan.nonce, Scan.result, Scan.registration_id, Scan.day_id, Scan.checkpoint_id, Scan.device_id)
    statement = select(*columns).where(
        Scan.event_id == device.event_id, Scan.nonce.in_([told.nonce for told in scans])
    )
    found = {row[0]: _Recorded(ScanResult(row[1]), *row[2:]) for row in db.session.execute(statement)}
    for number, told in enumerate(scans, start=1):
        if told.nonce in found and found[told.nonce].device_id != device.id:
            raise MalformedBatch(_("Another device sent a scan of this number."), "nonce", number)
    return found


def _rows(
    device: DoorDevice, scans: Sequence[Told], offset: timedelta, *, at: datetime
) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the rows of new scans, the earliest first, and the days of those who came in for the first time."""
    if not scans or device.paired_at is None:
        return [], []
    times = {
        told.nonce: rules.corrected(told.device_at, offset=offset, paired_at=device.paired_at, received_at=at)
        for told in scans
    }
    named = {told.nonce: _named(told.text) for told in scans}
    holders = queries.holders_of({name for name, _version in named.values() if name})
    people = {holder.id for holder in holders.values()}
    came, gatehouse = _visits(people), _gatehouse(device, scans, people)
    rows, came_in = [], []
    for told in sorted(scans, key=lambda told: (times[told.nonce], told.nonce)):
        name, version = named[told.nonce]
        found = None if told.result in rules.BAD_PASS else holders.get(name)
        holder = found if found is not None and found.event_id == device.event_id else None
        moment = times[told.nonce]
        verdict, is_first = _verdict(told, found, holder, came, gatehouse, version=version, at=moment)
        result = verdict
        if told.result not in rules.BAD_PASS:
            result = rules.settled(told.result, verdict, came_before=not is_first)
        if told.day_id is not None and holder is not None and is_first and result in queries.LET_IN:
            came[told.day_id, holder.id] = moment
            came_in.append(told.day_id)
        rows.append(
            {
                "event_id": device.event_id,
                **_place(told, holder, result, gatehouse, at=moment),
                "reason": told.reason,
                "scanned_by_id": device.forced_by_id if told.result is ScanResult.FORCED else None,
                "registration_id": holder.id if holder else None,
                "typed_code": "" if holder else tidy(told.text)[:40],
                "result": result,
                "source": told.source,
                "nonce": told.nonce,
                "scanned_at": moment,
                "received_at": at,
                "device_id": device.id,
                "device_at": told.device_at,
                "told": told.result,
                "verdict": None if verdict is result else verdict,
            }
        )
    return rows, came_in


def _gatehouse(device: DoorDevice, scans: Sequence[Told], people: set[int]) -> Gatehouse:
    serves = any(told.checkpoint_id is not None for told in scans)
    checkpoints = queries.checkpoints_of_device(device, closed=True) if serves else []
    return Gatehouse.of(device.event.timezone, checkpoints, sorted(people))


def _place(
    told: Told, holder: PassHolder | None, result: ScanResult, gatehouse: Gatehouse, *, at: datetime
) -> dict[str, Any]:
    """Return what a scan's row says of where it was."""
    if told.checkpoint_id is None:
        nowhere = dict.fromkeys(("checkpoint_id", "session_id", "room_id", "once"))
        return nowhere | {"day_id": told.day_id, "direction": Direction.IN}
    day = queries.day_of_scan(gatehouse.checkpoints[told.checkpoint_id][0], at)
    if day is None:
        raise MalformedBatch(_("The event has no such day."), "checkpoint")
    placed = gatehouse.row(told.checkpoint_id, holder, result, told.direction, at=at)
    return placed | {"day_id": day.id}


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


def _verdict(
    told: Told,
    found: PassHolder | None,
    holder: PassHolder | None,
    came: dict[Visit, datetime],
    gatehouse: Gatehouse,
    *,
    version: int,
    at: datetime,
) -> tuple[ScanResult, bool]:
    """Return what the server answers to a scan now, and whether the person comes for the first time."""
    if told.result in rules.BAD_PASS:
        return told.result, False
    if holder is None:
        return (ScanResult.UNKNOWN if found is None else ScanResult.OTHER_EVENT), True
    if told.checkpoint_id is not None:
        verdict, came_before = gatehouse.verdict(told.checkpoint_id, holder, told.direction, at=at)
        result = verdict.result
    else:
        first_at = came.get((told.day_id or 0, holder.id))
        came_before, result = first_at is not None, rules.door_result(holder.status, first_at=first_at)
    if 0 < version < holder.pass_version:
        result = ScanResult.REPLACED
    return result, not came_before


def _follow(device: DoorDevice, rows: list[dict[str, Any]], *, at: datetime) -> None:
    """Note where those are who went through checkpoints, and who was let in against the rules."""
    passed = [row for row in rows if row["checkpoint_id"] and row["result"] in queries.WENT_THROUGH]
    forced = [row for row in rows if row["told"] is ScanResult.FORCED]
    if not passed and not forced:
        return
    asked = select(Scan.nonce, Scan.id).where(
        Scan.event_id == device.event_id, Scan.nonce.in_([row["nonce"] for row in [*passed, *forced]])
    )
    numbers = {nonce: number for nonce, number in db.session.execute(asked)}  # noqa: C416 - Rows are no pairs
    checkpoints = {one.id: one for one in queries.checkpoints_of_device(device, closed=True)}
    for row in passed:
        checkpoint = checkpoints[row["checkpoint_id"]]
        if row["registration_id"] is not None:
            number = numbers[row["nonce"]]
            move(checkpoint, row["registration_id"], number, row["direction"], row["scanned_at"])
    for row in forced:
        details = {"scan": numbers[row["nonce"]], "checkpoint": row["checkpoint_id"], "device_id": device.id}
        audit.record("attendance.forced", event=device.event, at=at, **details)


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
    came, passed = _visits(people), _first_passages(people, recorded)
    outcomes = []
    for told in scans:
        row = recorded[told.nonce]
        person = row.registration_id or 0
        first = (
            passed.get((row.checkpoint_id, person)) if row.checkpoint_id else came.get((row.day_id, person))
        )
        outcomes.append(Outcome(told.nonce, row.result, row.registration_id, first))
    return outcomes


def _first_passages(people: set[int], recorded: dict[str, _Recorded]) -> dict[Visit, datetime]:
    """Return when people first came in, by checkpoint."""
    checkpoints = {row.checkpoint_id for row in recorded.values() if row.checkpoint_id is not None}
    if not checkpoints:
        return {}
    statement = select(Scan.checkpoint_id, Scan.registration_id, func.min(Scan.scanned_at)).where(
        Scan.registration_id.in_(people),
        Scan.checkpoint_id.in_(checkpoints),
        Scan.direction == Direction.IN,
        Scan.result.in_(queries.LET_IN),
    )
    rows = db.session.execute(statement.group_by(Scan.checkpoint_id, Scan.registration_id))
    return {(place, person): at for place, person, at in rows if place is not None and person is not None}
