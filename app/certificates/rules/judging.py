"""Whether somebody meets the conditions of an award, and if not, what exactly is lacking.

Attendance comes as minutes by session. Sessions that overlap in time are counted together and never for more than the
time that they cover, so that nobody attends more than the programme; for the whole programme the ledger's own figure
is taken, which knows every minute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import ceil

from app.attendance import rules as ledger
from app.attendance.rules import Slot
from app.certificates.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Days,
    Grade,
    Minutes,
    Percent,
    Sessions,
    Survey,
)


class LackKind(StrEnum):
    """What is lacking."""

    MINUTES = "minutes"
    SESSIONS = "sessions"
    DAYS = "days"
    GRADE = "grade"
    SURVEY = "survey"
    ONE_OF = "one_of"
    PROGRAMME = "programme"


@dataclass(frozen=True)
class Lack:
    """Something that is lacking.

    `missing` are minutes or days. `sessions` are those in question, none meaning all. `grade` is the one that a
    person has, if any, and `at_least` the one that is asked for. `options` are ways out, of which one is enough.
    """

    kind: LackKind
    missing: int = 0
    sessions: tuple[int, ...] = ()
    subject_id: int | None = None
    survey_id: int | None = None
    grade: Decimal | None = None
    at_least: Decimal | None = None
    options: tuple[tuple["Lack", ...], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known of a person: minutes by session and of the whole programme, grades by subject.

    `surveys` are the ids of those that they answered.
    """

    total: int = 0
    minutes: Mapping[int, int] = field(default_factory=dict)
    grades: Mapping[int, Decimal] = field(default_factory=dict)
    surveys: frozenset[int] = frozenset()


class Programme:
    """The part of an event's programme that an award is about: `only` these sessions, or all that count.

    `subjects` are the ids of those that have grades.
    """

    def __init__(self, slots: Sequence[Slot], only: Iterable[int] = (), subjects: Sequence[int] = ()) -> None:
        """Take the sessions that count."""
        chosen = frozenset(only)
        self.is_whole = not chosen
        self.slots = [slot for slot in slots if not chosen or slot.session_id in chosen]
        self.subjects = tuple(subjects)
        self.by_day: dict[int, tuple[int, ...]] = {}
        for slot in self.slots:
            self.by_day[slot.day_id] = (*self.by_day.get(slot.day_id, ()), slot.session_id)
        self._clusters: dict[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] = {}
        self.minutes = self.minutes_of(())

    def clusters(self, sessions: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
        """Return sessions grouped by overlap: the minutes that each group covers, and its members."""
        if sessions not in self._clusters:
            chosen = [slot for slot in self.slots if not sessions or slot.session_id in sessions]
            self._clusters[sessions] = [
                (
                    ledger.minutes([span]),
                    tuple(slot.session_id for slot in chosen if ledger.clip(slot.span, span)),
                )
                for span in ledger.union(slot.span for slot in chosen)
            ]
        return self._clusters[sessions]

    def minutes_of(self, sessions: tuple[int, ...]) -> int:
        """Return how many minutes some sessions cover, parallel ones once."""
        return sum(length for length, _members in self.clusters(sessions))

    def attended(self, facts: Facts, sessions: tuple[int, ...] = ()) -> int:
        """Return how many of those minutes a person attended."""
        if self.is_whole and not sessions:
            return min(facts.total, self.minutes)
        return sum(
            min(length, sum(facts.minutes.get(session_id, 0) for session_id in members))
            for length, members in self.clusters(sessions)
        )


def percent(attended: int, possible: int) -> int:
    """Return a share in whole per cent, rounded down and never above 100; of nothing it is 0."""
    return min(100, attended * 100 // possible) if possible > 0 else 0


def average(facts: Facts, subjects: Sequence[int]) -> Decimal | None:
    """Return the mean of all subjects to two decimals, half up, or None while one has no grade."""
    grades = [facts.grades.get(subject_id) for subject_id in subjects]
    known = [grade for grade in grades if grade is not None]
    if not known or len(known) < len(grades):
        return None
    return (sum(known, Decimal(0)) / len(known)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def grade_of(facts: Facts, programme: Programme, subject_id: int | None) -> Decimal | None:
    """Return a person's grade in a subject, or the average of all."""
    return average(facts, programme.subjects) if subject_id is None else facts.grades.get(subject_id)


def judge(condition: Condition, facts: Facts, programme: Programme) -> tuple[Lack, ...]:  # noqa: PLR0911 - one for each kind
    """Return what a person lacks to meet a condition: nothing where it is met."""
    match condition:
        case AllOf(parts):
            return tuple(lack for part in parts for lack in judge(part, facts, programme))
        case AnyOf(parts):
            return _one_of([judge(part, facts, programme) for part in parts])
        case Minutes(at_least, sessions):
            return _time(at_least, facts, programme, sessions)
        case Percent(at_least, sessions):
            possible = programme.minutes_of(sessions)
            if possible <= 0:
                return (Lack(LackKind.PROGRAMME),)
            return _time(ceil(possible * at_least / 100), facts, programme, sessions)
        case Sessions(sessions, share):
            return _each(sessions, share, facts, programme)
        case Days(at_least, share):
            return _days(at_least, share, facts, programme)
        case Grade(at_least, subject_id):
            grade = grade_of(facts, programme, subject_id)
            if grade is not None and grade >= at_least:
                return ()
            return (Lack(LackKind.GRADE, subject_id=subject_id, grade=grade, at_least=at_least),)
        case Survey(survey_id):
            is_answered = survey_id in facts.surveys
            return () if is_answered else (Lack(LackKind.SURVEY, survey_id=survey_id),)


def _one_of(options: list[tuple[Lack, ...]]) -> tuple[Lack, ...]:
    if not options or () in options:
        return ()
    return options[0] if len(options) == 1 else (Lack(LackKind.ONE_OF, options=tuple(options)),)


def _time(required: int, facts: Facts, programme: Programme, sessions: tuple[int, ...]) -> tuple[Lack, ...]:
    missing = required - programme.attended(facts, sessions)
    return (Lack(LackKind.MINUTES, missing=missing, sessions=sessions),) if missing > 0 else ()


def _is_there(share: int, facts: Facts, programme: Programme, sessions: tuple[int, ...]) -> bool:
    possible = programme.minutes_of(sessions)
    return possible > 0 and programme.attended(facts, sessions) >= ceil(possible * share / 100)


def _each(sessions: tuple[int, ...], share: int, facts: Facts, programme: Programme) -> tuple[Lack, ...]:
    lacking = tuple(one for one in sessions if not _is_there(share, facts, programme, (one,)))
    return (Lack(LackKind.SESSIONS, sessions=lacking),) if lacking else ()


def _days(at_least: int, share: int, facts: Facts, programme: Programme) -> tuple[Lack, ...]:
    came = sum(_is_there(share, facts, programme, sessions) for sessions in programme.by_day.values())
    return (Lack(LackKind.DAYS, missing=at_least - came),) if came < at_least else ()
