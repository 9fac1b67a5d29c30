"""Which limits let a person in, and until when an offer holds."""

from datetime import timedelta

import pytest

from app.registration.rules.seats import Place, Vacancies, offer_deadline
from tests.conftest import NOON

IMAZA = Place(entity_key="imaza")
SPEAKER = Place(form_id=7)
BOTH_TABLES = Place(form_id=7, choices=frozenset({(1, "a"), (1, "b")}))


@pytest.mark.parametrize(
    ("left", "place", "admitted"),
    [
        (Vacancies(), Place(), True),
        (Vacancies(seats=1), Place(), True),
        (Vacancies(seats=0), Place(), False),
        (Vacancies(seats=-3), Place(), False),
        (Vacancies(entities={"imaza": 1}), IMAZA, True),
        (Vacancies(entities={"imaza": 0}), IMAZA, False),
        (Vacancies(entities={"imaza": 0}), Place(entity_key="paracas"), True),
        (Vacancies(entities={"imaza": 1}, only_listed=True), IMAZA, True),
        (Vacancies(entities={"imaza": 1}, only_listed=True), Place(entity_key="paracas"), False),
        (Vacancies(entities={"imaza": 5}, seats=0), IMAZA, False),
        (Vacancies(forms={7: 1}), SPEAKER, True),
        (Vacancies(forms={7: 0}), SPEAKER, False),
        (Vacancies(forms={7: 0}), Place(form_id=8), True),
        (Vacancies(forms={7: 0}), Place(), True),
        (Vacancies(choices={(1, "a"): 1, (1, "b"): 1}), BOTH_TABLES, True),
        (Vacancies(choices={(1, "a"): 1, (1, "b"): 0}), BOTH_TABLES, False),
        (Vacancies(choices={(2, "a"): 0}), BOTH_TABLES, True),
    ],
)
def test_every_limit_must_let_a_person_in(left, place, admitted):
    assert left.admit(place) is admitted


def test_a_seat_counts_at_every_limit_that_the_person_meets():
    left = Vacancies(
        seats=5,
        entities={"imaza": 2, "paracas": 2},
        forms={7: 3, 8: 3},
        choices={(1, "a"): 1, (1, "c"): 1},
    )
    left.take(Place(entity_key="imaza", form_id=7, choices=frozenset({(1, "a"), (1, "b")})))
    assert left == Vacancies(
        seats=4,
        entities={"imaza": 1, "paracas": 2},
        forms={7: 2, 8: 3},
        choices={(1, "a"): 0, (1, "c"): 1},
    )


def test_a_seat_without_limits_counts_nowhere():
    left = Vacancies()
    left.take(Place(entity_key="imaza", form_id=7, choices=frozenset({(1, "a")})))
    assert left == Vacancies()


@pytest.mark.parametrize(
    ("starts_in", "deadline_in"),
    [
        (None, timedelta(hours=24)),
        (timedelta(days=9), timedelta(hours=24)),
        (timedelta(hours=24), timedelta(hours=24)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(0), None),
        (-timedelta(hours=1), None),
    ],
)
def test_an_offer_ends_with_its_hours_or_with_the_start(starts_in, deadline_in):
    starts_at = None if starts_in is None else NOON + starts_in
    expected = None if deadline_in is None else NOON + deadline_in
    assert offer_deadline(starts_at, hours=24, at=NOON) == expected
