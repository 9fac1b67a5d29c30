"""Who may pass a checkpoint: `decide`, a pure function.

A door without a network decides by the same rules, written in JavaScript; tests/attendance/rule_vectors.json binds
both. Leaving is always allowed. Else, in this order, who has no right to be at the event is refused; then day, hours,
form, place in the session and choice are looked at; last, how often the person came in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from app.attendance.models import CheckpointKind, Direction, HowOften, ScanResult, Ways
from app.attendance.rules.spans import Span
from app.registration.models import ENDED, RegistrationStatus

# At a checkpoint of both ways the same pass read again so soon is one reading, not a coming and a going.
SETTLES = timedelta(seconds=15)
# Whoever came in this long ago and never went out forgot to: nobody stays overnight.
LONGEST_STAY = timedelta(hours=14)


@dataclass(frozen=True)
class Gate:
    """A checkpoint as far as the decision needs it. `dates` are those on which it is there at all; none is any."""

    kind: CheckpointKind = CheckpointKind.DAY
    ways: Ways = Ways.IN
    how_often: HowOften = HowOften.ONCE
    admits_waiting: bool = False
    form_ids: frozenset[int] = frozenset()
    needs_place_in: int | None = None
    choice: tuple[int, str] | None = None
    dates: frozenset[date] = frozenset()
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True)
class Visitor:
    """Who comes: `places` are the sessions in which the person has a seat, `chosen` (field, option) of the answers."""

    status: RegistrationStatus
    form_id: int | None = None
    places: frozenset[int] = frozenset()
    chosen: frozenset[tuple[int, str]] = frozenset()


class Passage(NamedTuple):
    """That a person passed this checkpoint, or another of the same place."""

    at: datetime
    direction: Direction
    elsewhere: bool = False  # another room was entered, which left this one: no pass was read here


class Verdict(NamedTuple):
    """What the door answers. `first_at` is when the person came in first, where that stands against coming again."""

    result: ScanResult
    direction: Direction = Direction.IN
    first_at: datetime | None = None

    @property
    def passes(self) -> bool:
        """Whether the person goes through."""
        return self.result is ScanResult.ADMITTED


DOOR = Gate()  # of a day: whoever is confirmed, once


def decide(gate: Gate, visitor: Visitor, history: Iterable[Passage], *, at: datetime) -> Verdict:
    """Return whether somebody may pass a checkpoint; `at` is in the event's zone, `history` in any order."""
    passages = sorted(history)
    last = passages[-1] if passages else None
    is_inside = last is not None and last.direction is Direction.IN
    if gate.ways is Ways.BOTH and last is not None and not last.elsewhere and abs(at - last.at) < SETTLES:
        return Verdict(ScanResult.ALREADY, last.direction, last.at)
    if gate.ways is Ways.OUT or (gate.ways is Ways.BOTH and is_inside):
        return Verdict(ScanResult.ADMITTED, Direction.OUT)
    if refusal := _of_the_person(gate, visitor) or _of_the_hour(gate, at=at) or _of_the_gate(gate, visitor):
        return Verdict(refusal)
    first = first_coming(gate, passages, at=at)
    return Verdict(ScanResult.ADMITTED if first is None else ScanResult.ALREADY, Direction.IN, first)


def _of_the_person(gate: Gate, visitor: Visitor) -> ScanResult | None:
    if visitor.status in ENDED:
        return ScanResult.CANCELLED
    if visitor.status == RegistrationStatus.CONFIRMED:
        return None
    is_waiting = visitor.status in {RegistrationStatus.WAITLISTED, RegistrationStatus.OFFERED}
    return None if gate.admits_waiting and is_waiting else ScanResult.WAITLISTED


def _of_the_hour(gate: Gate, *, at: datetime) -> ScanResult | None:
    if gate.dates and at.date() not in gate.dates:
        return ScanResult.OTHER_DAY
    now = at.time().replace(tzinfo=None)
    is_early = gate.opens_at is not None and now < gate.opens_at
    is_late = gate.closes_at is not None and now >= gate.closes_at
    return ScanResult.CLOSED if is_early or is_late else None


def _of_the_gate(gate: Gate, visitor: Visitor) -> ScanResult | None:
    if gate.form_ids and visitor.form_id not in gate.form_ids:
        return ScanResult.OTHER_FORM
    if gate.needs_place_in is not None and gate.needs_place_in not in visitor.places:
        return ScanResult.NO_PLACE
    if gate.choice is not None and gate.choice not in visitor.chosen:
        return ScanResult.NOT_CHOSEN
    return None


def _stands_against(passage: Passage, gate: Gate, *, at: datetime) -> bool:
    """Return whether an earlier passage keeps a person from coming in (again)."""
    if passage.direction is not Direction.IN or gate.how_often is HowOften.ANY:
        return False
    return gate.how_often is HowOften.ONCE or passage.at.astimezone(at.tzinfo).date() == at.date()


def first_coming(gate: Gate, history: Iterable[Passage], *, at: datetime) -> datetime | None:
    """Return when the person came in first, where that stands against coming in (again)."""
    return min((one.at for one in history if _stands_against(one, gate, at=at)), default=None)


def once(gate: Gate, result: ScanResult, direction: Direction, *, at: datetime) -> str | None:
    """Return what the database takes once for a person and checkpoint, or None where it may come again."""
    if result is not ScanResult.ADMITTED or direction is Direction.OUT or gate.how_often is HowOften.ANY:
        return None
    return "once" if gate.how_often is HowOften.ONCE else at.date().isoformat()


def left_at_latest(since: datetime, sessions: Iterable[Span]) -> datetime:
    """Return when somebody who came in and never scanned out has left, as far as may be credited.

    `sessions` are those of the place and day. It is the end of the one that was on or came next; where none came, the
    person stayed for nothing that counts.
    """
    coming = [session for session in sessions if session.ends_at > since]
    return min(coming).ends_at if coming else since
