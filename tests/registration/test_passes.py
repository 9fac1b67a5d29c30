"""The text of a pass: what it says, and what a door makes of it. The vectors bind the JavaScript of the door too."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import qr
from app.registration import passes
from app.registration.passes import Fault, Pass, base45

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "pass_vectors.json").read_text())
KEYS = {int(number): bytes.fromhex(key) for number, key in VECTORS["public_keys"].items()}
VOID = {int(number): version for number, version in VECTORS["void_below"].items()}


def _checked(text: str, at: datetime) -> str:
    try:
        found = passes.read(text)
    except passes.Unreadable:
        return Fault.DAMAGED
    fault = passes.check(found, KEYS, event_id=VECTORS["event_id"], void_below=VOID, at=at)
    return fault or "good"


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["name"])
def test_a_door_answers_as_the_vectors_say(case: dict[str, Any]) -> None:
    assert _checked(case["token"], datetime.fromisoformat(case["at"])) == case["expected"]
    if says := case.get("says"):
        expected = Pass(**says | {"expires_at": datetime.fromtimestamp(says["expires_at"], tz=UTC)})
        assert passes.read(case["token"]).says == expected
        key = bytes.fromhex(VECTORS["private_keys"][str(expected.key_number)])
        assert passes.sign(expected, key) == case["token"].strip()


def test_the_vectors_know_every_fault() -> None:
    assert {case["expected"] for case in VECTORS["vectors"]} == {*Fault, "good"}


def test_a_pass_fits_a_small_symbol() -> None:
    token = VECTORS["vectors"][0]["token"]
    assert len(token) == 125
    assert qr.svg_path(token, border=0)[0] == 41  # version 6


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_base45_is_that_of_the_rfc(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["GGW", "::", "A", "AAAA", "aaa", "ßßß", "AA\n"])
def test_base45_refuses_what_encodes_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"not in the alphabet|encodes nothing"):
        base45.decode(text)
