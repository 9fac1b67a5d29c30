"""Whose a row of a meeting's file is."""

import pytest

from app.attendance.rules.matching import How, Known, Match, People
from app.attendance.rules.meetings import Attender
from app.codes import generate

CODE = generate(8)
PEOPLE = People(
    [
        Known(1, CODE, "00000001", "rosa@example.pe", "Rosa", "Quispe Mamani", True),
        Known(2, generate(8), "00000002", "casa@example.pe", "Juan Carlos", "Huamán Ñahui", True),
        Known(3, generate(8), "00000003", "casa@example.pe", "Ana", "Huamán Soto", True),
        Known(4, generate(8), "00000004", "", "Rosa", "Quispe", True),
        Known(5, generate(8), "00000005", "espera@example.pe", "Luz", "Rojas Paz", False),
        Known(6, generate(8), "00000006", "", "Pedro", "Sánchez Ríos", True),
        Known(7, generate(8), "00000007", "", "Pedro", "Sánchez Ríos", True),
    ]
)


@pytest.mark.parametrize(
    ("name", "email", "person", "expected"),
    [
        ("otra cosa", "rosa@example.pe", "", Match(1, How.EMAIL)),
        ("Rosa", "", "ROSA@example.pe", Match(1, How.EMAIL)),
        # An address that two share: the name tells which of them.
        ("Ana Huamán Soto", "casa@example.pe", "", Match(3, How.EMAIL)),
        ("Ana", "casa@example.pe", "", Match(3, How.EMAIL)),
        ("iPad", "casa@example.pe", "", Match(None, How.EMAIL, (2, 3))),
        ("Huamán", "casa@example.pe", "", Match(None, How.EMAIL, (2, 3))),
        (f"{CODE[:4]}-{CODE[4:]} Rosita", "", "", Match(1, How.CODE)),
        (CODE.lower(), "", "", Match(1, How.CODE)),
        ("2222-2222 Rosita", "", "", Match(None, None)),
        ("Juan 00000002", "", "", Match(2, How.DOCUMENT)),
        ("MAMANI QUISPE, ROSA - PCM", "", "", Match(1, How.NAME)),
        ("Juan Carlos Huaman Nahui", "ajeno@example.pe", "", Match(2, How.NAME)),
        # Two names alone are too many people.
        ("Rosa Quispe", "", "", Match(None, How.NAME, (4,))),
        ("Pedro Sánchez Ríos", "", "", Match(None, How.NAME, (6, 7))),
        ("Juan Huamán", "", "", Match(None, None, (2,))),
        ("Luz Rojas Paz", "", "", Match(None, How.NAME, (5,))),
        ("x", "espera@example.pe", "", Match(None, How.EMAIL, (5,))),
        ("iPhone de María", "", "", Match(None, None)),
        ("", "", "", Match(None, None)),
    ],
)
def test_matches(name: str, email: str, person: str, expected: Match) -> None:
    assert PEOPLE.match(Attender(2, name, email, person)) == expected
