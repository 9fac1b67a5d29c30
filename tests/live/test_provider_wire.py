"""What is said to servers of rooms, in their own format: checksums, claims of tokens, answers as they come."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.live.providers import Access, Guest, Meeting, MeetingGone, ProviderFailed, SecretRefused, place
from app.live.providers.bigbluebutton import checksum, understood

NINE = datetime(2026, 5, 28, 14, 0, tzinfo=UTC)
MEETING = Meeting(
    "uid-1", "Datos & más", NINE, NINE + timedelta(hours=1), "https://t.pe/", "llave", "https://t.pe/avisos"
)
ROSA = Guest("7-abc", "Rosa Ñahui", is_moderator=False)
SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        # The first is the example of the API's own documentation.
        ("sha1", "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"),
        ("sha256", "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"),
    ],
)
def test_checksums(algorithm, expected):
    query = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
    found = checksum("create", query, SECRET, algorithm)
    assert found == expected


def bbb(algorithm="sha1"):
    access = Access("bigbluebutton", "https://bbb.example.pe/bigbluebutton", SECRET, algorithm)
    return place("https://bbb.example.pe/bigbluebutton", access)


def test_a_way_into_bigbluebutton_is_good_for_one_person():
    address = bbb().join(MEETING, ROSA, at=NINE)
    parts = urlsplit(address)
    query, _, proof = parts.query.rpartition("&checksum=")
    assert (parts.netloc, parts.path) == ("bbb.example.pe", "/bigbluebutton/api/join")
    assert parse_qs(query) == {
        "meetingID": ["uid-1"],
        "fullName": ["Rosa Ñahui"],
        "userID": ["7-abc"],
        "role": ["VIEWER"],
    }
    assert proof == checksum("join", query, SECRET, "sha1")
    moderator = Guest("s1", "Julia", is_moderator=True)
    assert "role=MODERATOR" in bbb().join(MEETING, moderator, at=NINE)


def _answer(inside):
    return f"<response>{inside}</response>".encode()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            _answer("<returncode>FAILED</returncode><messageKey>checksumError</messageKey>"),
            SecretRefused,
        ),
        (_answer("<returncode>FAILED</returncode><messageKey>notFound</messageKey>"), MeetingGone),
        (_answer("<returncode>FAILED</returncode><messageKey>other</messageKey>"), ProviderFailed),
        (b"<!DOCTYPE html><html><body>Bad gateway</body></html>", ProviderFailed),
        (b"<html><body>hello</body></html>", ProviderFailed),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><response>&b;</response>', ProviderFailed),
        ('<?xml version="1.0" encoding="utf-16"?><response/>'.encode("utf-16"), ProviderFailed),
        (b"{}", ProviderFailed),
        (b"", ProviderFailed),
    ],
)
def test_answers_that_are_none(body, error):
    with pytest.raises(ProviderFailed) as raised:
        understood(body)
    assert raised.type is error


def jitsi(secret, algorithm, key_id="", url="https://meet.example.pe/Sala%20Uno"):
    access = Access("jitsi", "https://meet.example.pe", secret, algorithm, "tinkuy", "", key_id)
    return place(url, access)


def test_a_token_of_jitsi_with_a_shared_secret():
    address = jitsi("x" * 32, "HS256").join(MEETING, ROSA, at=NINE)
    base, _, token = address.partition("?jwt=")
    assert base == "https://meet.example.pe/Sala%20Uno"
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    claims = jwt.decode(token, "x" * 32, ["HS256"], audience="jitsi", options={"verify_exp": False})
    assert claims == {
        "aud": "jitsi",
        "iss": "tinkuy",
        "sub": "meet.example.pe",
        "room": "Sala Uno",
        "nbf": int(NINE.timestamp()) - 60,
        "exp": int((NINE + timedelta(hours=2)).timestamp()),
        "context": {"user": {"id": "7-abc", "name": "Rosa Ñahui", "moderator": "false"}},
    }


def test_a_token_of_jitsi_with_a_private_key():
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    room = jitsi(pem.decode(), "RS256", "llave/1", "https://meet.example.pe/")
    base, _, token = room.join(MEETING, ROSA, at=NINE).partition("?jwt=")
    assert base == "https://meet.example.pe/uid-1"
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": "llave/1"}
    options = {"verify_exp": False}
    claims = jwt.decode(token, key.public_key(), ["RS256"], audience="jitsi", options=options)
    assert claims["room"] == "uid-1"


def test_what_is_no_key_signs_nothing():
    with pytest.raises(ProviderFailed):
        jitsi("no es una llave", "RS256").join(MEETING, ROSA, at=NINE)
