"""Rules of questions and polls: pure functions."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from app.live.errors import BadPoll, QuestionMissing, QuestionTooLong, WrongChoice
from app.text import folded, tidy, tidy_lines

LONGEST_QUESTION = 500  # characters
LONGEST_POLL, LONGEST_OPTION = 300, 120
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12
OPENS_MINUTES = 15  # before its session begins, where nobody settled it
HOLDS_PLACE = timedelta(
    minutes=5
)  # without being heard of, somebody keeps a place in a room with few of them
STAGE_OPENS = timedelta(hours=1)  # speakers come before the others


def question_text(typed: str) -> str:
    """Return a question as it is kept: one paragraph, tidied. Raises QuestionMissing and QuestionTooLong."""
    text = tidy(typed)
    if not text:
        raise QuestionMissing
    if len(text) > LONGEST_QUESTION:
        raise QuestionTooLong
    return text


def poll_texts(question: str, answers: str) -> tuple[str, list[str]]:
    """Return the question of a poll and its answers, one a line. Raises BadPoll."""
    text = tidy(question)
    options = [line for line in tidy_lines(answers).split("\n") if line]
    if not text:
        raise BadPoll(_l("Write the question of the poll."), "text")
    if len(text) > LONGEST_POLL:
        raise BadPoll(_l("The question of a poll has at most 300 characters."), "text")
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise BadPoll(_l("Write between two and twelve answers, one on each line."), "options")
    if any(len(option) > LONGEST_OPTION for option in options):
        raise BadPoll(_l("An answer has at most 120 characters."), "options")
    if len({folded(option) for option in options}) < len(options):
        raise BadPoll(_l("Two of the answers are alike."), "options")
    return text, options


def chosen(given: Iterable[int], options: Sequence[int], *, is_multiple: bool) -> set[int]:
    """Return which of a poll's options were chosen. Raises WrongChoice for none, foreign ones, or too many."""
    found = set(given)
    if not found or not found <= set(options) or (len(found) > 1 and not is_multiple):
        raise WrongChoice
    return found


def shares(votes: Sequence[int], people: int) -> list[int]:
    """Return each number of votes in whole per cent of the people who voted."""
    return [round(100 * one / people) if people else 0 for one in votes]
