"""When a screen shows which code, and how long it is taken."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from app.attendance.rules import check_ins as rules

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)


class Session(NamedTuple):
    id: int
    starts_at: datetime
    ends_at: datetime


def session(number: int, start: int, minutes: int) -> Session:
    """Return a session that begins `start` minutes after nine."""
    begins = NINE + timedelta(minutes=start)
    return Session(number, begins, begins + timedelta(minutes=minutes))


PROGRAMME = [session(1, 0, 60), session(2, 60, 60), session(3, 90, 60)]


@pytest.mark.parametrize(
    ("minute", "shown", "coming"),
    [
        (-16, None, 1),
        (-15, 1, 2),
        (0, 1, 2),
        (50, 1, 3),  # the next one's check-in has opened, but this one is under way
        (60, 2, 3),
        (95, 3, None),  # of two at once the one that began last
        (149, 3, None),
        (150, None, None),
    ],
)
def test_a_screen_shows_the_session_under_way(minute: int, shown: int | None, coming: int | None) -> None:
    at = NINE + timedelta(minutes=minute)
    found, following = rules.shown(PROGRAMME, at=at), rules.coming(PROGRAMME, at=at)
    assert (found and found.id, following and following.id) == (shown, coming)


@pytest.mark.parametrize(("second", "left"), [(0, 30), (1, 29), (29, 1), (30, 30), (59, 1)])
def test_a_code_is_shown_for_half_a_minute(second: int, left: int) -> None:
    assert rules.seconds_left(NINE + timedelta(seconds=second)) == left


@pytest.mark.parametrize(
    ("later", "is_taken"), [(0, True), (29, True), (60, True), (89, True), (90, False), (-1, False)]
)
def test_a_code_is_taken_for_a_minute_and_a_half(later: int, is_taken: bool) -> None:
    step = rules.step_of(NINE)
    assert (step in rules.steps_taken(NINE + timedelta(seconds=later))) == is_taken


@pytest.mark.parametrize(
    ("minute", "expected"), [(-16, False), (-15, True), (59, True), (60, True), (89, True), (90, False)]
)
def test_a_stream_s_code_is_taken_half_an_hour_longer(minute: int, expected: bool) -> None:
    one = PROGRAMME[0]
    assert rules.takes_code(one.starts_at, one.ends_at, at=NINE + timedelta(minutes=minute)) == expected


@pytest.mark.parametrize(
    ("mine", "owners", "is_shared", "expected"),
    [
        (1, 1, True, True),
        (1, 1, False, False),
        (1, 2, True, False),
        (None, None, True, False),
        (1, None, True, False),
    ],
)
def test_a_phone_is_shared_within_a_group_that_may(
    mine: int | None, owners: int | None, is_shared: bool, expected: bool
) -> None:
    assert rules.may_share_phone(mine, owners, is_shared=is_shared) == expected


def test_codes_have_six_figures_and_are_typed_as_people_do() -> None:
    assert (rules.digits(bytes(8)), rules.digits(b"\xff" * 8)) == ("000000", "551615")
    assert rules.typed(" 482 913 ") == "482913"
