"""The board of a room: questions and polls, as everybody in it sees them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.live.models import (
    Poll,
    PollState,
    PollVote,
    Question,
    QuestionState,
    QuestionVote,
)
from app.live.queries.rooms import settings_of
from app.live.rules import shares

MOST = 100  # questions that a room shows


@dataclass(frozen=True)
class BoardQuestion:
    """A question with its voices. `asked_by` is empty in a room without names."""

    id: int
    text: str
    asked_by: str
    votes: int
    state: QuestionState
    is_pinned: bool


@dataclass(frozen=True)
class BoardPoll:
    """A poll; `results` are (option, text, votes, per cent of the people who voted)."""

    id: int
    text: str
    is_multiple: bool
    state: PollState
    shows_results: bool
    people: int
    results: list[tuple[int, str, int, int]]


@dataclass(frozen=True)
class Board:
    """Everything of a room but who is looking at it."""

    takes_questions: bool
    questions: list[BoardQuestion]
    polls: list[BoardPoll]


def question_of(session_id: int, question_id: int) -> Question | None:
    """Return a question of this room."""
    return db.session.scalar(
        select(Question).where(Question.id == question_id, Question.session_id == session_id)
    )


def poll_of(session_id: int, poll_id: int) -> Poll | None:
    """Return a poll of this room with its options."""
    statement = select(Poll).options(selectinload(Poll.options))
    return db.session.scalar(statement.where(Poll.id == poll_id, Poll.session_id == session_id))


def board(session_id: int, *, is_moderator: bool = False) -> Board:
    """Return the board, the pinned question first, then those with most voices; the moderator sees all of it."""
    settings = settings_of(session_id)
    return Board(
        takes_questions=settings.takes_questions,
        questions=_questions(
            session_id, names=is_moderator or not settings.is_anonymous, all_states=is_moderator
        ),
        polls=_polls(session_id, drafts=is_moderator),
    )


def _questions(session_id: int, *, names: bool, all_states: bool) -> list[BoardQuestion]:
    votes = func.count(QuestionVote.registration_id)
    statement = (
        select(Question, votes)
        .outerjoin(QuestionVote, QuestionVote.question_id == Question.id)
        .options(joinedload(Question.registration))
        .where(Question.session_id == session_id)
        .group_by(Question.id)
        .order_by(Question.is_pinned.desc(), votes.desc(), Question.asked_at, Question.id)
        .limit(MOST)
    )
    if not all_states:
        statement = statement.where(Question.state.in_([QuestionState.SHOWN, QuestionState.ANSWERED]))
    return [
        BoardQuestion(
            id=one.id,
            text=one.text,
            asked_by=f"{one.registration.given_names} {one.registration.first_surname}" if names else "",
            votes=number,
            state=QuestionState(one.state),
            is_pinned=one.is_pinned,
        )
        for one, number in db.session.execute(statement).unique()
    ]


def _polls(session_id: int, *, drafts: bool) -> list[BoardPoll]:
    statement = select(Poll).options(selectinload(Poll.options)).where(Poll.session_id == session_id)
    if not drafts:
        statement = statement.where(Poll.state != PollState.DRAFT)
    polls = db.session.scalars(statement.order_by(Poll.state != PollState.OPEN, Poll.id.desc())).all()
    counted = (
        select(PollVote.option_id, func.count())
        .where(PollVote.poll_id.in_([poll.id for poll in polls]))
        .group_by(PollVote.option_id)
    )
    votes = dict(db.session.execute(counted).all())
    voters = (
        select(PollVote.poll_id, func.count(PollVote.registration_id.distinct()))
        .where(PollVote.poll_id.in_([poll.id for poll in polls]))
        .group_by(PollVote.poll_id)
    )
    people = dict(db.session.execute(voters).all())
    return [_shown(poll, votes, people.get(poll.id, 0)) for poll in polls]


def _shown(poll: Poll, votes: dict[int, int], people: int) -> BoardPoll:
    numbers = [votes.get(option.id, 0) for option in poll.options]
    results = [
        (option.id, option.text, number, share)
        for option, number, share in zip(poll.options, numbers, shares(numbers, people), strict=True)
    ]
    return BoardPoll(
        poll.id, poll.text, poll.is_multiple, PollState(poll.state), poll.shows_results, people, results
    )


def voted_for(session_id: int, registration_id: int) -> set[int]:
    """Return the questions of a room for which somebody has voted."""
    statement = (
        select(QuestionVote.question_id)
        .join(Question, Question.id == QuestionVote.question_id)
        .where(Question.session_id == session_id, QuestionVote.registration_id == registration_id)
    )
    return set(db.session.scalars(statement))


def answered_polls(session_id: int, registration_id: int) -> set[int]:
    """Return the polls of a room that somebody has answered."""
    statement = (
        select(PollVote.poll_id)
        .join(Poll, Poll.id == PollVote.poll_id)
        .where(Poll.session_id == session_id, PollVote.registration_id == registration_id)
    )
    return set(db.session.scalars(statement))
