"""The room of this server: its tokens as Janus takes them, its files, its pages and who is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.attendance.models import PresenceInterval
from app.audit import AuditEntry
from app.events.models import OWN_ROOM, Appearance, SpeakerRole
from app.live import providers, queries
from app.live.models import RoomRemoval, RoomStay
from app.live.providers import janus, janus_events, janus_files
from app.live.providers.hooks import Happening, What
from app.permissions import Role
from app.registration import queries as registrations
from tests import factories

UNTIL = datetime.fromtimestamp(1780000000, UTC)


def test_tokens_are_those_that_janus_takes():
    """The signatures were made by openssl: dgst -sha1 -hmac clave."""
    watch = janus.api_token("clave", UNTIL, janus.AUDIENCE)
    assert watch == "1780000000,janus,janus.plugin.streaming:Lf3veSg7dNPE48GtfJF/4HQK2E0="
    join = janus.room_token("clave", UNTIL, "sala-1")
    assert join == "1780000000,janus.plugin.videoroom,room=sala-1:MHURB3TebKRAMZgFPb2KMt/ox2Y="
    assert janus.relay_access("clave", UNTIL, "s7") == ("1780000000:s7", "BfO9MbVs/S7mo9l9K+DWwiWcDok=")


def test_its_files_hold_its_secrets_and_are_private(app, tmp_path):
    with app.app_context():
        around = janus_files.Surroundings(
            tmp_path / "janus", 8288, "https://eventos.example.pe", "http://127.0.0.1:8000", "203.0.113.7"
        )
        janus_files.write(around)
        janus_files.write(around)  # a second time changes nothing
        secrets = {name: janus.secret(name) for name in ("admin", "token", "admin-key", "turn")}
    found = {path.name: path for path in (tmp_path / "janus").iterdir()}
    assert {path.stat().st_mode & 0o777 for path in found.values()} == {0o600}
    assert len(set(secrets.values())) == 4
    core = found["janus.jcfg"].read_text()
    assert [f'admin_secret = "{secrets["admin"]}"' in core, f'"{secrets["token"]}"' in core] == [True, True]
    assert 'nat_1_1_mapping = "203.0.113.7"' in core
    relay = found["turnserver.conf"].read_text().splitlines()
    assert {"realm=eventos.example.pe", "allowed-peer-ip=203.0.113.7"} < set(relay)
    assert f"static-auth-secret={secrets['turn']}" in relay


def test_the_word_of_the_stage_is_new_for_each_set_of_people_removed(app):
    meeting = providers.Meeting("uid-1", "", UNTIL, UNTIL, "", "", "")
    with app.app_context():
        words = [janus.Room(OWN_ROOM, removed=who).stage_word(meeting) for who in ((), (7,), (7, 9), (9, 7))]
    assert len(set(words)) == 3
    assert words[2] == words[3]


def told(kind, opaque, at=UNTIL, **event):
    """Return an event as Janus 1.1 sends it."""
    whole = {"emitter": "Tinkuy", "type": kind, "timestamp": int(at.timestamp() * 1_000_000)}
    more = {"session_id": 4981091216152961, "handle_id": 2973922369716358, "opaque_id": opaque}
    return whole | more | {"event": {"plugin": janus.AUDIENCE} | event}


def starting(opaque, room, **more):
    return told(64, opaque, data={"status": "starting", "id": room}, **more)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (starting("7-abc@uid-1", "uid-1"), What.CAME),
        (told(2, "7-abc@uid-1", name="detached", opaque_id="7-abc@uid-1"), What.LEFT),
        (starting("7-abc@uid-1", "uid-2"), None),
        (told(2, "7-abc@uid-1", name="attached"), None),
        (told(2, "s7@uid-1", name="detached") | {"event": {"plugin": janus.STAGE, "name": "detached"}}, None),
        ({"type": 64, "event": {"plugin": janus.AUDIENCE, "data": {"event": "created"}}}, None),
        (told(64, "7-abc@uid-1", data=[]) | {"timestamp": 10**30}, None),
        ("odd", None),
    ],
)
def test_what_janus_tells_of_those_who_watch(message, expected):
    found = janus_events.happenings(json.dumps([message]).encode())
    happening = Happening(expected, "uid-1", UNTIL, "7-abc", "2973922369716358") if expected else None
    assert found == ([happening] if happening else [])
    assert janus_events.happenings(b"[" * 100_000) == []


@pytest.fixture
def running(app, monkeypatch):
    """A server that is told of a Janus which does not answer."""
    monkeypatch.setitem(app.config, "JANUS_URL", "wss://t.example.pe/janus")
    monkeypatch.setitem(app.config, "JANUS_PORT", 1)
    monkeypatch.setitem(app.config, "TURN_URL", "turns:v.example.pe:443")


@pytest.fixture
def talk(session):
    event = factories.event(days=1)
    talk = factories.session(event, event.days[0], hour=15, minutes=60, online_url=OWN_ROOM)
    for place, role in enumerate((SpeakerRole.SPEAKER, SpeakerRole.MODERATOR)):
        who = factories.speaker(event, f"Julia {place}")
        session.add(Appearance(session_id=talk.id, speaker_id=who.id, role=role, position=place))
    session.flush()
    return talk


def pages(talk):
    """Return the addresses of a participant, of the one who speaks and of the one who moderates."""
    person = factories.registration(talk.event)
    stages = [
        f"/sala/{talk.id}/ponente/{one.speaker_id}/{queries.stage_key(talk.id, one.speaker_id)}"
        for one in queries.appearances_of(talk.id)
    ]
    return [f"/mi/{registrations.personal_token(person)}/sala/{talk.id}", *stages]


def test_only_its_own_pages_reach_janus_camera_and_microphone(client, running, talk):
    watcher, speaker, moderator = pages(talk)
    found = []
    for moment in (talk.starts_at, talk.ends_at):
        with clock.freeze(moment):
            for page in (watcher, speaker):
                answer = client.get(page)
                policy = answer.headers["Content-Security-Policy"]
                rights = answer.headers["Permissions-Policy"]
                found.append(("wss://t.example.pe" in policy, "microphone=(self)" in rights))
    assert found[:2] == [(True, False), (True, True)]
    assert found[2] == (False, False)
    with clock.freeze(talk.starts_at):
        shown = [client.get(page).text for page in (watcher, speaker, moderator)]
    assert ["own-watch.js" in text for text in shown] == [True, False, False]
    assert ["/escena/" in text for text in shown] == [False, False, True]
    assert [OWN_ROOM in text for text in shown] == [False] * 3


def test_a_janus_that_does_not_answer_is_told_with_503(client, running, talk):
    watcher, speaker, _moderator = pages(talk)
    with clock.freeze(talk.starts_at):
        answers = [client.post(f"{page}/pase") for page in (watcher, speaker)]
    assert [(one.status_code, one.json["again"]) for one in answers] == [(503, True)] * 2
    with clock.freeze(talk.ends_at):
        assert client.post(f"{watcher}/pase").status_code == 403


def test_a_visit_that_janus_tells_of_counts_once_it_ends(client, session, talk):
    person, stranger = factories.registration(talk.event), factories.registration(factories.event())
    names = [f"{queries.guest_id(one.id)}@{talk.uid}" for one in (person, stranger)]
    later = talk.starts_at + timedelta(minutes=20)
    gone = [told(2, name, at=later, name="detached") for name in names]
    come = [starting(name, talk.uid, at=talk.starts_at) for name in [*names, f"{person.id}-no@{talk.uid}"]]

    def tell(events, password):
        with clock.freeze(later):
            return client.post("/sala/propia/avisos", json=events, auth=("janus", password)).status_code

    assert [tell(come, "otra"), client.post("/sala/propia/avisos", json=come).status_code] == [403, 403]
    assert [tell(one, janus.secret("events")) for one in (come, gone, gone)] == [204] * 3
    stays = session.execute(select(RoomStay.registration_id, RoomStay.joined_at, RoomStay.left_at)).all()
    assert [tuple(one) for one in stays] == [(person.id, talk.starts_at, later)]
    spans = session.execute(select(PresenceInterval.registration_id, PresenceInterval.ends_at)).all()
    assert [tuple(one) for one in spans] == [(person.id, later)]


def test_order_on_the_stage_is_kept_by_those_who_moderate_alone(client, session, running, talk):
    _watcher, speaker, moderator = pages(talk)
    first, second = (one.speaker_id for one in queries.appearances_of(talk.id))
    assert client.post(f"{speaker}/escena/{second}", data={"do": "remove"}).status_code == 404
    stranger = factories.speaker(factories.event(), "Otra")
    assert client.post(f"{moderator}/escena/{stranger.id}", data={"do": "remove"}).status_code == 404
    assert client.post(f"{moderator}/escena/{first}", data={"do": "odd"}).status_code == 404
    # Janus does not answer, yet whoever was removed gets no way in any more.
    with clock.freeze(talk.starts_at):
        for _twice in range(2):
            assert client.post(f"{moderator}/escena/{first}", data={"do": "remove"}).status_code == 503
        assert client.post(f"{speaker}/pase").status_code == 403
        assert session.scalars(select(RoomRemoval.speaker_id)).all() == [first]
        client.post(f"{moderator}/escena/{first}", data={"do": "let_back"})
        assert client.post(f"{speaker}/pase").status_code == 503
    noted = session.execute(
        select(AuditEntry.action, AuditEntry.details).where(AuditEntry.action.like("room.speaker%"))
    ).all()
    assert [tuple(one) for one in noted] == [
        ("room.speaker_removed", {"session": talk.id, "speaker": second}),
        ("room.speaker_let_back", {"session": talk.id, "speaker": second}),
    ]


def test_the_office_chooses_the_room_and_tries_it(session, running, talk, sign_in):
    event = talk.event
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    room = f"/gestion/eventos/{event.slug}/salas/{talk.id}/sala"
    assert "/escena/" in office.get(room).text
    assert "no responde" in office.post(f"{room}/probar", follow_redirects=True).text
    edit = f"/gestion/eventos/{event.slug}/agenda/sesiones/{talk.id}"
    page = office.get(edit).text
    assert ('name="own_room"' in page, OWN_ROOM in page) == (True, False)
    form = {"title": "Charla", "kind": "talk", "day_id": talk.day_id, "starts": "10:00", "ends": "11:00"}
    both = form | {"own_room": "y", "online_url": "https://meet.jit.si/a"}
    found = []
    for sent in (both, form, form | {"own_room": "y"}):
        status = office.post(edit, data=sent).status_code
        session.expire_all()
        found.append((status, talk.online_url))
    assert found == [(422, OWN_ROOM), (303, ""), (303, OWN_ROOM)]
