"""How codes are read, what of a document is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import codes
from app.certificates import rules
from app.registration.models import DocumentType

FRESH_CODES = st.builds(rules.new_code)


@given(FRESH_CODES)
def test_a_code_has_twelve_unambiguous_characters(code: str) -> None:
    assert len(code) == 12
    assert set(code) <= set("23456789ABCDEFGHJKMNPQRSTVWXY")


@given(FRESH_CODES, st.integers(0, 11), st.sampled_from(codes.ALPHABET))
def test_every_wrong_character_is_caught(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assert rules.normalise_code(wrong) == (code if wrong == code else None)


@given(FRESH_CODES, st.integers(0, 11), st.integers(0, 11))
def test_every_swap_is_caught(code: str, one: int, other: int) -> None:
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]
    wrong = "".join(letters)
    assert rules.normalise_code(wrong) == (code if wrong == code else None)


def test_every_wrong_character_of_one_code_is_caught() -> None:
    code = rules.new_code()
    accepted = [
        code[:place] + other + code[place + 1 :]
        for place in range(12)
        for other in codes.ALPHABET
        if other != code[place] and rules.normalise_code(code[:place] + other + code[place + 1 :])
    ]
    assert accepted == []


@given(FRESH_CODES)
def test_a_code_is_read_however_it_is_written(code: str) -> None:
    shown = codes.grouped(code)
    ways = [
        code,
        shown,
        shown.lower(),
        f"  {shown} \n",
        shown.replace("-", " "),
        shown.replace("-", "–"),
        " - ".join(shown.split("-")),
        code.replace("V", "u").replace("2", "Z"),
        f"https://constancias.example.gob.pe/verificar/{shown}",
        f"https://constancias.example.gob.pe/verificar/{shown}/",
    ]
    assert {rules.normalise_code(way) for way in ways} == {code}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "A" * 11,
        "A" * 13,
        "A" * 10_000,
        "'; DROP TABLE",
        "<script>",
        "\x00",
        "😀" * 12,
        "////",
        "٠" * 12,
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert rules.normalise_code(text) is None


@given(st.text(max_size=300))
def test_no_text_upsets_the_reading_of_codes(text: str) -> None:
    code = rules.normalise_code(text)
    assert code is None or len(code) == 12


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        (DocumentType.DNI, "00000001", "DNI •••••001"),
        (DocumentType.CE, "001234567", "CE ••••••567"),
        (DocumentType.PASSPORT, "AB123", "Pasaporte •••23"),
        (DocumentType.PASSPORT, "X1", "Pasaporte ••"),
        (DocumentType.PASSPORT, "X", "Pasaporte •"),
        (DocumentType.NONE, "", ""),
        (DocumentType.DNI, "", ""),
    ],
)
def test_documents_are_masked(kind: DocumentType, number: str, shown: str) -> None:
    assert rules.masked_document(kind, number) == shown
