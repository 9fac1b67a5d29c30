"""Questions and polls of a room: asked and answered by people in it, kept in order by a moderator."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Integer, Table, bindparam, delete, select

from app import audit
from app.attendance.rules import Attendee, Timed
from app.events.models import Event, Session
from app.extensions import db
from app.live import queries, rules
from app.live.errors import NothingToVote, PollNotOpen, QuestionsClosed
from app.live.models import (
    Poll,
    PollOption,
    PollState,
    PollVote,
    Question,
    QuestionState,
    QuestionVote,
)
from app.upserts import insert_into


def _is_open(session: Timed, *, at: datetime) -> bool:
    return queries.state(session, at=at) == queries.RoomState.OPEN


def ask(person: Attendee, session: Timed, typed: str, *, at: datetime) -> Question:
    """Put somebody's question to the room, or before its moderator.

    Raises QuestionsClosed, QuestionMissing and QuestionTooLong.
    """
    settings = queries.settings_of(session.id)
    if not settings.takes_questions or not _is_open(session, at=at):
        raise QuestionsClosed
    question = Question(
        session_id=session.id,
        registration_id=person.id,
        text=rules.question_text(typed),
        state=QuestionState.PENDING if settings.is_moderated else QuestionState.SHOWN,
        is_pinned=False,
        asked_at=at,
    )
    db.session.add(question)
    return question


def vote(person: Attendee, session: Timed, question_id: int, *, at: datetime) -> None:
    """Give somebody's voice to a question; a second time changes nothing. Raises NothingToVote."""
    if not _is_open(session, at=at):
        raise NothingToVote
    give, shown = _voting(db.engine.dialect.name)
    row = {"question": question_id, "session": session.id}
    is_given = db.session.execute(give, row | {"person": person.id}).all()
    if not is_given and not db.session.execute(shown, row).all():
        raise NothingToVote


@cache
def _voting(engine: str) -> tuple[Any, Any]:
    """Return the statements of a vote, built once: one gives it where the question is shown, one tells if it is."""
    questions, votes = cast(Table, Question.__table__).c, cast(Table, QuestionVote.__table__)
    shown = select(questions.id).where(
        questions.id == bindparam("question"),
        questions.session_id == bindparam("session"),
        questions.state == QuestionState.SHOWN,
    )
    chosen = shown.add_columns(bindparam("person", type_=Integer))
    give = insert_into(votes, engine=engine).from_select(["question_id", "registration_id"], chosen)
    return give.on_conflict_do_nothing().returning(votes.c.question_id), shown


def answer(person: Attendee, session: Timed, poll_id: int, options: Iterable[int], *, at: datetime) -> None:
    """Take somebody's answer to an open poll, in place of the one they gave before.

    Raises PollNotOpen and WrongChoice.
    """
    poll = queries.poll_of(session.id, poll_id)
    if poll is None or poll.state != PollState.OPEN or not _is_open(session, at=at):
        raise PollNotOpen
    found = rules.chosen(options, [one.id for one in poll.options], is_multiple=poll.is_multiple)
    # A single choice is one row whose option changes, so that two devices at once cannot leave two.
    if poll.is_multiple:
        db.session.execute(
            delete(PollVote).where(PollVote.poll_id == poll.id, PollVote.registration_id == person.id)
        )
    for option in sorted(found):
        row = {
            "poll_id": poll.id,
            "registration_id": person.id,
            "turn": option if poll.is_multiple else 0,
            "option_id": option,
        }
        statement = insert_into(PollVote).values(row)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["poll_id", "registration_id", "turn"], set_={"option_id": option}
            )
        )


def settle(
    event: Event,
    session: Session,
    *,
    takes_questions: bool,
    takes_hands: bool,
    is_moderated: bool,
    is_anonymous: bool,
    at: datetime,
) -> None:
    """Decide how people take part in a room: questions and hands."""
    settings = queries.settings_of(session.id)
    settings.takes_questions, settings.takes_hands = takes_questions, takes_hands
    settings.is_moderated = is_moderated
    settings.is_anonymous = is_anonymous
    db.session.add(settings)
    audit.record("room.settled", session, event=event, at=at)


def move_question(event: Event, question: Question, state: QuestionState, *, at: datetime) -> None:
    """Let a question in, call it answered, or put it away; what is not shown is not pinned."""
    question.state = state
    question.is_pinned = question.is_pinned and state == QuestionState.SHOWN
    audit.record(f"room.question_{state}", question, event=event, at=at)


def pin(event: Event, question: Question, *, at: datetime) -> None:
    """Put a question before all others of its room, or let go of it where it was."""
    db.session.query(Question).filter(
        Question.session_id == question.session_id, Question.id != question.id, Question.is_pinned
    ).update({"is_pinned": False})
    question.is_pinned = not question.is_pinned and question.state == QuestionState.SHOWN
    audit.record("room.question_pinned", question, event=event, at=at)


def draft_poll(
    event: Event, session: Session, text: str, answers: str, *, is_multiple: bool, at: datetime
) -> Poll:
    """Write a poll that nobody sees yet. Raises BadPoll."""
    question, options = rules.poll_texts(text, answers)
    poll = Poll(
        session_id=session.id,
        text=question,
        is_multiple=is_multiple,
        shows_results=False,
        state=PollState.DRAFT,
        created_at=at,
        options=[PollOption(place=place, text=option) for place, option in enumerate(options)],
    )
    db.session.add(poll)
    audit.record("room.poll_drafted", poll, event=event, at=at)
    return poll


def move_poll(event: Event, poll: Poll, state: PollState, *, at: datetime) -> None:
    """Open a poll or close it; a poll that was open is no draft again."""
    if state == PollState.DRAFT:
        raise ValueError("a poll that people saw is no draft")
    poll.state = state
    audit.record(f"room.poll_{state}", poll, event=event, at=at)


def show_results(event: Event, poll: Poll, *, shown: bool, at: datetime) -> None:
    """Let the room see how a poll stands, or hide it."""
    poll.shows_results = shown
    audit.record("room.poll_results", poll, event=event, at=at, shown=shown)
