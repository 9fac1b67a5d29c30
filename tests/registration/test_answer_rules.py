"""What is typed into a field, what is asked of whom, and how answers are written out: tables without a database."""

from datetime import date, datetime

import pytest

from app.registration.errors import BadAnswer
from app.registration.rules.answers import as_text, circle, is_shown, read, read_all, shown, words
from tests.factories import asks


@pytest.fixture(autouse=True)
def in_spanish(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("short_text", "  Rosa   Quispe ", "Rosa Quispe"),
        ("short_text", "", None),
        ("short_text", " \u200b ", None),
        ("short_text", None, None),
        ("short_text", 12.0, "12"),
        ("long_text", "uno\r\n\r\n\r\ndos ", "uno\n\ndos"),
        ("number", "12", 12),
        ("number", "-1.50", -1.5),
        ("number", "1,5", 1.5),
        ("number", "12,345.6", 12345.6),
        ("number", "12 345", 12345),
        ("number", 3.0, 3),
        ("number", 0, 0),
        ("date", "2026-05-12", "2026-05-12"),
        ("date", "12/5/2026", "2026-05-12"),
        ("date", "12.05.2026", "2026-05-12"),
        ("date", date(2026, 5, 12), "2026-05-12"),
        ("date", datetime(2026, 5, 12, 8, 30), "2026-05-12"),  # noqa: DTZ001 - as a sheet holds it
        ("yes_no", "Sí", True),
        ("yes_no", "no", False),
        ("yes_no", True, True),
        ("yes_no", "", None),
        ("one_of", "mesa", "mesa"),
        ("one_of", "MESA", "mesa"),
        ("one_of", "", None),
        ("some_of", ["silla", "mesa", "silla"], ["mesa", "silla"]),
        ("some_of", "silla; mesa", ["mesa", "silla"]),
        ("some_of", "Silla, Mesa", ["mesa", "silla"]),
        ("some_of", [], None),
        ("some_of", ["", " "], None),
        ("ubigeo", "Imaza", "010205"),
        ("ubigeo", "010205", "010205"),
        ("ubigeo", "Miraflores, Lima, Lima", "150122"),
        ("document", "00000001", "dni 00000001"),
        ("document", ["ce", "001-234567"], "ce 001234567"),
        ("document", "Pasaporte: ab 12345", "passport AB12345"),
        ("document", ["dni", ""], None),
        ("ruc", "20131312955", "20131312955"),
        ("ruc", "20 131312955", "20131312955"),
        ("email", "Rosa@Example.PE", "rosa@example.pe"),
        ("phone", "+51 987 654 321", "+51 987 654 321"),
        ("file", "17", 17),
        ("consent", "y", True),
        ("consent", "", False),
        ("consent", None, False),
        ("section", "anything", None),
    ],
)
def test_reading(kind, typed, value):
    read_value = read(asks("campo", kind, "mesa", "silla"), typed)
    assert (read_value, type(read_value)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "settings", "typed", "message"),
    [
        ("short_text", {}, "a" * 201, "Escriba como máximo 200 caracteres."),
        ("short_text", {"max": 5}, "abcdef", "Escriba como máximo 5 caracteres."),
        ("short_text", {"max": 9999}, "a" * 201, "Escriba como máximo 200 caracteres."),
        ("short_text", {"min": 3}, "ab", "Escriba al menos 3 caracteres."),
        ("short_text", {}, "a\u202eb", "caracteres de control"),
        ("short_text", {}, "a\0b", "caracteres de control"),
        ("long_text", {}, "a" * 4001, "Escriba como máximo 4000 caracteres."),
        ("number", {}, "doce", "Escriba un número."),
        ("number", {}, "nan", "Escriba un número."),
        ("number", {}, "1e9", "Escriba un número."),
        ("number", {}, "٣", "Escriba un número."),
        ("number", {}, "9" * 300, "caracteres"),
        ("number", {"min": 1}, "0", "Debe ser 1 como mínimo."),
        ("number", {"max": 2.5}, "3", "Debe ser 2.5 como máximo."),
        ("date", {}, "31/02/2026", "Elija una fecha del calendario."),
        ("date", {}, "0206-05-12", "Elija una fecha del calendario."),
        ("date", {"min": "2026-01-01"}, "31/12/2025", "Debe ser 01/01/2026 como mínimo."),
        ("date", {"max": "31/12/2025"}, "2026-01-01", "Debe ser 31/12/2025 como máximo."),
        ("yes_no", {}, "tal vez", "Responda sí o no."),
        ("one_of", {}, "cama", "Elija una opción de la lista."),
        ("some_of", {}, ["mesa", "cama"], "Elija una opción de la lista."),
        ("some_of", {"max": 1}, ["mesa", "silla"], "Elija como máximo 1."),
        ("some_of", {"min": 2}, ["mesa"], "Elija al menos 2."),
        ("ubigeo", {}, "Atlántida", "No conocemos este distrito"),
        ("ubigeo", {}, "Miraflores", "Hay varios"),
        ("document", {}, ["dni", "1"], "El DNI tiene 8 dígitos, con sus ceros."),
        ("document", {}, ["none", "12345678"], "El DNI tiene 8 dígitos, con sus ceros."),
        ("ruc", {}, "20131312954", "11 dígitos"),
        ("ruc", {}, "2013131295", "11 dígitos"),
        ("ruc", {}, "RUC", "11 dígitos"),
        ("email", {}, "rosa@localhost", "correo"),
        ("phone", {}, "llámeme", "solo con dígitos"),
        ("file", {}, "../etc/passwd", "PDF, JPEG o PNG"),
        ("file", {}, "0", "PDF, JPEG o PNG"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(kind, settings, typed, message):
    with pytest.raises(BadAnswer) as refused:
        read(asks("campo", kind, "mesa", "silla", settings=settings), typed)
    assert message in str(refused.value)
    assert refused.value.field == "campo"


@pytest.mark.parametrize("kind", ["short_text", "number", "yes_no", "some_of", "document", "file", "consent"])
def test_what_is_needed_cannot_be_left_out(kind):
    with pytest.raises(BadAnswer) as refused:
        read(asks("campo", kind, is_required=True), "")
    assert str(refused.value) in {"Complete este campo.", "Marque esta casilla para continuar."}


def condition(field, value):
    return {"field": field, "is": value}


@pytest.mark.parametrize(
    ("wanted", "values", "expected"),
    [
        (True, {"a": True}, True),
        (True, {"a": False}, False),
        (True, {}, False),
        (True, {"a": 1}, False),
        ("mesa", {"a": "mesa"}, True),
        ("mesa", {"a": "silla"}, False),
        ("mesa", {"a": ["silla", "mesa"]}, True),
        ("mesa", {"a": ["silla"]}, False),
        ("mesa", {"a": None}, False),
    ],
)
def test_a_condition(wanted, values, expected):
    assert is_shown(asks("b", "short_text", shown_if=condition("a", wanted)), values) is expected


CHAIN = (
    asks("a", "yes_no"),
    asks("s", "section", shown_if=condition("a", True)),
    asks("b", "yes_no", is_required=True),
    asks("t", "section"),
    asks("c", "short_text", shown_if=condition("b", True), is_required=True),
    asks("d", "short_text", shown_if=condition("gone", True)),
)


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({}, "atd"),
        ({"a": True}, "asbtd"),
        ({"a": True, "b": True}, "asbtcd"),
        ({"a": False, "b": True}, "atd"),  # c looks at what is hidden
    ],
)
def test_what_is_shown(values, keys):
    assert "".join(version.field.key for version in shown(CHAIN, values)) == keys


