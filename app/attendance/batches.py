"""What a device at the door sends as JSON, read into values; whatever cannot be read is named, row and field."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _

from app.attendance import rules
from app.attendance.errors import MalformedBatch
from app.attendance.models import Direction, ScanResult, ScanSource
from app.attendance.queries import Cursor
from app.attendance.services import Batch, Told
from app.forms import LARGEST_ID
from app.text import tidy

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_CURSOR = re.compile(r"(-?\d{1,10})-(\d{1,19})-(\d{1,19})")
_LONGEST = 300  # characters of what a QR symbol may hold
# The nightly close is the server's.
_SOURCES = frozenset({ScanSource.CAMERA, ScanSource.TYPED, ScanSource.SEARCH})
_LONGEST_REASON = 200
_LARGEST_NUMBER = 2**63 - 1
_A_CENTURY = (
    100 * 366 * 24 * 3600 * 1000
)  # ms by which a clock may be off: one without a battery begins in 1970


class Served(NamedTuple):
    """What a device serves: days' doors and checkpoints, and whether it may let people in against the rules."""

    day_ids: frozenset[int]
    checkpoint_ids: frozenset[int] = frozenset()
    may_force: bool = False


def batch_from(values: Mapping[str, Any], served: Served) -> Batch:
    """Return what a device that serves this sent. Raises MalformedBatch."""
    scans = values.get("scans", [])
    if not isinstance(scans, list):
        raise MalformedBatch(_("The scans have to be a list."), "scans")
    if len(scans) > rules.MOST_SCANS:
        message = _(
            "At most %(most)s scans may be sent at once; these are %(number)s.",
            most=rules.MOST_SCANS,
            number=len(scans),
        )
        raise MalformedBatch(message, "scans")
    measured = _number(values, "offset_ms", most=_A_CENTURY, may_lack=True)
    read = [_scan(row, number, served) for number, row in enumerate(scans, start=1)]
    _refuse_repeats(read)
    return Batch(
        sent_at=_instant(values, "sent_at"),
        measured=None if measured is None else timedelta(milliseconds=measured),
        waiting=max(0, _number(values, "waiting", most=LARGEST_ID, may_lack=True) or 0),
        scans=read,
    )


def cursor_from(values: Mapping[str, Any]) -> Cursor | None:
    """Return how far a device has read; None where it begins. Raises MalformedBatch."""
    given = values.get("cursor")
    if given in {None, ""}:
        return None
    found = _CURSOR.fullmatch(given) if isinstance(given, str) else None
    numbers = [int(number) for number in found.groups()] if found else [_LARGEST_NUMBER + 1]
    if max(numbers) > _LARGEST_NUMBER:
        raise MalformedBatch(_("This is no place in the list that we gave."), "cursor")
    return Cursor(*numbers)


def _scan(row: Any, number: int, served: Served) -> Told:
    if not isinstance(row, dict):
        raise MalformedBatch(_("Scan %(row)s has to be a JSON object.", row=number), "scans", number)
    text, nonce = _text(row, "code", number), _text(row, "nonce", number)
    if not text.strip() or len(text) > _LONGEST:
        raise MalformedBatch(_("Scan %(row)s has no code that a pass may hold.", row=number), "code", number)
    if not _NONCE.fullmatch(nonce):
        raise MalformedBatch(_("Scan %(row)s has no number of its own (nonce).", row=number), "nonce", number)
    day, checkpoint = _place(row, number, served)
    source, result = _text(row, "source", number), _text(row, "result", number)
    if source not in _SOURCES:
        raise MalformedBatch(_("Scan %(row)s was read in no way that we know.", row=number), "source", number)
    if result not in set(ScanResult) or (result == ScanResult.FORCED and not served.may_force):
        raise MalformedBatch(_("Scan %(row)s has no answer that we know.", row=number), "result", number)
    direction = row.get("direction", Direction.IN)
    if not isinstance(direction, str) or direction not in set(Direction):
        raise MalformedBatch(_("Scan %(row)s leads neither in nor out.", row=number), "direction", number)
    return Told(
        text,
        nonce,
        day,
        _instant(row, "at", number),
        ScanSource(source),
        ScanResult(result),
        checkpoint,
        Direction(direction),
        _reason(row, number) if result == ScanResult.FORCED else "",
    )


def _place(row: Mapping[str, Any], number: int, served: Served) -> tuple[int | None, int | None]:
    """Return the day or the checkpoint of a scan."""
    checkpoint = row.get("checkpoint")
    if checkpoint is not None:
        if type(checkpoint) is not int or checkpoint not in served.checkpoint_ids:
            message = _("Scan %(row)s is of a checkpoint that this device does not serve.", row=number)
            raise MalformedBatch(message, "checkpoint", number)
        return None, checkpoint
    day = row.get("day")
    if type(day) is not int or day not in served.day_ids:
        raise MalformedBatch(
            _("Scan %(row)s is of a day that this device does not serve.", row=number), "day", number
        )
    return day, None


def _reason(row: Mapping[str, Any], number: int) -> str:
    reason = tidy(_text(row, "reason", number))[:_LONGEST_REASON]
    if not reason:
        raise MalformedBatch(
            _("Scan %(row)s let somebody in without a reason.", row=number), "reason", number
        )
    return reason


def _refuse_repeats(scans: list[Told]) -> None:
    seen: dict[str, int] = {}
    for number, told in enumerate(scans, start=1):
        if first := seen.setdefault(told.nonce, number) != number and seen[told.nonce]:
            message = _("Scan %(row)s repeats the number of scan %(first)s.", row=number, first=first)
            raise MalformedBatch(message, "nonce", number)


def _text(values: Mapping[str, Any], name: str, row: int) -> str:
    value = values.get(name)
    if not isinstance(value, str) or "\0" in value:
        raise MalformedBatch(_("Scan %(row)s: %(field)s has to be text.", row=row, field=name), name, row)
    return value


def _number(values: Mapping[str, Any], name: str, *, most: int, may_lack: bool = False) -> int | None:
    value = values.get(name)
    if value is None and may_lack:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= most:
        raise MalformedBatch(_("%(field)s has to be a number.", field=name), name)
    return int(value)


def _instant(values: Mapping[str, Any], name: str, row: int | None = None) -> datetime:
    value = values.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    where = _("Scan %(row)s: ", row=row) if row else ""
    raise MalformedBatch(
        where + _("%(field)s has to be a time such as 2026-05-28T09:02:00-05:00.", field=name), name, row
    )
