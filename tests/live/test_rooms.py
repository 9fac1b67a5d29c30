"""Rooms with servers, places and what stands beside them, as participants, speakers and the office meet them."""

import re
import threading
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app import clock
from app.audit import AuditEntry
from app.events.models import Appearance, Speaker, SpeakerRole
from app.live import queries, services
from app.live.models import LinkKind, RoomAccount
from app.live.providers import bigbluebutton
from app.live.providers.bigbluebutton import checksum
from app.live.services import rooms
from app.permissions import Role
from app.registration.queries import personal_token
from tests import factories

pytestmark = pytest.mark.usefixtures("during")
SECRET = "s3cr3t"
DOWN = "El servidor de esta sala no responde como debería."


class Server:
    """A server that speaks BigBlueButton's API, as far as it goes; `answers` change what it says to a call."""

    def __init__(self):
        self.calls, self.answers = [], {}
        self.fault, self.has_ended = "", threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                call = parts.path.partition("/api/")[2]
                query, _, proof = parts.query.rpartition("checksum=")
                outer.calls.append((call, parse_qs(query)))
                if (
                    outer.fault
                ):  # keeps us waiting for as long as it stands, silent or with a head that never ends
                    drops = chain(b"HTTP/1.0 200 OK\r\nX: ", repeat(ord("a")))
                    while not outer.has_ended.wait(0.05):
                        if outer.fault == "drips":
                            with suppress(OSError):
                                self.wfile.write(bytes([next(drops)]))
                    return
                is_ours = proof == checksum(call, query.rstrip("&"), SECRET, "sha256")
                failed = "<returncode>FAILED</returncode><messageKey>checksumError</messageKey>"
                good = "<returncode>SUCCESS</returncode>" + outer.answers.get(call, "")
                body = f"<response>{good if is_ours else failed}</response>"
                if outer.answers.get(call, "").startswith("<!DOCTYPE"):
                    body = outer.answers[call]
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/bigbluebutton"


@pytest.fixture
def bbb(app, monkeypatch):
    monkeypatch.setitem(app.config, "PRIVATE_HOSTS", frozenset({"127.0.0.1"}))
    monkeypatch.setattr(rooms, "_stands", rooms._Memory())
    monkeypatch.setattr(rooms, "_fails", rooms._Memory())
    server = Server()
    yield server
    server.has_ended.set()
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def talk(event, bbb):
    return factories.session(event, event.days[0], hour=15, minutes=60, online_url=bbb.address)


@pytest.fixture
def account(event, bbb):
    return services.save_account(
        event.organisation, "bigbluebutton", bbb.address, SECRET, algorithm="sha256", at=clock.now()
    )


@pytest.fixture
def office(sign_in, event):
    return sign_in(factories.user(role=Role.ADMINISTRATOR, organisation=event.organisation))


def room(person, talk, path=""):
    return f"/mi/{personal_token(person)}/sala/{talk.id}{path}"


