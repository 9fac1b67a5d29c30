"""A stream in our own player: it plays, it stalls, it fails and comes back, and other ways to follow are offered."""

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from app import clock, unit_of_work
from app.events.models import Day
from app.events.rules import today
from app.live import services
from app.live.models import LinkKind
from app.registration.queries import personal_token
from tests import factories
from tests.browser.looking import until
from tests.browser.stage import application
from tests.support.browsers import PHONE, Visitors, axe
from tests.support.servers import Server

pytestmark = pytest.mark.browser
SOON = 60_000  # milliseconds: patience, tries and a busy machine
SECONDS = 2
# A browser's own recorder makes the film, in the pieces that a stream is made of: first what it is, then what is in it.
RECORD = """async (seconds) => {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  let frame = 0;
  const drawing = setInterval(() => {
    frame += 1;
    pen.fillStyle = `hsl(${frame * 9} 80% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/mp4;codecs=avc1.42E01E" });
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  setTimeout(() => recorder.stop(), seconds * 1000);
  await stopped;
  clearInterval(drawing);
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
}"""
# Of a stream that goes on: nothing says that it has ended.
PLAYLIST = f"""#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:{SECONDS + 1}
#EXT-X-MAP:URI="head.mp4"
#EXTINF:{SECONDS},
body.m4s
"""


def parts_of(film: bytes) -> tuple[bytes, bytes]:
    """Return what a film is, and what is in it: the boxes before the first fragment, and the fragments."""
    found, at = {True: b"", False: b""}, 0
    while at < len(film):
        size, kind = int.from_bytes(film[at : at + 4]), film[at + 4 : at + 8]
        found[kind in {b"ftyp", b"moov"}] += film[at : at + size] if kind != b"mfra" else b""
        at += size
    return found[True], found[False]


@dataclass
class Stream:
    """A stream on a web server of its own, which can fail."""

    address: str
    is_down: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def stream(browser: Browser) -> Iterator[Stream]:
    """A stream of some seconds that is said to go on."""
    page = browser.new_page()
    head, body = parts_of(base64.b64decode(page.evaluate(RECORD, SECONDS)))
    page.close()
    assert [one[4:8] for one in (head, body)] == [b"ftyp", b"moof"]
    files = {"/live.m3u8": PLAYLIST.encode(), "/head.mp4": head, "/body.m4s": body}
    is_down = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503 if is_down.is_set() else 200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(b"" if is_down.is_set() else files[self.path])

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Stream(f"http://127.0.0.1:{server.server_port}/live.m3u8", is_down)
    server.shutdown()
    server.server_close()


def room(server: Server, stream: Stream) -> str:
    """Return the page of somebody in a room with this stream, and with another way to follow it."""
    with application(server), unit_of_work.transaction():
        at = clock.now()
        event = factories.event(factories.organisation("Entidad del canal"), days=0)
        day = factories._add(Day(event_id=event.id, date=today(event, at=at)))
        hours = {"starts_at": at - timedelta(minutes=5), "ends_at": at + timedelta(hours=1)}
        talk = factories.session(event, day, title="Por el canal", online_url=stream.address, **hours)
        services.add_link(event, talk, LinkKind.AUDIO, "Solo audio", "https://radio.example.pe/", at=at)
        return f"/mi/{personal_token(factories.registration(event))}/sala/{talk.id}"


def time_of(page: Page) -> float:
    return float(page.locator("video").evaluate("video => video.currentTime"))


def test_a_stream_plays_stalls_fails_and_comes_back(
    live_server: Server, visitor: Visitors, stream: Stream
) -> None:
    page = visitor(**PHONE)
    page.clock.install()  # so that the player's patience need not be ours
    page.goto(room(live_server, stream))
    page.get_by_role("link", name="Ver aquí").click()
    until(page, lambda: time_of(page) > 0.5)
    other_ways, failed = page.locator("[data-weak-line]"), page.locator("[data-stream-failed]")
    expect(failed).to_be_hidden()
    # Nothing new comes: the player waits, and after a while the page offers what else there is.
    until(page, lambda: page.locator("video").evaluate("video => video.readyState < 3"))
    page.clock.fast_forward(10_000)
    expect(other_ways).to_have_attribute("open", "", timeout=SOON)
    expect(page.get_by_role("link", name="Solo audio")).to_be_visible()
    expect(failed).to_be_hidden()
    stream.is_down.set()
    expect(failed).to_be_visible(timeout=SOON)
    axe(page)
    stream.is_down.clear()
    page.clock.fast_forward(10_000)
    expect(failed).to_be_hidden(timeout=SOON)
    until(page, lambda: time_of(page) > 0.5)
