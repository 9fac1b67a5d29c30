"""Who has earned an award and what is lacking: tables of facts and answers, without a database."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance.rules import Slot
from app.certificates import rules
from app.certificates.rules import (
    AllOf,
    AnyOf,
    ByHand,
    Days,
    Facts,
    Grade,
    Lack,
    LackKind,
    Minutes,
    Percent,
    Programme,
    Requirements,
    Sessions,
)
from app.events.models import HourUnit

NINE = datetime(2026, 5, 12, 14, tzinfo=UTC)


def slot(number: int, *, day: int, begins: int, minutes: int) -> Slot:
    start = NINE + timedelta(days=day, minutes=begins)
    return Slot(number, day, start, start + timedelta(minutes=minutes))


# Day 1: 90 and 60 minutes. Day 2: 60, and two parallel ones of 60. Day 3: 90.
SLOTS = [
    slot(1, day=1, begins=0, minutes=90),
    slot(2, day=1, begins=120, minutes=60),
    slot(3, day=2, begins=0, minutes=60),
    slot(4, day=2, begins=60, minutes=60),
    slot(5, day=2, begins=60, minutes=60),
    slot(6, day=3, begins=0, minutes=90),
]
PROGRAMME = Programme(SLOTS, subjects=(7, 8))


def facts(minutes: Mapping[int, int] | None = None, **grades: str) -> Facts:
    """Return facts; the ledger's total is that of sessions of which no two overlap but 4 and 5."""
    found = dict(minutes or {})
    total = sum(found.values()) - min(found.get(4, 0), found.get(5, 0))
    return Facts(total, found, {int(name[1:]): Decimal(grade) for name, grade in grades.items()})


ALL = {1: 90, 2: 60, 3: 60, 4: 60, 5: 60, 6: 90}
FEW = {1: 90, 3: 30}


def lack(kind: LackKind, **values: Any) -> Lack:
    return Lack(kind, **values)


MINUTES, SESSIONS, DAYS, GRADE = LackKind.MINUTES, LackKind.SESSIONS, LackKind.DAYS, LackKind.GRADE


@pytest.mark.parametrize(
    ("condition", "known", "lacks"),
    [
        (Percent(80), facts(ALL), ()),
        (Percent(80), facts(), (lack(MINUTES, missing=288),)),  # of 360: parallel sessions count once
        (Percent(80), facts(FEW), (lack(MINUTES, missing=168),)),
        (Percent(0), facts(), ()),
        (Percent(100), Facts(total=359), (lack(MINUTES, missing=1),)),
        (Percent(100), Facts(total=999), ()),  # nobody attends more than all of it
        (Percent(75, (1,)), facts({1: 67}), (lack(MINUTES, missing=1, sessions=(1,)),)),  # 67.5 are needed
        (Percent(75, (1,)), facts({1: 68}), ()),
        (Percent(100, (4, 5)), facts({4: 30, 5: 30}), ()),  # half of each of two parallel ones
        (Percent(50, (99,)), facts(ALL), (lack(LackKind.PROGRAMME),)),  # taken out of the agenda since
        (Minutes(100), facts(FEW), ()),
        (Minutes(121), facts(FEW), (lack(MINUTES, missing=1),)),
        (Minutes(60, (2, 3)), facts(FEW), (lack(MINUTES, missing=30, sessions=(2, 3)),)),
        (Sessions((1, 3)), facts(ALL), ()),
        (Sessions((1, 3)), facts(FEW), (lack(SESSIONS, sessions=(3,)),)),
        (Sessions((1, 3), percent=50), facts(FEW), ()),
        (Sessions((1, 99)), facts(ALL), (lack(SESSIONS, sessions=(99,)),)),
        (Days(3), facts(ALL), ()),
        (Days(2), facts({1: 90, 2: 60, 6: 90}), ()),
        (Days(2), facts({1: 90, 2: 60}), (lack(DAYS, missing=1),)),
        (Days(1), facts({3: 60, 4: 36}), ()),  # 96 of 120 minutes are 80 %
        (Days(1), facts({3: 60, 4: 35}), (lack(DAYS, missing=1),)),
        (Days(0), facts(), ()),
        (Grade(Decimal(14), 7), facts(_7="14"), ()),
        (
            Grade(Decimal(14), 7),
            facts(_7="13.99"),
            (lack(GRADE, subject_id=7, grade=Decimal("13.99"), at_least=Decimal(14)),),
        ),
        (Grade(Decimal(14), 7), facts(_8="20"), (lack(GRADE, subject_id=7, at_least=Decimal(14)),)),
        (Grade(Decimal(14)), facts(_7="13", _8="15"), ()),  # the average
        (Grade(Decimal(14)), facts(_7="20"), (lack(GRADE, at_least=Decimal(14)),)),  # one is not graded yet
        (AllOf(), facts(), ()),
        (AnyOf(), facts(), ()),
        (AllOf((Minutes(1), Days(1))), facts(), (lack(MINUTES, missing=1), lack(DAYS, missing=1))),
        (AnyOf((Minutes(500), Days(1))), facts(ALL), ()),
        (
            AnyOf((Minutes(1), Days(1))),
            facts(),
            (lack(LackKind.ONE_OF, options=((lack(MINUTES, missing=1),), (lack(DAYS, missing=1),))),),
        ),
        (AnyOf((Minutes(1),)), facts(), (lack(MINUTES, missing=1),)),
        (AllOf((Percent(80), AnyOf((Grade(Decimal(14), 7), Days(3))))), facts(ALL, _7="5"), ()),
    ],
)
def test_what_is_lacking(condition: rules.Condition, known: Facts, lacks: tuple[Lack, ...]) -> None:
    assert rules.judge(condition, known, PROGRAMME) == lacks
    assert rules.from_json(rules.as_json(condition)) == condition