def test_the_meeting_is_made_once_and_each_enters_under_their_name(client, account, bbb, talk, person):
    page = client.get(room(person, talk))
    assert f'href="{room(person, talk, "/entrar")}"' in page.text
    assert SECRET not in page.text
    other = factories.registration(person.event)
    answers = [client.get(room(one, talk, "/entrar")) for one in (person, other)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [call for call, _values in bbb.calls] == ["create", "hooks/create"]
    joined = parse_qs(urlsplit(answers[0].location).query)
    assert joined["userID"] == [queries.guest_id(person.id)]
    assert answers[0].headers["Cache-Control"] == "no-store"
    # What is kept gives the secret to nobody who has a copy of the database.
    assert SECRET.encode() not in account.sealed


@pytest.mark.parametrize("fault", ["html", "secret", "down", "private", "slow", "drips"])
def test_a_server_that_fails_is_told_with_the_other_way_in(
    app, client, monkeypatch, account, bbb, talk, person, fault
):
    services.add_link(
        person.event, talk, LinkKind.ALTERNATIVE, "Transmisión", "https://youtu.be/x", at=clock.now()
    )
    if fault == "html":
        bbb.answers["create"] = "<!DOCTYPE html><h1>502</h1>"
    if fault == "secret":
        services.save_account(
            person.event.organisation,
            "bigbluebutton",
            bbb.address,
            "otro",
            algorithm="sha256",
            at=clock.now(),
        )
    if fault == "down":
        bbb.server.shutdown()
        bbb.server.server_close()
    if fault in {"slow", "drips"}:
        monkeypatch.setattr(bigbluebutton, "_SECONDS", 0.2)
        bbb.fault = fault
    if fault == "private":
        monkeypatch.setitem(app.config, "PRIVATE_HOSTS", frozenset())
    page = client.get(room(person, talk, "/entrar"))
    asked = len(bbb.calls)
    assert page.status_code == 503
    assert "https://youtu.be/x" in page.text
    assert ("no acepta la clave" if fault == "secret" else DOWN) in page.text
    # The next visitor does not wait for the same.
    assert client.get(room(person, talk, "/entrar")).status_code == 503
    assert len(bbb.calls) == asked


def test_outside_its_time_nobody_enters(client, account, bbb, talk, person):
    for moment in (queries.opens_at(talk) - timedelta(seconds=1), talk.ends_at):
        with clock.freeze(moment):
            assert client.get(room(person, talk, "/entrar")).status_code == 403
    assert bbb.calls == []


def test_a_room_with_one_place_takes_one_and_gives_it_back(client, session, talk, person):
    services.settle_room(person.event, talk, capacity=1, opens_minutes=15, at=clock.now())
    session.flush()
    other = factories.registration(person.event)
    assert client.post(room(person, talk, "/lugar")).status_code == 303
    full = client.post(room(other, talk, "/lugar"))
    assert (full.status_code, "La sala está llena" in full.text) == (422, True)
    assert talk.online_url not in client.get(room(other, talk)).text
    assert talk.online_url in client.get(room(person, talk)).text
    for minutes in (4, 8):  # whoever is heard of keeps the place
        with clock.freeze(talk.starts_at + timedelta(minutes=minutes)):
            client.post(room(person, talk, "/presencia"), data={"device": "0" * 20})
            assert client.post(room(other, talk, "/lugar")).status_code == 422
            outside = client.post(room(other, talk, "/presencia"), data={"device": "0" * 20}).json
            assert outside["minutes"] == 0
    with clock.freeze(talk.starts_at + timedelta(minutes=14)):
        assert client.post(room(other, talk, "/lugar")).status_code == 303
        assert client.get(room(person, talk, "/entrar")).status_code == 403


def test_a_room_may_open_earlier(client, session, talk, person):
    services.settle_room(person.event, talk, capacity=None, opens_minutes=60, at=clock.now())
    with clock.freeze(talk.starts_at - timedelta(minutes=50)):
        assert talk.online_url in client.get(room(person, talk)).text
        told = client.post(room(person, talk, "/presencia"), data={"device": "0" * 20}).json
    assert told == {"minutes": 0, "of": 60, "open": True, "asked": False}


def test_a_speaker_enters_an_hour_before_as_moderator(client, session, account, bbb, talk, event):
    speaker = Speaker(event_id=event.id, name="Julia Mamani")
    session.add(speaker)
    session.flush()
    session.add(Appearance(session_id=talk.id, speaker_id=speaker.id, role=SpeakerRole.SPEAKER))
    session.flush()
    key = queries.stage_key(talk.id, speaker.id)
    address = f"/sala/{talk.id}/ponente/{speaker.id}/{key}"
    with clock.freeze(talk.starts_at - timedelta(minutes=74)):
        assert client.get(address).status_code == 200
        answer = client.get(f"{address}/entrar")
    assert parse_qs(urlsplit(answer.location).query)["role"] == ["MODERATOR"]
    with clock.freeze(talk.starts_at - timedelta(minutes=76)):
        assert client.get(f"{address}/entrar").status_code == 503
    for forged in (f"/sala/{talk.id}/ponente/{speaker.id}/{'A' * 16}", address.replace(key, "ñ")):
        assert client.get(forged).status_code == 404
    session.delete(session.get(Appearance, (talk.id, speaker.id)))
    session.flush()
    assert client.get(address).status_code == 404


def test_the_office_runs_the_room(office, session, account, bbb, talk, event):
    page = f"/gestion/eventos/{event.slug}/salas/{talk.id}/sala"
    bbb.answers["getRecordings"] = (
        "<recordings><recording><playback><format><url>https://bbb.pe/r/1</url><length>50</length></format>"
        "<format><url>javascript:alert(1)</url></format></playback></recording></recordings>"
    )
    for _ in range(2):
        assert office.post(f"{page}/grabaciones").status_code == 303
    bbb.answers["getMeetingInfo"] = "<attendees><attendee><userID>7-a</userID></attendee></attendees>"
    meeting = rooms.meeting_of(event, talk)
    assert queries.place_of(event, talk).presence(meeting) == ["7-a"]
    assert [one.url for one in queries.links_of(talk.id)[LinkKind.RECORDING]] == ["https://bbb.pe/r/1"]
    assert office.post(f"{page}/terminar").status_code == 303
    (ended,) = [values for call, values in bbb.calls if call == "end"]
    assert ended["meetingID"] == [talk.uid]
    link = {"kind": "material", "label": "Láminas", "url": "https://a.pe/1.pdf"}
    assert office.post(f"{page}/enlaces", data=link).status_code == 303
    assert office.post(f"{page}/enlaces", data=link | {"url": "javascript:x"}).status_code == 422
    assert office.post(page, data={"capacity": "0", "opens_minutes": "15"}).status_code == 422
    text = office.get(page).text
    assert ("Láminas" in text, "BigBlueButton" in text) == (True, True)
    (material,) = queries.links_of(talk.id)[LinkKind.MATERIAL]
    assert office.post(f"{page}/enlaces/{material.id}/quitar").status_code == 303
    done = set(session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("room.%"))))
    assert done == {"room.link_added", "room.link_removed", "room.meeting_ended"}


