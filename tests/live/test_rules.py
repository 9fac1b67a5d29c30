"""What a question and a poll may be, and which answers are taken."""

import pytest

from app.live import rules
from app.live.errors import BadPoll, QuestionMissing, QuestionTooLong, WrongChoice


def test_a_question_is_one_tidy_paragraph():
    assert rules.question_text("  ¿Y los\n\n plazos?\u200b ") == "¿Y los plazos?"


@pytest.mark.parametrize(
    ("typed", "error"), [("", QuestionMissing), (" \n\u202e ", QuestionMissing), ("x" * 501, QuestionTooLong)]
)
def test_no_other_question_is_taken(typed, error):
    with pytest.raises(error):
        rules.question_text(typed)


def test_a_poll_has_one_answer_a_line():
    assert rules.poll_texts(" ¿Cuál? ", "Sí\n\n  No \r\nTal vez") == ("¿Cuál?", ["Sí", "No", "Tal vez"])


@pytest.mark.parametrize(
    ("text", "options", "field"),
    [
        ("", "Sí\nNo", "text"),
        ("x" * 301, "Sí\nNo", "text"),
        ("¿?", "Sí", "options"),
        ("¿?", "\n".join(map(str, range(1000))), "options"),
        ("¿?", "Sí\n" + "x" * 121, "options"),
        ("¿?", "Sí\nsi", "options"),
    ],
)
def test_what_is_wrong_with_a_poll_is_said_at_its_field(text, options, field):
    with pytest.raises(BadPoll) as caught:
        rules.poll_texts(text, options)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given", "is_multiple", "found"),
    [([1], False, {1}), ([1, 1], False, {1}), ([1, 2], True, {1, 2}), ([3, 1, 2], True, {1, 2, 3})],
)
def test_answers_of_the_poll_are_taken(given, is_multiple, found):
    assert rules.chosen(given, [1, 2, 3], is_multiple=is_multiple) == found


@pytest.mark.parametrize(
    ("given", "is_multiple"), [([], True), ([1, 2], False), ([4], True), ([1, 4], True), ([0], False)]
)
def test_no_others_are(given, is_multiple):
    with pytest.raises(WrongChoice):
        rules.chosen(given, [1, 2, 3], is_multiple=is_multiple)


@pytest.mark.parametrize(
    ("votes", "people", "shares"), [([0, 0], 0, [0, 0]), ([1, 2], 3, [33, 67]), ([3, 3], 3, [100, 100])]
)
def test_shares_are_of_the_people_who_voted(votes, people, shares):
    assert rules.shares(votes, people) == shares
