"""The word on one person's award: what the rule says, unless somebody with a reason said otherwise."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.certificates.rules.conditions import Condition, Days, Grade, Minutes, Percent, Sessions, leaves
from app.certificates.rules.judging import Facts, Lack, LackKind, Programme, grade_of, judge, percent
from app.events.models import HourUnit

_MINUTES = {HourUnit.CHRONOLOGICAL: 60, HourUnit.ACADEMIC: 45}


class ByHand(StrEnum):
    """What somebody decided about one person; WITHDRAWN lets the rule speak again."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Requirements:
    """What decides about an award, as values.

    `hours` are stated to everybody; where it `credits_attended` ones, they are the most that anybody is credited.
    """

    condition: Condition
    hours: Decimal | None
    hour_unit: HourUnit
    credits_attended: bool = False


def needs_sessions(requirements: Requirements, programme: Programme) -> bool:
    """Return whether minutes by session are needed to decide, or the whole programme's are enough."""
    return not programme.is_whole or any(
        isinstance(leaf, Sessions | Days) or (isinstance(leaf, Minutes | Percent) and leaf.sessions)
        for leaf in leaves(requirements.condition)
    )


@dataclass(frozen=True)
class Decision:
    """Whether an award is earned, and the figures that say why. All times in minutes."""

    lacks: tuple[Lack, ...]
    programme_minutes: int
    attended_minutes: int
    hours: Decimal | None = None
    grade: Decimal | None = None
    by_hand: ByHand | None = None

    @property
    def qualifies(self) -> bool:
        """Whether the certificate is earned."""
        if self.by_hand in {ByHand.GRANTED, ByHand.REFUSED}:
            return self.by_hand == ByHand.GRANTED
        return not self.lacks

    @property
    def percent(self) -> int:
        """How much of the award's part of the programme was attended, in whole per cent."""
        return percent(self.attended_minutes, self.programme_minutes)

    def as_dict(self) -> dict[str, Any]:
        """Return what is kept with a certificate as the reason why it was issued."""
        return {
            "programme_minutes": self.programme_minutes,
            "attended_minutes": self.attended_minutes,
            "percent": self.percent,
            "hours": None if self.hours is None else str(self.hours),
            "grade": None if self.grade is None else str(self.grade),
            "by_hand": None if self.by_hand is None else str(self.by_hand),
            "qualifies": self.qualifies,
        }


def credited_hours(minutes: int, unit: HourUnit, *, at_most: Decimal | None = None) -> Decimal:
    """Return attended minutes in hours of 60 or 45 minutes, rounded down to half hours."""
    hours = Decimal(minutes * 2 // _MINUTES[unit]) / 2
    return hours if at_most is None else min(hours, at_most)


def decide(
    terms: Requirements, facts: Facts, programme: Programme, by_hand: ByHand | None = None
) -> Decision:
    """Decide on an award. Hours that follow the attendance are at least half an hour, or nothing is earned."""
    lacks = judge(terms.condition, facts, programme)
    attended = programme.attended(facts)
    hours = terms.hours
    if terms.credits_attended:
        hours = credited_hours(attended, terms.hour_unit, at_most=terms.hours)
        if not hours and by_hand == ByHand.GRANTED:
            hours = terms.hours
        if not hours and not lacks:
            half = -(-_MINUTES[terms.hour_unit] // 2)
            lacks = (Lack(LackKind.MINUTES, missing=half - attended),)
    return Decision(
        lacks, programme.minutes, attended, hours or None, _grade(terms, facts, programme), by_hand
    )


def _grade(terms: Requirements, facts: Facts, programme: Programme) -> Decimal | None:
    """Return the grade that the award is about: the first that its conditions ask for."""
    for leaf in leaves(terms.condition):
        if isinstance(leaf, Grade):
            return grade_of(facts, programme, leaf.subject_id)
    return None
