"""Sixty-four clients at once vote, answer, raise hands and enter: nobody twice, nobody lost, no more than may."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select

from app import unit_of_work
from app.events.models import Session
from app.extensions import db
from app.live import queries, services
from app.live.errors import RoomFull
from app.live.models import Hand, Poll, PollOption, PollState, PollVote, QuestionVote, RoomEntry, RoomSettings
from app.registration.models import Registration
from tests import factories
from tests.support.databases import database
from tests.support.races import await_rivals, race

PROCESSES = DEVICES = 8  # of each of eight people
PLACES = 3
Place = dict[str, Any]


@pytest.fixture
def place(own_database: str) -> Place:
    """A room with few places, a question, a poll with as many answers as one person has devices, and hands.

    Everybody's hand is up but one's.
    """
    with database(own_database):
        event = factories.event(days=1)
        talk = factories.session(event, event.days[0], hour=15, online_url="https://meet.jit.si/sala")
        people = [factories.registration(event) for _ in range(PROCESSES)]
        at = talk.starts_at
        with unit_of_work.transaction():
            talk, event = db.session.merge(talk), db.session.merge(event)
            services.settle_room(event, talk, capacity=PLACES, opens_minutes=15, at=at)
            question = services.ask(db.session.merge(people[0]), talk, "¿Y los plazos?", at=at)
            answers = "\n".join(f"Respuesta {number}" for number in range(DEVICES))
            poll = services.draft_poll(event, talk, "¿Cuál?", answers, is_multiple=False, at=at)
            services.move_poll(event, poll, PollState.OPEN, at=at)
            for person in people[1:]:
                services.raise_hand(db.session.merge(person), talk, at=at)
        return {
            "talk": talk.id,
            "people": [person.id for person in people],
            "question": question.id,
            "poll": poll.id,
            "options": [option.id for option in poll.options],
        }


def clients(work: Callable[[Place, int, int], str], place: Place, number: int) -> list[str]:
    """Let a client of each person do something at the same moment: so many threads in each process."""
    application = current_app._get_current_object()  # type: ignore[attr-defined]
    start, found = threading.Barrier(DEVICES), []

    def run(person_id: int) -> None:
        start.wait(30)
        with application.app_context():
            try:
                with unit_of_work.transaction():
                    found.append(work(place, person_id, number))
            except Exception as error:
                found.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(person_id,)) for person_id in place["people"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def vote_answer_and_raise(place: Place, person_id: int, number: int) -> str:
    talk, person = db.session.get_one(Session, place["talk"]), db.session.get_one(Registration, person_id)
    services.vote(person, talk, place["question"], at=talk.starts_at)
    services.answer(person, talk, place["poll"], [place["options"][number]], at=talk.starts_at)
    services.raise_hand(person, talk, at=talk.starts_at)
    return "done"


def get_the_word_and_enter(place: Place, person_id: int, _number: int) -> str:
    talk, person = db.session.get_one(Session, place["talk"]), db.session.get_one(Registration, person_id)
    services.give_word(talk.event, talk, person_id, at=talk.starts_at)
    try:
        services.enter(person, talk, at=talk.starts_at)
    except RoomFull:
        return "full"
    return "in"


def votes(place: Place, number: int) -> list[str]:
    return clients(vote_answer_and_raise, place, number)


def entries(place: Place, number: int) -> list[str]:
    return clients(get_the_word_and_enter, place, number)


def answer_unguarded(place: Place, number: int) -> None:
    """Look whether the person has answered, and add a row for the option if not: no key holds one for each person."""
    person = place["people"][0]
    has_answered = queries.answered_polls(place["talk"], person)
    db.session.rollback()
    await_rivals()
    if not has_answered:
        option = place["options"][number]
        row = PollVote(poll_id=place["poll"], registration_id=person, turn=option, option_id=option)
        with unit_of_work.transaction():
            db.session.add(row)


def enter_unguarded(place: Place, number: int) -> None:
    """Count the places taken, and take one if some are left: nothing is locked in between."""
    taken = db.session.scalar(select(func.count()).select_from(RoomEntry))
    capacity = db.session.scalar(select(RoomSettings.capacity))
    at = db.session.get_one(Session, place["talk"]).starts_at
    db.session.rollback()
    await_rivals()
    if taken < capacity:
        person = place["people"][number]
        with unit_of_work.transaction():
            db.session.add(RoomEntry(session_id=place["talk"], registration_id=person, seen_at=at))


def count(url: str, *models: Any) -> list[int]:
    with database(url):
        return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def calls(place: Place) -> list[tuple[Place, int]]:
    return [(place, number) for number in range(PROCESSES)]


def test_sixty_four_clients_vote_and_none_twice(own_database: str, place: Place) -> None:
    answers = [word for words in race(own_database, votes, calls(place)) for word in words]
    assert answers == ["done"] * PROCESSES * DEVICES
    assert count(own_database, QuestionVote, PollVote, Hand) == [len(place["people"])] * 3
    with database(own_database):
        people = db.session.scalars(select(PollVote.registration_id).order_by(PollVote.registration_id)).all()
        assert list(people) == place["people"]


def test_sixty_four_clients_enter_and_never_more_than_there_are_places(
    own_database: str, place: Place
) -> None:
    answers = [word for words in race(own_database, entries, calls(place)) for word in words]
    assert set(answers) == {"in", "full"}
    # Each had the word in turn, and their hand went down with the next one's.
    assert count(own_database, RoomEntry, Hand) == [PLACES, 1]


def test_without_the_guards_one_votes_often_and_the_room_overflows(own_database: str, place: Place) -> None:
    race(own_database, answer_unguarded, calls(place))
    race(own_database, enter_unguarded, calls(place))
    assert count(own_database, PollVote, RoomEntry) == [DEVICES, PROCESSES]
    assert count(own_database, Poll, PollOption) == [1, DEVICES]
