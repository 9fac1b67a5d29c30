"""The proof in `rush`: what it takes for right, and what it does not let pass."""

import pytest

from bench.rush import Rush, check

# Three people who came one after the other, and a fourth at the same time as the third.
RUSH = Rush(1.0, sent={1: 0.0, 2: 2.0, 3: 4.0, 4: 4.5}, answered={1: 1.0, 2: 3.0, 3: 5.0, 4: 5.5})


@pytest.mark.parametrize(
    ("confirmed", "waiting"), [([1, 2], [3, 4]), ([2, 1], [4, 3]), ([1], [2, 3, 4]), ([1, 2, 3, 4], [])]
)
def test_who_came_first_has_a_seat_or_stands_ahead(confirmed: list[int], waiting: list[int]) -> None:
    check({"confirmed": confirmed, "waitlisted": waiting}, RUSH, seats=len(confirmed))


@pytest.mark.parametrize(
    ("confirmed", "waiting", "seats"),
    [
        ([1, 2, 3], [4], 2),
        ([1], [2, 3, 4], 2),
        ([1, 2], [3], 2),
        ([1, 2], [3, 9], 2),
        ([2, 3], [1, 4], 2),
        ([1], [3, 2, 4], 1),
    ],
)
def test_a_seat_too_many_or_a_wrong_order_is_an_error(
    confirmed: list[int], waiting: list[int], seats: int
) -> None:
    with pytest.raises(RuntimeError):
        check({"confirmed": confirmed, "waitlisted": waiting}, RUSH, seats=seats)


def test_more_seats_than_people_are_no_error() -> None:
    check({"confirmed": [1, 2, 3, 4], "waitlisted": []}, RUSH, seats=9)
