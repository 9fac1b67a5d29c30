"""Whoever moderates a session has its desk by a link of their own, and is in the audit log with what they do."""

from sqlalchemy import select

from app import clock
from app.audit import AuditEntry
from app.events.models import SpeakerRole
from app.live import services
from app.live.models import Poll, QuestionState
from tests import factories
from tests.live.addresses import stage_desk


def test_a_moderator_keeps_the_room_in_order(client, session, event, talk):
    speaker, desk = stage_desk(event, talk, SpeakerRole.MODERATOR)
    person = factories.registration(event)
    with clock.freeze(talk.starts_at):
        question = services.ask(person, talk, "¿Y los plazos?", at=clock.now())
        services.settle_chat(event, talk, takes_chat=True, allows_links=False, at=clock.now())
        said = services.say(person, talk, "Buenas tardes", at=clock.now())
        session.flush()
        assert f'href="{desk}"' in client.get(desk.removesuffix("/mesa")).text
        page = client.get(desk)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
        assert [
            text in page.text for text in ("¿Y los plazos?", "Buenas tardes", "csrf_token", 'id="avisos"')
        ] == [
            True,
            True,
            False,
            False,
        ]
        poll = {"text": "¿Sirvió?", "options": "Sí\nNo"}
        acts = [
            (f"/preguntas/{question.id}", {"do": "answered"}, 303),
            ("/encuestas", {"text": "¿Sirvió?", "options": "Sí"}, 422),
            ("/encuestas", poll, 303),
            (f"/mensajes/{said.id}", {"do": "silence"}, 303),
            (f"/mensajes/{said.id}", {"do": "remove"}, 303),
            ("/conversacion", {}, 303),
            ("/ajustes", {"takes_questions": "y", "is_moderated": "y"}, 303),
            ("/preguntas/999999", {"do": "answered"}, 404),
        ]
        assert [client.post(desk + path, data=data).status_code for path, data, _ in acts] == [
            status for _path, _data, status in acts
        ]
        opened = session.scalars(select(Poll)).one()
        assert client.post(f"{desk}/encuestas/{opened.id}", data={"do": "open"}).status_code == 303
    session.expire_all()
    assert (question.state, said.is_removed, opened.state) == (QuestionState.ANSWERED, True, "open")
    logged = [
        (entry.action, entry.event_id, entry.user_id)
        for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if entry.details.get("speaker") == speaker
    ]
    names = [
        "question_answered",
        "poll_drafted",
        "person_silenced",
        "message_removed",
        "chat_settled",
        "settled",
    ]
    assert logged == [(f"room.{name}", event.id, None) for name in [*names, "poll_open"]]


def test_nobody_else_has_the_desk(client, session, event, talk):
    _speaker, of_speaker = stage_desk(event, talk, SpeakerRole.SPEAKER)
    _moderator, own = stage_desk(event, talk, SpeakerRole.MODERATOR)
    other = factories.session(event, event.days[0], hour=17, minutes=60, online_url="https://meet.jit.si/b")
    elsewhere = own.replace(f"/sala/{talk.id}/", f"/sala/{other.id}/")
    with clock.freeze(talk.starts_at):
        asked = services.ask(factories.registration(event), talk, "¿Y los plazos?", at=clock.now())
        session.flush()
        for desk in (of_speaker, elsewhere, own[: -len("/mesa") - 1] + "_/mesa"):
            assert client.get(desk).status_code == 404
            assert client.post(f"{desk}/preguntas/{asked.id}", data={"do": "archived"}).status_code == 404
    session.expire_all()
    assert asked.state == QuestionState.SHOWN
