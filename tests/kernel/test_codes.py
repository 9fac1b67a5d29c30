"""Codes that people read aloud: whatever single slip is made, it is noticed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import codes

CODES = st.sampled_from([8, 12]).map(codes.generate)


@given(CODES, st.data())
def test_a_single_wrong_character_is_caught(code, data):
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([sign for sign in codes.ALPHABET if sign != code[place]]))
    assert codes.is_valid(code, length=len(code))
    assert not codes.is_valid(code[:place] + other + code[place + 1 :], length=len(code))


@given(CODES, st.data())
def test_any_two_characters_swapped_are_caught(code, data):
    first, second = data.draw(st.lists(st.integers(0, len(code) - 1), min_size=2, max_size=2, unique=True))
    signs = list(code)
    signs[first], signs[second] = signs[second], signs[first]
    assert codes.is_valid("".join(signs), length=len(code)) == (code[first] == code[second])


@given(CODES)
def test_a_missing_or_doubled_character_is_caught(code):
    assert not codes.is_valid(code[1:], length=len(code))
    assert not codes.is_valid(code + code[-1], length=len(code))


@given(CODES, st.sampled_from(["lower", "upper"]), st.sampled_from(["-", " ", "", "–", "\u00a0", " - "]))
def test_case_spaces_and_dashes_are_forgiven(code, case, between):
    typed = between.join(code[start : start + 4] for start in range(0, len(code), 4))
    assert codes.normalise(f" {getattr(typed, case)()}\n") == code


@given(st.text(max_size=30))
def test_whatever_is_typed_is_only_good_or_bad(typed):
    code = codes.normalise(typed)
    assert codes.is_valid(code, length=8) in {True, False}
    if codes.is_valid(code, length=8):
        assert set(code) <= set(codes.ALPHABET)


def test_the_alphabet_has_no_twins_and_a_prime_size():
    assert not set("01ILOUZ") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 29


def test_codes_differ():
    assert len({codes.generate(8) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("code", "shown"), [("ABCD2345", "ABCD-2345"), ("ABCDEFGH2345", "ABCD-EFGH-2345"), ("", "")]
)
def test_codes_are_shown_in_fours(code, shown):
    assert codes.grouped(code) == shown
    assert re.sub("-", "", shown) == code
