"""Pasted lines, repeated people, and until when a coordinator's link works."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from app.registration import rules
from app.registration.models import DocumentType

PERSON = {
    "document_type": "dni",
    "document_number": "00000077",
    "given_names": "Zoë",
    "first_surname": "Ñahui",
    "second_surname": "Túpac",
    "phone": "987 654 321",
    "email": "",
}


@pytest.mark.parametrize(
    "text",
    [
        "00000077\tZoë\tÑahui\tTúpac\t987 654 321",
        "\r\n00000077;Zoë;Ñahui;Túpac;987 654 321;\r\n\r\n",
        "00000077, Zoë, Ñahui, Túpac, 987 654 321",
        'Apellido paterno\tApellido materno\tNombres\tN° DNI\tCelular\nÑahui\tTúpac\t"Zoë"\t00000077\t987 654 321',
        "PRIMER APELLIDO;SEGUNDO APELLIDO;NOMBRES;DOCUMENTO;TELÉFONO;Observaciones\n"
        "Ñahui;Túpac;Zoë;00000077;987 654 321;nada",
    ],
)
def test_lines_of_a_spreadsheet_become_people(text):
    assert rules.pasted(text) == [PERSON]


@pytest.mark.parametrize(("text", "people"), [("", 0), (" \n\t\n", 0), ("a\tb\n" * 500, rules.MOST_ROWS)])
def test_as_many_people_as_there_are_lines_up_to_the_most(text, people):
    assert len(rules.pasted(text)) == people


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("00000077", DocumentType.DNI),
        ("12.345.678", DocumentType.DNI),
        ("77", DocumentType.DNI),  # its zeros were eaten: the form then asks for eight digits
        ("001234567", DocumentType.CE),
        ("AB12345", DocumentType.PASSPORT),
        ("  ", DocumentType.NONE),
    ],
)
def test_a_number_tells_its_document(number, kind):
    assert rules.kind_of(number) == kind


def test_the_later_of_two_equal_lines_is_told():
    assert rules.repeated(["a", "b", "a", "c", "b", "a"]) == {2: 0, 4: 1, 5: 0}


@pytest.mark.parametrize(
    ("status", "closes", "now", "works"),
    [
        ("published", None, 11, True),
        ("published", None, 14, True),
        ("published", None, 16, False),
        ("published", 5, 11, True),  # closed, not begun: slips are still printed
        ("published", 5, 12, False),
        ("cancelled", None, 11, False),
        ("draft", None, 11, False),
    ],
)
def test_a_coordinator_s_link_ends_by_itself(status, closes, now, works):
    event = SimpleNamespace(
        status=status,
        timezone="America/Lima",
        starts_on=date(2026, 5, 12),
        ends_on=date(2026, 5, 15),
        registration_opens_at=None,
        registration_closes_at=closes and datetime(2026, 5, closes, tzinfo=UTC),
    )
    assert rules.link_works(event, at=datetime(2026, 5, now, 15, tzinfo=UTC)) is works
