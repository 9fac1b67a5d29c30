"""Rules of questions and polls: pure functions."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from app.live.errors import (
    BadPoll,
    LinksRefused,
    MessageMissing,
    MessageTooLong,
    QuestionMissing,
    QuestionTooLong,
    WrongChoice,
)
from app.text import folded, tidy, tidy_lines

LONGEST_QUESTION = 500  # characters
LONGEST_MESSAGE = 300
LONGEST_POLL, LONGEST_OPTION = 300, 120
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12
OPENS_MINUTES = 15  # before its session begins, where nobody settled it
MOST_HANDS = 100  # up at once in a room
HOLDS_PLACE = timedelta(
    minutes=5
)  # without being heard of, somebody keeps a place in a room with few of them
ANNOUNCED_FOR = timedelta(hours=2)
REACTION_SECONDS, REACTION_STEPS = 20, 3  # a reaction is shown for a minute, in steps that are counted as one
_LINK = re.compile(
    r"https?:|www\.|\b[a-z0-9-]+\.(?:com|net|org|info|pe|io|me|ly|gl|app|link|site|online|xyz|co|tk|ru|to)\b",
    re.I,
)
CHECK_EVERY, CHECK_ANSWER = timedelta(minutes=20), timedelta(minutes=2)
STAGE_OPENS = timedelta(hours=1)  # speakers come before the others


def question_text(typed: str) -> str:
    """Return a question as it is kept: one paragraph, tidied. Raises QuestionMissing and QuestionTooLong."""
    text = tidy(typed)
    if not text:
        raise QuestionMissing
    if len(text) > LONGEST_QUESTION:
        raise QuestionTooLong
    return text


def message_text(typed: str, *, links: bool) -> str:
    """Return a message as it is kept: one paragraph, tidied.

    Raises MessageMissing, MessageTooLong, and LinksRefused for what looks like an address where `links` are unwanted.
    """
    text = tidy(typed)
    if not text:
        raise MessageMissing
    if len(text) > LONGEST_MESSAGE:
        raise MessageTooLong
    if not links and _LINK.search(text):
        raise LinksRefused
    return text


def reaction_step(at: datetime) -> int:
    """Return the step of time in which presses of a reaction are counted together."""
    return int(at.timestamp()) // REACTION_SECONDS


class Check(NamedTuple):
    """The newest time at which somebody is asked whether they are still there; number 0 is none so far."""

    number: int
    is_late: bool


def newest_check(starts_at: datetime, draw: Callable[[int], int], *, at: datetime) -> Check:
    """Return who is asked what at an instant: once in each twenty minutes of a session, at a second that `draw` gives.

    `draw` returns any whole number for the number of a check; whoever has not answered after two minutes is late.
    """
    number = int((at - starts_at) // CHECK_EVERY) + 1
    for one in (number, number - 1):
        if one < 1:
            break
        seconds = draw(one) % int((CHECK_EVERY - CHECK_ANSWER).total_seconds())
        asked_at = starts_at + (one - 1) * CHECK_EVERY + timedelta(seconds=seconds)
        if asked_at <= at:
            return Check(one, at >= asked_at + CHECK_ANSWER)
    return Check(0, False)


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
