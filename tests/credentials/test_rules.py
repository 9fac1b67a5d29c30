"""Credentials, DIDs and status lists: what is signed can be opened, and nothing else can."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.credentials import rules
from app.credentials.rules import Award, BadCredential

DID = "did:web:tinkuy.example"
PRIVATE = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32).public_key().public_bytes_raw()
AT = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
AWARD = Award(
    address="https://tinkuy.example/verificar/2222-2222-2222",
    name="Rosa Quispe Ñahui",
    title="Constancia de participación",
    event="Semana de Gobierno Abierto",
    organisation="Municipalidad de Prueba",
    role="asistente",
    narrative="Asistente; seis (6) horas cronológicas.",
    starts_on=date(2026, 5, 10),
    ends_on=date(2026, 5, 12),
    issued_at=AT,
    status_list="https://tinkuy.example/credenciales/estado/1",
    status_index=rules.LIST_LENGTH + 5,
)


def token(award=AWARD, private=PRIVATE):
    return rules.signed(rules.badge(award, issuer=DID), private)


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://tinkuy.gob.pe", "did:web:tinkuy.gob.pe"),
        ("https://tinkuy.gob.pe:8443/", "did:web:tinkuy.gob.pe%3A8443"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
    ],
)
def test_a_site_has_one_did_whose_document_stands_there(address, did):
    assert rules.did_of(address) == did
    assert rules.document_address(did) == f"{address.rstrip('/')}/.well-known/did.json"


@pytest.mark.parametrize(
    "did", ["", "did:key:z6Mk", "did:web:", "did:web:a:b", "did:web:a%2Fb", "did:web:me%40a", "https://a"]
)
def test_no_other_did_is_asked(did):
    with pytest.raises(BadCredential):
        rules.document_address(did)


def test_a_key_is_called_by_its_thumbprint():
    """The example of RFC 8037, appendix A.3."""
    public = rules._bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert rules.key_name(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_what_is_signed_can_be_opened_and_is_the_same_each_time():
    claims = rules.opened(token(), rules.did_document(DID, [OTHER, PUBLIC]))
    assert token() == token()
    assert claims == rules.badge(AWARD, issuer=DID)
    assert claims["credentialSubject"]["identifier"][0]["identityHash"] == "Rosa Quispe Ñahui"
    assert claims["credentialStatus"]["statusListIndex"] == "5"
    assert claims["nbf"] == int(AT.timestamp())
    assert rules.issuer_of(token()) == DID


def test_days_that_are_unknown_are_left_out():
    subject = rules.badge(replace(AWARD, starts_on=None, ends_on=None), issuer=DID)["credentialSubject"]
    assert not {"activityStartDate", "activityEndDate"} & set(subject)


def forged(**changes):
    return rules.signed({**rules.badge(AWARD, issuer=DID), **changes}, PRIVATE)


def unsigned():
    return jwt.encode(rules.badge(AWARD, issuer=DID), "", algorithm="none")


def symmetric():
    """Signed with the public key as if it were a secret one."""
    name = f"{DID}#{rules.key_name(PUBLIC)}"
    return jwt.encode(rules.badge(AWARD, issuer=DID), PUBLIC, algorithm="HS256", headers={"kid": name})


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a.b.c",
        token()[:-3] + "AAA",
        token(private=b"o" * 32),
        unsigned(),
        symmetric(),
        forged(iss="did:web:another.example"),
        forged(issuer={"id": "did:web:another.example"}),
        forged(id="https://tinkuy.example/verificar/another"),
    ],
)
def test_nothing_else_is_opened(given):
    with pytest.raises(BadCredential):
        rules.opened(given, rules.did_document(DID, [PUBLIC]))


@pytest.mark.parametrize("document", [{}, {"id": DID}, {"id": DID, "verificationMethod": [{}]}])
def test_a_document_without_keys_opens_nothing(document):
    with pytest.raises(BadCredential):
        rules.opened(token(), document)


def test_a_key_for_something_else_opens_nothing():
    document = rules.did_document(DID, [PUBLIC]) | {"assertionMethod": []}
    with pytest.raises(BadCredential):
        rules.opened(token(), document)


def test_a_status_list_tells_of_each_place():
    ended = {0, 7, 8, 9_001, rules.LIST_LENGTH - 1}
    encoded = rules.encoded(ended)
    assert encoded == rules.encoded(sorted(ended))
    asked = {*ended, 1, 6, 9, 9_000, 9_002}
    assert {place for place in asked if rules.is_ended(encoded, place)} == ended
    payload = rules.status_list("https://a.example/estado/0", ended, issuer=DID, at=AT)
    assert json.loads(json.dumps(payload))["credentialSubject"]["encodedList"] == encoded


def test_the_first_place_is_the_leftmost_bit():
    """An empty list as the specification's own encoding of 16 KB of zeros would unpack, and one with the first bit."""
    assert rules.is_ended(rules.encoded([0]), 0)
    assert not any(rules.is_ended(rules.encoded([0]), place) for place in range(1, 17))


@pytest.mark.parametrize(
    ("given", "place"),
    [("", 0), ("u", 0), ("uAAAA", 0), (rules.encoded([])[1:], 0), (rules.encoded([]), 2**40)],
)
def test_a_broken_status_list_is_refused(given, place):
    with pytest.raises(BadCredential):
        rules.is_ended(given, place)
