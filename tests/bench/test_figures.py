"""What a bench says of what it measured."""

import json

import pytest

from bench.figures import Figure, compared, growth, pairs_of, table


def test_floor_and_product_are_measured_in_turn() -> None:
    order: list[str] = []

    def measure(name: str, value: float) -> float:
        order.append(name)
        return value

    assert pairs_of(lambda: measure("A", 1), lambda: measure("B", 2), 3) == [(1, 2)] * 3
    assert order == ["A", "B"] * 3


def test_the_ratio_is_the_median_of_the_pairs_and_not_the_ratio_of_medians() -> None:
    figure = compared("page", "requests/s", "sqlite", 16, [(100, 50), (10, 4), (1000, 300)])
    assert (figure.value, figure.floor, figure.ratio) == (50, 100, 0.4)
    assert (figure.lowest, figure.highest) == (0.3, 0.5)


@pytest.mark.parametrize(
    ("name", "value", "ratio", "met"),
    [
        ("page", 1000, 0.25, True),
        ("page", 1000, 0.249, False),
        ("register", 7, 99, True),
        ("register", 7.01, 99, False),
        ("register-p99", 500, 10, True),
        ("export-csv", 9, 4.1, False),
        ("export-rss", 20, None, True),
        ("anything-growth", 1.1, None, True),
        ("anything-growth", 1.11, None, False),
    ],
)
def test_a_target_is_met_or_missed(name: str, value: float, ratio: float | None, met: bool) -> None:
    assert Figure(name, value, "unit", "sqlite", 1, ratio=ratio).met is met


def test_json_holds_exactly_what_is_promised() -> None:
    figure = compared("checkin", "ms CPU", "postgresql", 20_000, [(0.5, 1.23456789)])
    assert json.loads(figure.as_json()) == {
        "name": "checkin",
        "value": 1.2346,
        "unit": "ms CPU",
        "floor": 0.5,
        "ratio": 2.4691,
        "target": 2,
        "met": True,
        "engine": "postgresql",
        "n": 20_000,
    }


@pytest.mark.parametrize(
    ("pairs", "of_each", "exponent"),
    [([(1, 10)], False, 1), ([(1, 100)], False, 2), ([(3, 3)], True, 1), ([(1, 10)], True, 2)],
)
def test_growth_is_an_exponent(pairs: list[tuple[float, float]], of_each: bool, exponent: float) -> None:
    assert growth("export", "sqlite", 10, pairs, of_each=of_each).value == pytest.approx(exponent)


def test_the_table_says_what_was_missed() -> None:
    lines = table(
        [
            compared("page", "requests/s", "sqlite", 16, [(30_000, 12_000)]),
            Figure("startup-rss", 120, "MB", "sqlite", 1),
        ]
    ).splitlines()
    assert [" ".join(line.split()) for line in lines[1:]] == [
        "page (sqlite, n=16) 12,000 requests/s 30,000 0.4 0.4-0.4 ratio ≥ 0.25 met",
        "startup-rss (sqlite, n=1) 120 MB value ≤ 100 MISSED",
    ]
