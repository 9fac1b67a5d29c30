"""Hands in a room: raised once, given the word one at a time, and seen by others no further than they may."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.audit import AuditEntry
from app.events.models import SpeakerRole
from app.extensions import limiter
from app.live import queries, services
from app.live.errors import TooManyHands
from app.live.models import Hand
from app.live.services import hands as service
from app.registration.models import RegistrationStatus
from tests import factories
from tests.live.addresses import desk, room, shared, stage_desk
from tests.live.settling import settle

pytestmark = pytest.mark.usefixtures("during")


def press(client, person, talk, do="up", **headers):
    return client.post(room(person, talk, "/mano"), data={"do": do}, headers=headers)


def up(talk, **how):
    """Return the name of whoever has the word, and the names of those who wait for it."""
    found = queries.hands(talk.id, at=clock.now(), **how)
    return (found.speaking and found.speaking.name, [one.name for one in found.waiting])


@pytest.fixture
def raised(people, talk):
    """Three hands, a minute apart, the last person's first."""
    for minutes, person in enumerate(reversed(people)):
        services.raise_hand(person, talk, at=talk.starts_at + timedelta(minutes=minutes))


def test_a_hand_is_up_once_until_it_is_taken_down(client, session, talk, people):
    assert [press(client, people[0], talk).status_code for _ in range(2)] == [303, 303]
    page = client.get(room(people[0], talk)).text
    assert ("Su mano está levantada: usted sigue." in page, "Bajar la mano" in page) == (True, True)
    assert press(client, people[1], talk, Accept="application/json").json == {"done": True}
    assert "Antes que usted: 1" in client.get(room(people[1], talk)).text
    assert up(talk) == (None, ["Rosa Quispe", "Julia Quispe"])
    press(client, people[0], talk, "down")
    assert up(talk) == (None, ["Julia Quispe"])
    session.add(Hand(session_id=talk.id, registration_id=people[1].id, raised_at=clock.now()))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
    session.expunge_all()


def test_out_of_hours_or_where_none_is_wanted_it_is_refused_with_its_reason(client, event, talk, people):
    with clock.freeze(talk.ends_at):
        page = press(client, people[0], talk)
        assert (page.status_code, "Esta sesión terminó" in page.text) == (422, True)
    settle(event, talk, takes_hands=False)
    told = press(client, people[0], talk, Accept="application/json")
    assert (told.status_code, told.json) == (
        422,
        {"error": "En esta sala no se puede levantar la mano ahora."},
    )
    assert "Levantar la mano" not in client.get(room(people[0], talk)).text


@pytest.mark.usefixtures("raised")
def test_the_moderator_gives_the_word_to_one_at_a_time(client, session, event, talk, people, moderator):
    rosa, julia, nilo = people
    page = moderator.get(desk(event, talk)).text
    names = re.findall(r"(\w+) Quispe", page[page.index('id="manos"') :])
    assert names == ["Nilo", "Julia", "Rosa"]
    for person in (julia, rosa):
        address = desk(event, talk, f"/manos/{person.id}")
        assert moderator.post(address, data={"do": "word"}).status_code == 303
    assert up(talk) == ("Rosa Quispe", ["Nilo Quispe"])
    assert "Tiene la palabra." in client.get(room(rosa, talk)).text
    address = desk(event, talk, f"/manos/{rosa.id}")
    assert moderator.post(address, data={"do": "burn"}).status_code == 404
    assert moderator.post(address, data={"do": "lower"}).status_code == 303
    assert up(talk) == (None, ["Nilo Quispe"])
    assert moderator.post(desk(event, talk, "/manos")).status_code == 303
    assert up(talk) == (None, [])
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("room.%"))).all()
    assert [(entry.action, entry.details) for entry in entries] == [
        ("room.word_given", {"registration": julia.id}),
        ("room.word_given", {"registration": rosa.id}),
        ("room.hand_lowered", {"registration": rosa.id}),
        ("room.hands_lowered", {"number": 1}),
    ]
    # One has the word, in the database too.
    session.add_all(
        Hand(session_id=talk.id, registration_id=one.id, raised_at=clock.now(), has_word=True)
        for one in (julia, nilo)
    )
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
    session.expunge_all()