def test_an_account_is_kept_tried_and_forgotten(office, session, bbb, event):
    page = f"/gestion/entidad/{event.organisation.slug}/salas"
    data = {"address": "https://bbb.example.pe/x/", "secret": SECRET, "algorithm": "sha256"}
    assert office.post(f"{page}/bigbluebutton", data=data).status_code == 303
    assert office.post(f"{page}/bigbluebutton", data=data | {"secret": ""}).status_code == 422
    jitsi = {"address": "https://meet.example.pe", "app_id": "t", "algorithm": "none", "secret": "x"}
    assert office.post(f"{page}/jitsi", data=jitsi).status_code == 422
    account = session.scalars(select(RoomAccount)).one()
    assert (account.address, SECRET in office.get(page).text) == ("https://bbb.example.pe/x", False)
    said = []
    for address, secret in ((bbb.address, SECRET), (bbb.address, "otro"), ("http://10.0.0.1", SECRET)):
        kept = services.save_account(
            event.organisation, "bigbluebutton", address, secret, algorithm="sha256", at=clock.now()
        )
        session.flush()
        text = office.post(f"{page}/{kept.id}/probar", follow_redirects=True).text
        said.append(
            next((word for word in ("responde como debe", "la clave", "pública") if word in text), "")
        )
    assert said == ["responde como debe", "la clave", "pública"]
    assert office.post(f"{page}/{account.id}/quitar").status_code == 303
    assert office.post(f"{page}/{account.id}/probar").status_code == 404


def test_a_stream_admits_its_own_server_and_no_other(client, session, event):
    talk = factories.session(event, event.days[0], hour=15, online_url="https://cdn.example.pe/a/v.m3u8")
    person = factories.registration(event)
    channel = services.add_link(
        event, talk, LinkKind.CHANNEL, "Runasimi", "https://qu.example.pe/v.m3u8", at=clock.now()
    )
    session.flush()
    assert "<video" not in client.get(room(person, talk)).text
    page = client.get(room(person, talk, f"?ver=1&canal={channel.id}"))
    policy = page.headers["Content-Security-Policy"]
    assert re.findall(r'data-stream="([^"]+)"', page.text) == ["https://qu.example.pe/v.m3u8"]
    assert policy.endswith("media-src blob: https://qu.example.pe")
    assert "cdn.example.pe" not in policy
