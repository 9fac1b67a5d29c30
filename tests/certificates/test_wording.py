"""The Spanish words of a certificate."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.certificates import composition, wording
from app.certificates.errors import StrayBrace, UnknownMergeField
from app.certificates.looks import OWN, Look
from app.events.models import HourUnit
from app.registration.models import DocumentType
from tests.certificates import samples


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "cero"),
        (1, "una"),
        (16, "dieciséis"),
        (21, "veintiuna"),
        (22, "veintidós"),
        (29, "veintinueve"),
        (30, "treinta"),
        (31, "treinta y una"),
        (99, "noventa y nueve"),
        (100, "cien"),
        (101, "ciento una"),
        (121, "ciento veintiuna"),
        (200, "doscientas"),
        (500, "quinientas"),
        (731, "setecientas treinta y una"),
        (999, "novecientas noventa y nueve"),
    ],
)
def test_numbers_of_hours(number: int, words: str) -> None:
    assert wording.feminine_number(number) == words


def test_no_two_numbers_sound_alike() -> None:
    assert len({wording.feminine_number(number) for number in range(1000)}) == 1000


@pytest.mark.parametrize("number", [-1, 1000])
def test_numbers_beyond_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="cannot say"):
        wording.feminine_number(number)


@pytest.mark.parametrize(
    ("hours", "unit", "words"),
    [
        ("6", HourUnit.CHRONOLOGICAL, "seis (6) horas cronológicas"),
        ("6.00", HourUnit.ACADEMIC, "seis (6) horas académicas"),
        ("1", HourUnit.CHRONOLOGICAL, "una (1) hora cronológica"),
        ("0.5", HourUnit.CHRONOLOGICAL, "media (0.5) hora cronológica"),
        ("1.50", HourUnit.ACADEMIC, "una y media (1.5) horas académicas"),
        ("21.5", HourUnit.CHRONOLOGICAL, "veintiuna y media (21.5) horas cronológicas"),
        ("100", HourUnit.CHRONOLOGICAL, "cien (100) horas cronológicas"),
    ],
)
def test_hours_in_words(hours: str, unit: HourUnit, words: str) -> None:
    assert wording.hours_in_words(Decimal(hours), unit) == words


@pytest.mark.parametrize("hours", ["0", "-1", "2.25", "1000"])
def test_other_hours_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match="cannot say"):
        wording.hours_in_words(Decimal(hours), HourUnit.CHRONOLOGICAL)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2024, 5, 28), date(2024, 5, 30), "del 28 al 30 de mayo de 2024"),
        (date(2024, 5, 28), date(2024, 5, 28), "el 28 de mayo de 2024"),
        (date(2024, 8, 30), date(2024, 9, 2), "del 30 de agosto al 2 de setiembre de 2024"),
        (date(2024, 12, 30), date(2025, 1, 2), "del 30 de diciembre de 2024 al 2 de enero de 2025"),
    ],
)
def test_dates_in_words(first: date, last: date, words: str) -> None:
    assert wording.dates_in_words(first, last) == words


@pytest.mark.parametrize(
    ("kind", "number", "line"),
    [
        (DocumentType.DNI, "00000001", "DNI N.° 00000001"),
        (DocumentType.CE, "001234567", "Carné de extranjería N.° 001234567"),
        (DocumentType.PASSPORT, "AB123", "Pasaporte N.° AB123"),
        (DocumentType.NONE, "", ""),
    ],
)
def test_document_line(kind: DocumentType, number: str, line: str) -> None:
    assert wording.document_line(kind, number) == line


def test_merge_fields_are_filled_and_the_weighty_ones_are_bold() -> None:
    values = {"rol": "asistente", "evento": "Foro {rol}", "organo": ""}
    assert wording.merged("como {rol} en {evento}, {organo}.", values) == [
        ("como ", False),
        ("asistente", True),
        (" en ", False),
        ("Foro {rol}", True),
        (", ", False),
        (".", False),
    ]


def test_every_field_of_the_list_may_be_used() -> None:
    wording.check_fields(" ".join(f"{{{name}}}" for name in wording.MERGE_FIELDS))
    wording.check_fields(wording.WORDING)


@pytest.mark.parametrize("name", ["nombre", "Rol", " rol", "", "rol!r", "0", "rol.upper"])
def test_an_unknown_field_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(UnknownMergeField) as refusal:
        wording.check_fields(f"como {{rol}} y {{{name}}}")
    assert refusal.value.name == name


@pytest.mark.parametrize("text", ["como {rol", "rol}", "{{rol}}", "{", "}{"])
def test_a_stray_brace_is_refused(text: str) -> None:
    with pytest.raises(StrayBrace):
        wording.check_fields(text)


def test_the_grade_and_the_note_have_names_of_their_own_and_keep_the_former() -> None:
    terms = replace(samples.TERMS, wording="{calificacion} = {nota}", note="No acredita nada.")
    look = Look(template=OWN, files={"source": "source.typ"})
    bearer = replace(samples.BEARER, grade=Decimal(16))
    content = composition.content_of(composition.design_content(samples.event(), terms, look), bearer)
    assert content["body"] == [("dieciséis (16)", True), (" = ", False), ("dieciséis (16)", True)]
    named = content["named"]
    assert (named["calificacion"], named["aviso"], named["nota"]) == (
        "dieciséis (16)",
        *["No acredita nada."] * 2,
    )
