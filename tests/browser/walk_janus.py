"""What `test_janus.py` walks through, within a network that holds nothing else."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app import clock, unit_of_work
from app.events.models import OWN_ROOM, Appearance, Day, SpeakerRole
from app.events.rules import today
from app.extensions import db
from app.live import queries
from app.live.models import RoomStay
from app.live.providers import janus
from app.registration import queries as registrations
from app.registration.models import RegistrationStatus
from scripts.services import find
from tests import factories
from tests.browser.stage import application
from tests.support.browsers import DESKTOP, FLAGS, PHONE, Visitors, axe
from tests.support.databases import empty_database
from tests.support.servers import Server, serving

# One conversation with Janus, message by message; answers the numbers of its refusals, 0 where it does as asked.
TALK = """async ([url, token, messages]) => {
  const socket = new WebSocket(url, "janus-protocol");
  await new Promise((resolve) => { socket.onopen = resolve; });
  const codes = [];
  let session, handle;
  for (const [index, message] of messages.entries()) {
    socket.send(JSON.stringify({ ...message, transaction: `${index}`, ...(token && { token }),
      ...(session && { session_id: session }), ...(handle && { handle_id: handle }) }));
    const told = await new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        const heard = JSON.parse(data);
        if (heard.transaction === `${index}` && heard.janus !== "ack") resolve(heard);
      };
    });
    if (message.janus === "create") session = told.data?.id;
    if (message.janus === "attach") handle = told.data?.id;
    codes.push(told.error?.code ?? told.plugindata?.data?.error_code ?? 0);
  }
  socket.close();
  return codes;
}"""
LIVE = {"DEMO": "0", "LIVE": "1", "LIVE_IP": "10.99.0.1", "TURN_URL": "turn:10.99.0.1:3478?transport=tcp"}
# A line that lets nothing but the relay through.
RELAY_ALONE = """const Peer = window.RTCPeerConnection;
window.RTCPeerConnection = function (options) { return new Peer({ ...options, iceTransportPolicy: "relay" }); };"""
CREATE = {"janus": "create"}


def attach(plugin: str) -> dict[str, str]:
    return {"janus": "attach", "plugin": plugin}


@dataclass(frozen=True)
class Scene:
    """Who is in the room, by the addresses of their pages."""

    speaker: str
    moderator: str
    watcher: str
    waiting: str
    uid: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("janus")
    with empty_database(folder) as url, serving(folder, DATABASE_URL=url, **LIVE) as running:
        yield running


@pytest.fixture(scope="module")
def scene(server: Server) -> Scene:
    with application(server), unit_of_work.transaction():
        return _set()


def _set() -> Scene:
    event, now = factories.event(factories.organisation(), days=0), clock.now()
    day = factories._add(Day(event_id=event.id, date=today(event, at=now)))
    times = {"starts_at": now - timedelta(minutes=5), "ends_at": now + timedelta(minutes=55)}
    session = factories.session(event, day, title="Datos abiertos", online_url=OWN_ROOM, **times)
    pages = []
    for place, (name, role) in enumerate(
        [("Julia Mamani", SpeakerRole.SPEAKER), ("Marta Ríos", SpeakerRole.MODERATOR)]
    ):
        who = factories.speaker(event, name)
        part = Appearance(session_id=session.id, speaker_id=who.id, role=role, position=place)
        factories._add(part)
        pages.append(f"/sala/{session.id}/ponente/{who.id}/{queries.stage_key(session.id, who.id)}")
    people = [
        factories.registration(event, email=f"p{number}@example.pe", status=status)
        for number, status in enumerate((RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED))
    ]
    rooms = [f"/mi/{registrations.personal_token(one)}/sala/{session.id}" for one in people]
    return Scene(pages[0], pages[1], rooms[0], rooms[1], session.uid)


@pytest.fixture
def another(browser: Browser) -> Iterator[Browser]:
    """A second Chromium, which may reach the relay too."""
    flags = [flag.replace("EXCLUDE 127.0.0.1", "EXCLUDE 127.0.0.1, EXCLUDE 10.99.0.1") for flag in FLAGS]
    running = browser.browser_type.launch(executable_path=find("chromium"), args=flags)
    yield running
    running.close()


def post(page: Page, address: str, **form: str) -> tuple[int, dict[str, Any]]:
    """Ask our own server for something as the page's script does."""
    answer = page.request.post(address, form=form, headers={"Accept": "application/json"})
    return answer.status, answer.json() if "json" in answer.headers["content-type"] else {}


