"""A room in which everything is said that can be: long words, many of them, hands up, polls open and closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from app import clock, unit_of_work
from app.events.models import Appearance, Day, Event, Session, Speaker, SpeakerRole
from app.events.rules import today
from app.extensions import db
from app.live import queries, services
from app.live.models import PollState, QuestionState
from app.registration.models import Registration
from app.registration.queries import personal_token
from tests import factories
from tests.browser.stage import application
from tests.support.servers import Server

NAMES = ("Rosa Quispe", "Zoë Ñahui", "Maximiliana Huamanchumo")


@dataclass(frozen=True)
class BusyRoom:
    """Where it is seen: at the office's desk, at that of whoever moderates by a link, and by somebody in it."""

    desk: str
    stage_desk: str
    page: str


@pytest.fixture(scope="session")
def busy_room(live_server: Server) -> BusyRoom:
    """A room with questions, polls, a full chat, an announcement and hands."""
    with application(live_server), unit_of_work.transaction():
        at = clock.now()
        event = factories.event(factories.organisation("Entidad de la sala llena"), days=0)
        day = factories._add(Day(event_id=event.id, date=today(event, at=at)))
        hours = {"starts_at": at - timedelta(minutes=20), "ends_at": at + timedelta(hours=9)}
        talk = factories.session(
            event, day, title="Sala llena", online_url="https://meet.jit.si/llena", **hours
        )
        people = [
            factories.registration(event, given_names=given, first_surname=surname)
            for given, surname in (name.split() for name in NAMES)
        ]
        _ask(event, talk, people, at=at)
        _poll(event, talk, people, at=at)
        _talk(event, talk, people, at=at)
        for minutes, person in enumerate(people):
            services.raise_hand(person, talk, at=at + timedelta(minutes=minutes))
        services.give_word(event, talk, people[1].id, at=at)
        speaker = factories._add(Speaker(event_id=event.id, name="Julia Mamani"))
        part = Appearance(session_id=talk.id, speaker_id=speaker.id, role=SpeakerRole.MODERATOR)
        db.session.add(part)
        key = queries.stage_key(talk.id, speaker.id)
        return BusyRoom(
            desk=f"/gestion/eventos/{event.slug}/salas/{talk.id}",
            stage_desk=f"/sala/{talk.id}/ponente/{speaker.id}/{key}/mesa",
            page=f"/mi/{personal_token(people[0])}/sala/{talk.id}",
        )


def _ask(event: Event, talk: Session, people: list[Registration], *, at: datetime) -> None:
    for person, text, state in zip(people, ("¿Y los plazos?", "x" * 500, "Sí"), QuestionState, strict=False):
        question = services.ask(person, talk, text, at=at)
        db.session.flush()
        services.move_question(event, question, state, at=at)
    services.pin(event, question, at=at)


def _poll(event: Event, talk: Session, people: list[Registration], *, at: datetime) -> None:
    for text, is_multiple, state in (
        ("¿Sirvió?", False, PollState.OPEN),
        ("y" * 300, True, PollState.OPEN),
        ("z" * 300, False, PollState.CLOSED),
    ):
        poll = services.draft_poll(event, talk, text, "Sí\nNo\n" + "w" * 120, is_multiple=is_multiple, at=at)
        services.move_poll(event, poll, PollState.OPEN, at=at)
        db.session.flush()
        services.answer(people[0], talk, poll.id, [poll.options[2].id], at=at)
        services.move_poll(event, poll, state, at=at)
        services.show_results(event, poll, shown=True, at=at)


def _talk(event: Event, talk: Session, people: list[Registration], *, at: datetime) -> None:
    services.settle_chat(event, talk, takes_chat=True, allows_links=False, at=at)
    for number in range(queries.MOST_MESSAGES):
        text = "m" * 300 if number % 5 == 0 else f"Mensaje {number}"
        services.say(people[number % len(people)], talk, text, at=at)
    services.silence(event, talk, people[2].id, at=at)
    services.announce(event, "a" * 300, at=at)
