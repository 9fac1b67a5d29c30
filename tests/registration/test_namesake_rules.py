"""Who may be one person under two documents."""

import pytest

from app.registration.rules import Names, are_alike, slips_of


@pytest.mark.parametrize(
    ("number", "is_slip"),
    [
        ("40000001", False),
        ("40000007", True),
        ("90000001", True),
        ("04000001", True),
        ("40000010", True),
        ("10000004", False),
        ("40000077", False),
        ("4000001", False),
    ],
)
def test_a_slip_is_one_digit_or_two_neighbours_swapped(number: str, is_slip: bool) -> None:
    assert (number in slips_of("40000001")) == is_slip


def test_the_slips_of_a_number_are_few() -> None:
    assert (len(slips_of("12345678")), len(slips_of("00000000")), slips_of("")) == (79, 72, [])


@pytest.mark.parametrize(
    ("some", "others", "expected"),
    [
        (("Rosa", "Quispe", ""), ("ROSÁ", "Quispe", "Mamani"), True),
        (("Rosa", "Quispe", "Mamani"), ("Rosa", "Quispe", ""), True),
        (("Quispe", "Rosa", ""), ("Rosa", "Quispe", ""), True),
        (("Rosa", "Qispe", ""), ("Rosa", "Quispe", ""), True),
        (("Rosa", "Quispe", ""), ("Inés", "Quispe", ""), False),
        (("Rosa", "Quispe", "Mamani"), ("Rosa", "Quispe", "Huamán"), False),
    ],
)
def test_names_are_alike_but_for_a_slip(
    some: tuple[str, str, str], others: tuple[str, str, str], expected: bool
) -> None:
    assert are_alike(Names(*some), Names(*others)) == are_alike(Names(*others), Names(*some)) == expected