def speak(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Encender cámara y micrófono").click()
    page.get_by_role("button", name="Salir al aire").click()
    expect(page.locator("[data-state]")).to_have_text("Está al aire: le ven y le oyen.")


def frames(page: Page, place: int, more_than: int) -> int:
    """Wait until more frames of a place were decoded, and return how many."""
    found = page.wait_for_function(
        "([place, least]) => { const seen = Number(document.querySelectorAll('[data-place]')[place].dataset.frames);"
        " return seen > least && seen; }",
        arg=[place, more_than],
    )
    return int(found.json_value())


def test_the_room(server: Server, scene: Scene, browser: Browser, another: Browser) -> None:
    """One walk, because the room is the same: speak, watch, be refused, be silenced, be removed, end."""
    speakers, watchers = Visitors(browser, server.url), Visitors(another, server.url)
    stage, moderator, viewer = speakers(**DESKTOP), speakers(**DESKTOP), watchers(**PHONE)

    viewer.goto(scene.watcher)
    viewer.get_by_role("button", name="Ver y escuchar aquí").click()
    state = viewer.locator("[data-state]")
    expect(state).to_contain_text("Todavía nadie habla")

    speak(stage, scene.speaker)
    assert frames(viewer, 0, frames(viewer, 0, 0)) > 1
    expect(state).to_have_text("En vivo: llegan imagen y sonido.")
    expect(viewer.locator("[data-place]").nth(0)).to_contain_text("Julia Mamani")
    expect(viewer.locator("[data-place]").nth(1)).to_be_hidden()
    behind = watchers(**PHONE)
    behind.add_init_script(RELAY_ALONE)
    behind.goto(scene.watcher)
    behind.get_by_role("button", name="Ver y escuchar aquí").click()
    assert frames(behind, 0, 0) > 0
    axe(viewer)
    axe(stage)

    viewer.get_by_role("button", name="Solo sonido").click()
    expect(state).to_have_text("En vivo: llega el sonido.")
    expect(viewer.locator("[data-place]").nth(0)).to_have_class("is-unseen")
    expect(viewer.locator("[data-place]").nth(0)).to_be_visible()
    viewer.get_by_role("button", name="Con imagen").click()
    assert frames(viewer, 0, 0) > 0
    _check_refusals(server, scene, viewer)

    speak(moderator, scene.moderator)
    assert frames(moderator, 0, 0) > 0  # those on stage see each other
    assert frames(viewer, 1, 0) > 0
    moderator.get_by_role("button", name="Silenciar a Julia Mamani").click()
    expect(stage.locator("[data-state]")).to_have_text("Quien modera ha apagado su sonido.")
    with application(server), unit_of_work.transaction():
        word = janus.Room(OWN_ROOM).stage_word(_meeting(scene))
    moderator.get_by_role("button", name="Sacar a Julia Mamani").click()
    expect(stage.locator("[data-state]")).to_have_text("Quien modera le ha sacado de la escena.")
    expect(viewer.locator("[data-place]").nth(0)).to_be_hidden()
    expect(moderator.locator("[data-state]")).to_contain_text("Está al aire")
    _check_removed(server, scene, stage, word)

    _check_recording(moderator)
    moderator.get_by_role("button", name="Dejar de estar al aire").click()
    expect(moderator.locator("[data-state]")).to_have_text("Ya no está al aire: nadie le ve ni le oye.")
    expect(state).to_contain_text("Todavía nadie habla")

    viewer.get_by_role("button", name="Salir de la sala").click()
    _until_janus_told_that_they_left(server)
    assert speakers.complaints + watchers.complaints == []


def _until_janus_told_that_they_left(server: Server) -> None:
    with application(server):
        for _tenth in range(300):
            if db.session.scalar(select(func.count(RoomStay.left_at))):
                return
            db.session.rollback()
            time.sleep(0.1)
    raise AssertionError("Janus did not tell it within 30 seconds")


def _meeting(scene: Scene) -> Any:
    return type("Meeting", (), {"uid": scene.uid})


def _check_recording(moderator: Page) -> None:
    """Whoever moderates keeps one file with sound and picture, which a browser plays."""
    moderator.get_by_role("button", name="Grabar en esta computadora").click()
    expect(moderator.locator("[data-state]")).to_contain_text("Se está grabando")
    expect(moderator.locator("[data-recorded]")).to_have_text(re.compile(r"^\d+:\d\d$"))
    with moderator.expect_download() as waiting:
        moderator.get_by_role("button", name="Terminar y guardar la grabación").click()
    assert waiting.value.suggested_filename == "Datos abiertos.webm"
    film = waiting.value.path().read_bytes()
    assert (film[:4], b"V_VP8" in film, b"A_OPUS" in film) == (b"\x1a\x45\xdf\xa3", True, True)


def _check_refusals(server: Server, scene: Scene, viewer: Page) -> None:
    """Whoever may watch may not speak; without a token, or with an old one, nobody may do anything."""
    status, given = post(viewer, f"{scene.watcher}/pase")
    assert (status, "stage" in given) == (200, False)
    url, token = given["url"], given["token"]
    with application(server):
        old = janus.api_token(janus.secret("token"), clock.now() - timedelta(minutes=1), janus.STAGE)
    watch = {"janus": "message", "body": {"request": "watch", "id": scene.uid, "pin": "0"}}
    assert viewer.evaluate(TALK, [url, token, [CREATE, attach(janus.STAGE)]]) == [0, 405]
    assert viewer.evaluate(TALK, [url, token, [CREATE, attach(janus.AUDIENCE), watch]])[-1] != 0
    assert viewer.evaluate(TALK, [url, old, [CREATE]]) == [403]
    assert viewer.evaluate(TALK, [url, "", [CREATE]]) == [403]
    stranger = scene.watcher.replace("/mi/", "/mi/x")
    assert [post(viewer, f"{one}/pase")[0] for one in (scene.waiting, stranger)] == [404, 404]


def _check_removed(server: Server, scene: Scene, stage: Page, word: str) -> None:
    """Whoever was removed gets no way in; what they still know lets nobody in."""
    status, told = post(stage, f"{scene.speaker}/pase", joins="1")
    assert (status, told["error"]) == (403, "Quien modera le ha sacado de la escena de esta sala.")
    with application(server):
        soon = clock.now() + timedelta(minutes=1)
        token = janus.api_token(janus.secret("token"), soon, janus.STAGE)
        room = janus.room_token(janus.secret("token"), soon, scene.uid)
        url = f"ws://127.0.0.1:{8288}/"
    join = {
        "request": "join",
        "ptype": "publisher",
        "room": scene.uid,
        "id": "s99",
        "token": room,
        "pin": word,
    }
    ways = [CREATE, attach(janus.STAGE), {"janus": "message", "body": join}]
    assert stage.evaluate(TALK, [url, token, ways]) == [0, 0, 433]