def test_a_hidden_field_is_neither_needed_nor_taken():
    values, problems = read_all(CHAIN, {"a": "no", "b": "si", "c": "forged", "d": "x"})
    assert (values, problems) == ({"a": False, "b": None, "c": None, "d": "x"}, {})


def test_a_hidden_field_is_not_wrong_either():
    rows = (asks("a", "yes_no"), asks("n", "number", shown_if=condition("a", True)))
    assert read_all(rows, {"n": "forged"}) == ({"a": None, "n": None}, {})


def test_a_shown_field_is_needed():
    values, problems = read_all(CHAIN, {"a": "si", "b": "si"})
    assert values == {"a": True, "b": True, "d": None}
    assert {key: str(problem) for key, problem in problems.items()} == {"c": "Complete este campo."}


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ([asks("a", "yes_no")], []),
        (CHAIN, []),
        ([asks("a", "yes_no", shown_if=condition("a", True))], ["a"]),
        (
            [
                asks("z", "yes_no", shown_if=condition("a", True)),
                asks("a", "yes_no", shown_if=condition("b", True)),
                asks("b", "yes_no", shown_if=condition("a", True)),
            ],
            ["a", "b"],
        ),
        ([asks("s", "section", shown_if=condition("a", True)), asks("a", "yes_no")], ["s", "a"]),
    ],
)
def test_a_circle_is_found(rows, keys):
    assert circle(rows) == keys
    assert not {version.field.key for version in shown(rows, dict.fromkeys("ab", True))} & set(keys)


@pytest.mark.parametrize(
    ("kind", "value", "spanish", "english"),
    [
        ("short_text", None, "", ""),
        ("short_text", "Rosa", "Rosa", "Rosa"),
        ("number", 1.5, "1.5", "1.5"),
        ("date", "2026-05-12", "12/05/2026", "12/05/2026"),
        ("yes_no", False, "No", "No"),
        ("consent", True, "Sí", "Yes"),
        ("one_of", "mesa", "Mesa", "Mesa"),
        ("one_of", "gone", "gone", "gone"),
        ("some_of", ["mesa", "silla"], "Mesa; Silla", "Mesa; Silla"),
        ("ubigeo", "010205", "Imaza, Bagua, Amazonas", "Imaza, Bagua, Amazonas"),
        ("document", "dni 00000001", "DNI 00000001", "DNI 00000001"),
        ("file", 3, "Archivo 3", "File 3"),
    ],
)
def test_an_answer_in_words(kind, value, spanish, english):
    version = asks("campo", kind, "mesa", "silla")
    assert (as_text(version, value, "es"), as_text(version, value, "en")) == (spanish, english)


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"es": "Sí", "en": "Yes"}, "en", "Yes"),
        ({"es": "Sí", "en": ""}, "en", "Sí"),
        ({"es": "Sí"}, "es_PE", "Sí"),
        ({"qu": "Arí"}, "es", "Arí"),
        ({}, "es", ""),
    ],
)
def test_a_text_falls_back_to_spanish(texts, language, expected):
    assert words(texts, language) == expected