def test_an_award_about_a_part_of_the_programme_looks_at_that_alone() -> None:
    second_day = Programme(SLOTS, only=[3, 4, 5])
    assert (second_day.minutes, second_day.attended(facts(ALL)), second_day.attended(facts(FEW))) == (
        120,
        120,
        30,
    )
    assert rules.judge(Days(1), facts(FEW), second_day) == (lack(DAYS, missing=1),)


def test_an_empty_programme_earns_nobody_anything() -> None:
    assert rules.judge(Percent(0), Facts(), Programme([])) == (lack(LackKind.PROGRAMME),)


@pytest.mark.parametrize(
    ("minutes", "unit", "at_most", "hours"),
    [
        (0, HourUnit.CHRONOLOGICAL, None, "0"),
        (59, HourUnit.CHRONOLOGICAL, None, "0.5"),
        (60, HourUnit.CHRONOLOGICAL, None, "1"),
        (360, HourUnit.CHRONOLOGICAL, None, "6"),
        (360, HourUnit.ACADEMIC, None, "8"),
        (44, HourUnit.ACADEMIC, None, "0.5"),
        (360, HourUnit.ACADEMIC, "6", "6"),
    ],
)
def test_hours_follow_what_was_attended(
    minutes: int, unit: HourUnit, at_most: str | None, hours: str
) -> None:
    limit = None if at_most is None else Decimal(at_most)
    assert rules.credited_hours(minutes, unit, at_most=limit) == Decimal(hours)


SIX = Requirements(Percent(80), Decimal(6), HourUnit.CHRONOLOGICAL)
CREDITED = Requirements(Minutes(0), Decimal(6), HourUnit.CHRONOLOGICAL, credits_attended=True)


@pytest.mark.parametrize(
    ("requirements", "known", "by_hand", "outcome"),
    [
        (SIX, facts(ALL), None, (True, Decimal(6), 100)),
        (SIX, facts(FEW), None, (False, Decimal(6), 33)),
        (SIX, facts(FEW), ByHand.GRANTED, (True, Decimal(6), 33)),
        (SIX, facts(ALL), ByHand.REFUSED, (False, Decimal(6), 100)),
        (SIX, facts(ALL), ByHand.WITHDRAWN, (True, Decimal(6), 100)),
        (CREDITED, facts(FEW), None, (True, Decimal(2), 33)),
        (CREDITED, facts({1: 29}), None, (False, None, 8)),  # less than half an hour is no hours at all
        (CREDITED, facts(), ByHand.GRANTED, (True, Decimal(6), 0)),
    ],
)
def test_a_decision(
    requirements: Requirements,
    known: Facts,
    by_hand: ByHand | None,
    outcome: tuple[bool, Decimal | None, int],
) -> None:
    decision = rules.decide(requirements, known, PROGRAMME, by_hand)
    assert (decision.qualifies, decision.hours, decision.percent) == outcome


def test_a_decision_keeps_its_figures() -> None:
    asked = Requirements(AllOf((Percent(50), Grade(Decimal(11), 7))), Decimal(6), HourUnit.ACADEMIC)
    assert rules.decide(asked, facts(ALL, _7="16.5"), PROGRAMME).as_dict() == {
        "programme_minutes": 360,
        "attended_minutes": 360,
        "percent": 100,
        "hours": "6",
        "grade": "16.5",
        "by_hand": None,
        "qualifies": True,
    }


TREE = AllOf((Percent(80), AnyOf((Days(2), Grade(Decimal(14))))))


def test_a_tree_is_changed_by_the_way_to_a_place() -> None:
    assert rules.with_added(TREE, (), Minutes(5)) == AllOf((*TREE.parts, Minutes(5)))
    assert rules.with_added(TREE, (1,), Minutes(5)) == AllOf(
        (Percent(80), AnyOf((Days(2), Grade(Decimal(14)), Minutes(5))))
    )
    assert rules.without(TREE, (1, 0)) == AllOf((Percent(80), AnyOf((Grade(Decimal(14)),))))
    assert rules.without(TREE, (0,)) == AllOf((TREE.parts[1],))
    assert rules.without(TREE, ()) == AllOf()


@pytest.mark.parametrize("path", [(0,), (5,), (1, 0), (1, 9), (-1,)])
def test_a_condition_is_put_into_groups_alone(path: tuple[int, ...]) -> None:
    with pytest.raises(LookupError):
        rules.with_added(TREE, path, Minutes(5))


CONDITIONS = st.recursive(
    st.one_of(
        st.builds(Minutes, st.integers(0, 999), st.lists(st.integers(1, 6), max_size=3).map(tuple)),
        st.builds(Percent, st.integers(0, 100), st.lists(st.integers(1, 6), max_size=3).map(tuple)),
        st.builds(Days, st.integers(0, 4), st.integers(0, 100)),
        st.builds(Grade, st.decimals(0, 20, places=2), st.sampled_from([None, 7, 8])),
    ),
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@given(CONDITIONS, st.dictionaries(st.integers(1, 6), st.integers(0, 60)))
def test_more_attendance_never_takes_an_award_away(
    condition: rules.Condition, minutes: dict[int, int]
) -> None:
    grades = {7: Decimal(15), 8: Decimal(9)}
    some = rules.judge(condition, Facts(sum(minutes.values()), minutes, grades), PROGRAMME)
    more = rules.judge(condition, Facts(360, ALL, grades), PROGRAMME)
    assert some or not more