@pytest.mark.usefixtures("raised")
def test_hands_that_are_down_and_of_other_rooms_stay_as_they_are(session, event, talk, people, moderator):
    other = factories.session(event, event.days[0], hour=15, online_url="https://a.pe/b")
    stranger = factories.registration(event)
    for person, room_ in ((stranger, talk), (people[0], other)):
        for word in ("word", "lower"):
            moderator.post(desk(event, room_, f"/manos/{person.id}"), data={"do": word})
    moderator.post(desk(event, other, "/manos"))
    assert up(talk) == (None, ["Nilo Quispe", "Julia Quispe", "Rosa Quispe"])
    assert session.scalars(select(AuditEntry).where(AuditEntry.action.like("room.%"))).all() == []
    with clock.freeze(talk.ends_at):
        assert up(talk) == (None, [])


@pytest.mark.usefixtures("raised")
def test_everybody_sees_who_has_the_word_where_the_room_shows_names(client, event, talk, people):
    services.give_word(event, talk, people[1].id, at=clock.now())
    text = shared(client, people[0], talk)
    assert ("Julia Quispe tiene la palabra" in text, "2 manos levantadas" in text) == (True, True)
    assert ("Rosa" in text, personal_marks(text)) == (
        False,
        [queries.hand_mark(talk.id, people[place].id) for place in (1, 2, 0)],
    )
    assert shared(client, people[2], talk) == text
    settings = queries.settings_of(talk.id)
    settings.is_anonymous = True
    factories.db.session.add(settings)
    factories.db.session.flush()
    text = shared(client, people[0], talk)
    assert ("Julia" in text, "Alguien de la sala tiene la palabra" in text) == (False, True)
    assert up(talk, is_moderator=True) == ("Julia Quispe", ["Nilo Quispe", "Rosa Quispe"])


def personal_marks(text):
    word, waiting = re.search(r'data-word="([^"]*)"\s+data-up="([^"]*)"', text).groups()
    return [word, *waiting.split()]


@pytest.mark.usefixtures("raised")
def test_whoever_moderates_by_a_link_does_the_same_under_their_number(client, session, event, talk, people):
    speaker, own = stage_desk(event, talk, SpeakerRole.MODERATOR)
    _, of_speaker = stage_desk(event, talk, SpeakerRole.SPEAKER)
    julia = f"/manos/{people[1].id}"
    assert client.post(of_speaker + julia, data={"do": "word"}).status_code == 404
    assert client.post(of_speaker + "/manos").status_code == 404
    assert "Dar la palabra" in client.get(own).text
    assert client.post(own + julia, data={"do": "word"}).status_code == 303
    assert up(talk) == ("Julia Quispe", ["Nilo Quispe", "Rosa Quispe"])
    assert client.post(f"{own}/manos").status_code == 303
    assert up(talk) == (None, [])
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("room.%"))).all()
    assert [(entry.action, entry.details["speaker"]) for entry in entries] == [
        ("room.word_given", speaker),
        ("room.hands_lowered", speaker),
    ]


@pytest.mark.usefixtures("raised")
def test_a_room_has_as_many_hands_up_as_a_moderator_can_see(monkeypatch, event, talk):
    monkeypatch.setattr(service, "MOST_HANDS", 3)
    with pytest.raises(TooManyHands):
        services.raise_hand(factories.registration(event), talk, at=clock.now())


def test_presses_are_limited_for_each_person(client, talk, people):
    limiter.enabled = True
    codes = [press(client, people[0], talk, do).status_code for do in ["up", "down"] * 6 + ["up"]]
    assert codes == [303] * 12 + [429]
    assert press(client, people[1], talk).status_code == 303


def test_hands_cost_the_same_however_many_are_up(client, talk, people, count_queries):
    def asked(work):
        factories.db.session.expire_all()
        with count_queries() as statements:
            work()
        return len(statements)

    def pressing(person):
        return asked(lambda: press(client, person, talk))

    def seeing():
        return asked(lambda: queries.hands(talk.id, at=clock.now()))

    few = (pressing(people[0]), seeing())
    press(client, people[1], talk)
    assert (pressing(people[2]), seeing()) == few


@pytest.mark.usefixtures("raised")
def test_the_hand_of_whoever_cancels_is_seen_no_more(session, talk, people):
    people[1].status = RegistrationStatus.CANCELLED
    session.flush()
    assert up(talk) == (None, ["Nilo Quispe", "Rosa Quispe"])
