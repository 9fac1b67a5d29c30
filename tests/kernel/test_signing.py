"""Keys and tokens that are derived: the same from the same, another from anything else, in one form only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import signing


@given(st.binary(max_size=64))
def test_bytes_survive_the_round_trip(data):
    assert signing.from_text(signing.to_text(data)) == data


@given(st.text(max_size=40))
def test_any_other_text_is_refused_or_canonical(text):
    try:
        data = signing.from_text(text)
    except ValueError:
        return
    assert signing.to_text(data) == text


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "Q Q", "QQ\n", "+/", "ñ", "QQ=", "=", "\0"])
def test_a_second_spelling_of_the_same_bytes_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeEncodeError and binascii.Error are its children
        signing.from_text(text)


def test_what_is_derived_depends_on_purpose_parts_and_key(app):
    with app.app_context():
        known = signing.derive("link", 12, 3)
        others = {
            signing.derive("mail", 12, 3),
            signing.derive("link", 1, 23),
            signing.derive("link", 123),
            signing.derive("link", 12, 3, 0),
        }
        assert known == signing.derive("link", 12, 3)
        assert len(known) == 18
        assert known not in others
        assert len(others) == 4
        key = app.config["SECRET_KEY"]
        app.config["SECRET_KEY"] = key + "!"
        try:
            assert signing.derive("link", 12, 3) != known
        finally:
            app.config["SECRET_KEY"] = key


def test_tokens_are_new_each_time_and_kept_as_a_hash():
    tokens = {signing.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {32}
    assert signing.hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_matches_compares_all():
    assert signing.matches(b"abc", b"abc")
    assert not signing.matches(b"abc", b"abd")
    assert not signing.matches(b"abc", b"ab")
