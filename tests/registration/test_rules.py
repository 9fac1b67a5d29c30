"""Rules of registration, as tables."""

import pytest

from app.registration import rules
from app.registration.models import DocumentType, RegistrationStatus

CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED


@pytest.mark.parametrize(
    ("capacity", "taken", "status"),
    [
        (None, 0, CONFIRMED),
        (None, 9999, CONFIRMED),
        (2, 1, CONFIRMED),
        (2, 2, WAITLISTED),
        (0, 0, WAITLISTED),
    ],
)
def test_first_status(capacity, taken, status):
    assert rules.first_status(capacity, taken=taken) == status


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (DocumentType.DNI, " 00.000-001 ", "00000001"),
        (DocumentType.CE, "00123456a", "00123456A"),
        (DocumentType.PASSPORT, "ab 123/45", "AB12345"),
        (DocumentType.NONE, "whatever", ""),
    ],
)
def test_normalise_document(kind, typed, kept):
    assert rules.normalise_document(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "number", "is_good"),
    [
        (DocumentType.DNI, "00000001", True),
        (DocumentType.DNI, "0000001", False),
        (DocumentType.DNI, "000000011", False),
        (DocumentType.DNI, "0000000A", False),
        (DocumentType.DNI, "１２３４５６７８", False),
        (DocumentType.CE, "001234567", True),
        (DocumentType.CE, "00123456", False),
        (DocumentType.CE, "00123456789AB", False),
        (DocumentType.PASSPORT, "AB12345", True),
        (DocumentType.PASSPORT, "A1", False),
        (DocumentType.NONE, "", True),
        (DocumentType.NONE, "1", False),
    ],
)
def test_is_document(kind, number, is_good):
    assert rules.is_document(kind, number) == is_good


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("Rosa", True),
        ("María José", True),
        ("O’Higgins", True),
        ("D'Ángela", True),
        ("Tsʼejeŋ", True),
        ("Ɨwan", True),
        ("Quispe-Mamani", True),
        ("Ma. Elena", True),
        ("李", True),
        ("أحمد", True),
        ("", False),
        ("123", False),
        ("Rosa 2", False),
        ("'; DROP TABLE x", False),
        ("<script>", False),
        ("=cmd()", False),
        ("🙂", False),
        ("-", False),
        ("a\u0301\u0301\u0301", False),
    ],
)
def test_is_name(name, is_good):
    assert rules.is_name(name) == is_good


def _identity(**values):
    person = {
        "document_type": DocumentType.NONE,
        "document_number": "",
        "email": "A@x.pe",
        "full_name": "Ana Ñahui",
        "entity": "",
    }
    return rules.identity(**person | values)


def test_identity_is_the_document():
    one = _identity(document_type=DocumentType.DNI, document_number="1", email="a@x.pe")
    other = _identity(document_type=DocumentType.DNI, document_number="1", email="b@x.pe", full_name="Other")
    assert one == other
    assert one != _identity(document_type=DocumentType.CE, document_number="1")


def test_identity_without_document_is_mail_and_names():
    assert _identity() == _identity(email="a@X.pe", full_name="ANA  ñahui")
    assert _identity() != _identity(full_name="Ana Quispe")
    assert _identity() != _identity(email="b@x.pe")
    assert _identity() == _identity(entity="Imaza")


def test_identity_without_document_and_mail_is_names_and_community():
    assert _identity(email="", entity="Comunidad  de ÁMAZA") == _identity(
        email="", entity="comunidad de amaza"
    )
    assert _identity(email="", entity="Imaza") != _identity(email="", entity="Chipe")
    assert _identity(email="", entity="Imaza") != _identity(email="", entity="Imaza", full_name="Ana Quispe")


def test_sort_key_follows_spanish_order():
    names = ["Ñahui, Zoë", "Núñez, Ana", "Nuñez, Bea", "Oré, Luz", "ñandú, a", "Nina, X"]
    assert sorted(names, key=rules.sort_key) == [
        "Nina, X",
        "Núñez, Ana",
        "Nuñez, Bea",
        "Ñahui, Zoë",
        "ñandú, a",
        "Oré, Luz",
    ]


def test_folded_forgives_accents_and_capitals():
    assert rules.folded("  ÑAHUI  Túpac ") == "nahui tupac"
