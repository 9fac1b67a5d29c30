"""Checkpoints as signed notes."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.publiclog import notes
from app.publiclog.notes import BadNote, Checkpoint

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NAME = "tinkuy.example/registro/"
VERIFIER = notes.verifier_key(NAME, KEY.public_key())
CHECKPOINT = Checkpoint(NAME, 7, b"r" * 32)
NOTE = notes.signed(CHECKPOINT, KEY)


def test_a_note_has_the_form_of_the_standard():
    lines = NOTE.split("\n")
    assert lines[:4] == [NAME, "7", base64.b64encode(b"r" * 32).decode(), ""]
    assert lines[4].startswith(f"— {NAME} ")
    assert len(base64.b64decode(lines[4].rpartition(" ")[2])) == 4 + 64
    assert lines[5:] == [""]


def test_what_was_signed_is_opened():
    assert notes.opened(NOTE, VERIFIER) == CHECKPOINT


def test_another_s_signature_beside_it_does_no_harm():
    other = notes.signed(CHECKPOINT, Ed25519PrivateKey.from_private_bytes(b"1" * 32)).splitlines()[-1]
    assert notes.opened(f"{NOTE}{other}\n", VERIFIER) == CHECKPOINT


@pytest.mark.parametrize(
    "note",
    [
        "",
        "nothing",
        NOTE.replace("\n7\n", "\n8\n"),
        NOTE.replace(base64.b64encode(b"r" * 32).decode(), base64.b64encode(b"s" * 32).decode()),
        NOTE.replace("— tinkuy", "— another"),
        NOTE.replace("— ", "- "),
        NOTE[:-10] + "\n",
        notes.signed(CHECKPOINT, Ed25519PrivateKey.from_private_bytes(b"1" * 32)),
        notes.signed(Checkpoint(NAME, -1, b"r" * 32), KEY),
    ],
)
def test_any_other_note_is_refused(note):
    with pytest.raises(BadNote):
        notes.opened(note, VERIFIER)


@pytest.mark.parametrize("verifier", ["", "a+b", f"{NAME}+00000000+AAAA", f"{NAME}+00000000+%%"])
def test_a_malformed_key_opens_nothing(verifier):
    with pytest.raises(BadNote):
        notes.opened(NOTE, verifier)
