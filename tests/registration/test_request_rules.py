"""Which corrections of a name are small enough to be a person's own."""

import pytest

from app.registration.rules.requests import Names, distance, is_small

ROSA = Names("Rosa María", "Quispe", "Mamani")


@pytest.mark.parametrize(
    ("former", "asked", "expected"),
    [
        (ROSA, ("ROSA MARIA", "quispe", "mamani"), True),
        (("Jose", "Nunez", ""), ("José", "Núñez", ""), True),
        (ROSA, ("Rosa María", "Mamani", "Quispe"), True),
        (("Quispe", "Rosa", ""), ("Rosa", "Quispe", ""), True),
        (("Rosa", "Quispe Mamani", ""), ("Rosa", "Quispe", "Mamani"), True),
        (("Rosa", "Quispe", ""), ("Rosa", "Quispe", "Mamani"), True),
        (("Rosa", "Quispe", ""), ("Roza", "Quispe", "Mamani"), True),
        (("Rosa", "Quispe", "Mamani"), ("Rosa", "Quispe", ""), False),
        (ROSA, ("Rosa María", "Quizpe", "Mamani"), True),
        (ROSA, ("Rosa María", "Qiuspe", "Mamani"), True),
        (ROSA, ("Rosa María", "Quispez", "Mamanis"), True),
        (ROSA, ("Rossa María", "Quispez", "Mamanis"), False),
        (("Ana", "Ríos", ""), ("Eva", "Ríos", ""), False),
        (("Ana", "Ríos", ""), ("Ana", "Rioja", ""), False),
        (("Li", "Wu", ""), ("Lu", "Wu", ""), False),
        (ROSA, ("Elmer", "Quispe", "Mamani"), False),
        (("Rosa", "Quispe", ""), ("Elmer", "Quispe", "Mamani"), False),
        (ROSA, ("Rosa", "Quispe", "Mamani"), False),
    ],
)
def test_small_corrections(former, asked, expected):
    assert is_small(Names(*former), Names(*asked)) is expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", 0),
        ("rosa", "rosa", 0),
        ("", "rosa", 4),
        ("rosa", "", 4),
        ("rosa", "rossa", 1),
        ("rosa", "roza", 1),
        ("rosa", "orsa", 1),
        ("rosa", "ras", 2),
        ("quispe", "qiuspez", 2),
        ("abc", "xyz", 3),
    ],
)
def test_distance(old, new, expected):
    assert distance(old, new) == expected
    assert distance(new, old) == expected
