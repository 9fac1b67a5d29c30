"""What is said in a room: chat, reactions, announcements, and the wall."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.attendance.services import check_ins
from app.audit import AuditEntry
from app.extensions import limiter
from app.live import queries, services
from app.live.errors import LinksRefused, MessageMissing, MessageTooLong
from app.live.models import Message, PollState
from app.live.rules import message_text
from app.live.views.projector import projector_address
from app.registration.queries import personal_token
from tests import factories
from tests.live.addresses import desk, room, shared

pytestmark = pytest.mark.usefixtures("during")


@pytest.fixture
def chat(event, talk, session):
    services.settle_chat(event, talk, takes_chat=True, allows_links=False, at=clock.now())
    session.flush()


def say(client, person, talk, text):
    return client.post(room(person, talk, "/mensajes"), data={"message": text})


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("  buenas \n tardes ", None),
        ("El 3.5 % según el art. 12.a, ¿no?", None),
        ("", MessageMissing),
        ("x" * 301, MessageTooLong),
        ("mira http://a", LinksRefused),
        ("ENTRA A WWW.X", LinksRefused),
        ("bit.ly/abc", LinksRefused),
        ("escriba a malo.com.pe", LinksRefused),
    ],
)
def test_what_a_message_may_be(typed, refused):
    if refused is None:
        assert message_text(typed, links=False) == " ".join(typed.split())
    else:
        with pytest.raises(refused):
            message_text(typed, links=False)


def test_without_a_chat_nobody_writes_and_with_one_everybody_sees_it(client, session, event, talk, people):
    assert say(client, people[0], talk, "hola").status_code == 422
    services.settle_chat(event, talk, takes_chat=True, allows_links=False, at=clock.now())
    session.flush()
    assert say(client, people[0], talk, "<b>hola</b>").status_code == 303
    assert "&lt;b&gt;hola&lt;/b&gt;" in shared(client, people[1], talk)
    refused = say(client, people[0], talk, "vean www.x.pe")
    assert (refused.status_code, 'value="vean www.x.pe"' in refused.text) == (422, True)
    with clock.freeze(talk.ends_at):
        assert say(client, people[0], talk, "tarde").status_code == 422


def test_the_moderator_takes_away_silences_and_lets_write_again(
    client, session, event, talk, people, moderator, chat
):
    for person in people[:2]:
        say(client, person, talk, f"de {person.given_names}")
    first, second = session.scalars(select(Message).order_by(Message.id)).all()
    assert (
        moderator.post(desk(event, talk, f"/mensajes/{first.id}"), data={"do": "remove"}).status_code == 303
    )
    silence = {"do": "silence"}
    assert moderator.post(desk(event, talk, f"/mensajes/{second.id}"), data=silence).status_code == 303
    assert moderator.post(desk(event, talk, f"/mensajes/{second.id}"), data={"do": "x"}).status_code == 404
    session.expire_all()
    assert [one.text for one in queries.talk(talk.id, at=clock.now()).messages] == ["de Julia"]
    assert say(client, people[1], talk, "otra").status_code == 422
    assert say(client, people[0], talk, "otra").status_code == 303
    moderator.post(desk(event, talk, f"/mensajes/{second.id}"), data=silence)
    assert say(client, people[1], talk, "gracias").status_code == 303
    done = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("room.%"))).all()
    assert sorted(done) == [
        "room.chat_settled",
        "room.message_removed",
        "room.person_heard",
        "room.person_silenced",
    ]
    other = factories.session(event, event.days[0], hour=17, online_url="https://a.pe/b")
    assert moderator.post(desk(event, other, f"/mensajes/{second.id}"), data=silence).status_code == 404


def test_messages_are_limited_for_each_person(client, talk, people, chat):
    limiter.enabled = True
    codes = [say(client, people[0], talk, f"número {number}").status_code for number in range(7)]
    assert codes == [303] * 6 + [429]
    assert say(client, people[1], talk, "yo").status_code == 303


def test_reactions_are_counted_together_for_a_minute(client, talk, people):
    for person, kind in ((people[0], "clap"), (people[1], "clap"), (people[0], "idea")):
        assert client.post(room(person, talk, "/reacciones"), data={"kind": kind}).status_code == 303
    assert client.post(room(people[0], talk, "/reacciones"), data={"kind": "bomb"}).status_code == 422
    found = queries.talk(talk.id, at=clock.now()).reactions
    assert found == {"clap": 2, "heart": 0, "idea": 1, "sound": 0}
    later = queries.talk(talk.id, at=clock.now() + timedelta(minutes=1)).reactions
    assert set(later.values()) == {0}


def test_an_announcement_reaches_all_rooms_of_its_event_and_no_other(
    client, session, event, talk, people, moderator
):
    other = factories.session(event, event.days[0], hour=15, online_url="https://a.pe/b")
    foreign_event = factories.event(days=1)
    foreign = factories.session(foreign_event, foreign_event.days[0], online_url="https://a.pe/c")
    words = {"message": "Pausa hasta las 4"}
    assert moderator.post(desk(event, talk, "/avisos"), data=words).status_code == 303
    assert moderator.post(desk(event, talk, "/avisos"), data={"message": " "}).status_code == 422
    at = clock.now()
    seen = [[one.text for one in queries.talk(one.id, at=at).announcements] for one in (talk, other, foreign)]
    assert seen == [["Pausa hasta las 4"], ["Pausa hasta las 4"], []]
    assert "Pausa hasta las 4" in shared(client, people[0], talk)
    (one,) = queries.talk(talk.id, at=at).announcements
    assert moderator.post(desk(event, talk, f"/avisos/{one.id}/quitar")).status_code == 303
    assert queries.talk(talk.id, at=at).announcements == []


def test_the_wall_shows_the_stage_then_the_poll_then_the_session(client, session, event, talk, people):
    address = projector_address(talk)
    assert talk.title in client.get(address).text
    poll = services.draft_poll(event, talk, "¿Sirvió?", "Sí\nNo", is_multiple=False, at=clock.now())
    services.move_poll(event, poll, PollState.OPEN, at=clock.now())
    session.flush()
    assert "¿Sirvió?" in client.get(f"{address}/ahora").text
    question = services.ask(people[0], talk, "¿Y los <plazos>?", at=clock.now())
    session.flush()
    services.pin(event, question, at=clock.now())
    session.flush()
    text = client.get(f"{address}/ahora").text
    assert ("¿Y los &lt;plazos&gt;?" in text, "¿Sirvió?" in text, "Marque su asistencia" in text) == (
        True,
        False,
        False,
    )
    check_ins.open_screen(event, None, at=clock.now())
    session.flush()
    assert "Marque su asistencia" in client.get(f"{address}/ahora").text
    assert personal_token(people[0]) not in text
    for forged in (f"/pantalla/sala/{talk.id}/{'A' * 16}", "/pantalla/sala/1/ñ"):
        assert client.get(forged).status_code == 404
