"""A room full of viewers: each looks every three seconds and is heard of once a minute, some ask, many vote.

The requests come when they are due, whether or not the ones before are answered, and wait as long as they wait.
`python -m bench.live SLUG PEOPLE` prepares such a room and prints its particulars as JSON.
"""

import gzip
import heapq
import json
import math
import random
import re
import select
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select as sql

from app import clock, create_app, unit_of_work
from app.events.models import Event, Session
from app.extensions import db
from app.live import services
from app.live.models import Question
from app.registration.models import Registration
from app.registration.queries import personal_token
from bench import data, load
from bench.figures import Figure
from bench.harness import Bench, Options, Server

VIEWERS, FEW = 5_000, 500
QUICK_VIEWERS, QUICK_FEW = 1_000, 100
LOOKS, BEATS = 3.0, 60.0  # seconds between two of one viewer
VOTES, QUESTIONS, PEAK = 200, 20, 3.0  # a second for 5,000 viewers, for the seconds of a peak
CONNECTIONS = 128
BOARD = re.compile(rb'data-board="([^"]+)"')
MARK = "La pregunta que se espera"


@dataclass
class Crowd:
    """What a window of viewers measured: seconds of each answer, errors, when each saw the marked question."""

    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seen: dict[int, float] = field(default_factory=dict)
    cpu: float = 0.0  # ms for each viewer and minute

    def percentile(self, share: float) -> float:
        """Return the ms that this share of the answers took at most, from when they were due."""
        return 1000 * _share(self.latencies, share)


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def measure(options: Options) -> Generator[Figure, None, None]:
    """Yield ms of CPU for each viewer and minute, the p99 of all answers, how long a change takes, and the growth."""
    few, many = (QUICK_FEW, QUICK_VIEWERS) if options.quick else (FEW, VIEWERS)
    seconds = 10.0 if options.quick else 20.0
    with Bench(options) as bench:
        product = bench.product()
        small, large = (_room(product, n) for n in (few, many))
        _watched(product, small, 3.0)  # warms up
        little = _watched(product, small, seconds)
        crowd = _watched(product, large, seconds)
        if crowd.errors:
            raise RuntimeError(f"{len(crowd.errors)} errors, the first: {crowd.errors[0]}")
        yield Figure("live", crowd.cpu, "ms CPU/viewer/min", options.engine, many)
        yield Figure("live-p99", crowd.percentile(0.99), "ms", options.engine, many)
        missed = [seconds] * (many - len(crowd.seen))
        reach = _share([*crowd.seen.values(), *missed], 0.99)
        yield Figure("live-reach", reach, "s", options.engine, many)
        exponent = 1 + math.log10(crowd.cpu / little.cpu)
        yield Figure("live-growth", exponent, "exponent", options.engine, few)


def _room(product: Server, people: int) -> dict[str, Any]:
    room: dict[str, Any] = json.loads(product.run("bench.live", f"sala-{people}", str(people)))
    page = load.expect(load.ask(product.port, load.request("GET", _path(room, 0))), 200)
    found = BOARD.search(page.body)
    if not found:
        raise RuntimeError("the room's page has no board")
    room["board"] = found[1].decode()
    return room


def _path(room: dict[str, Any], viewer: int) -> str:
    return f"/mi/{room['tokens'][viewer]}/sala/{room['session']}"


class _Watching:
    """Viewers of one room for a while."""

    def __init__(self, server: Server, room: dict[str, Any], seconds: float) -> None:
        self.server, self.room = server, room
        self.viewers = len(room["tokens"])
        self.etags = [""] * self.viewers
        self.marked: dict[str, bool] = {}  # by etag, whether that board shows the marked question
        self.crowd = Crowd()
        self.due: list[tuple[float, int, str, int]] = []
        self.numbers = count()
        self.random = random.Random(7)
        self.start = time.perf_counter() + 0.2
        self.end = self.start + seconds
        self.mark_at = self.start + seconds / 2
        self._plan(seconds)

    def _plan(self, seconds: float) -> None:
        for viewer in range(self.viewers):
            self._add(self.start + self.random.random() * LOOKS, "look", viewer)
        self._add_each(self.viewers / BEATS, self.start, self.end, "beat")
        self._add_each(VOTES * self.viewers / VIEWERS, self.mark_at, self.mark_at + PEAK, "vote")
        self._add_each(QUESTIONS * self.viewers / VIEWERS, self.mark_at, self.mark_at + PEAK, "ask")
        self._add(self.mark_at, "mark", 0)

    def _add(self, at: float, kind: str, viewer: int) -> None:
        heapq.heappush(self.due, (at, next(self.numbers), kind, viewer))

    def _add_each(self, rate: float, first: float, last: float, kind: str) -> None:
        for number in range(int(rate * (last - first))):
            self._add(first + number / rate, kind, self.random.randrange(self.viewers))

    def message(self, kind: str, viewer: int) -> bytes:
        """Return the request by which somebody does something."""
        if kind == "look":
            return load.request(
                "GET", self.room["board"], Accept_Encoding="gzip", If_None_Match=self.etags[viewer]
            )
        place, values = {
            "beat": ("presencia", {"device": f"{viewer:020x}"}),
            "vote": ("votos", {"question": self.random.choice(self.room["questions"])}),
            "ask": ("preguntas", {"text": f"¿Pregunta {viewer}?"}),
            "mark": ("preguntas", {"text": MARK}),
        }[kind]
        return load.request(
            "POST",
            f"{_path(self.room, viewer)}/{place}",
            body=urlencode(values).encode(),
            Content_Type="application/x-www-form-urlencoded",
            Accept="application/json",
        )

    def take(self, kind: str, viewer: int, due: float, answer: load.Answer) -> None:
        """Note an answer, and what a viewer has seen by it."""
        now = time.perf_counter()
        self.crowd.latencies.append(now - due)
        if answer.status not in {200, 304}:
            self.crowd.errors.append(f"{kind} {answer.status} {answer.body[:200]!r}")
        if kind != "look":
            return
        if answer.status == 200:
            self.etags[viewer] = answer.field("etag")
            if due > self.mark_at and viewer not in self.crowd.seen and self._is_marked(answer):
                self.crowd.seen[viewer] = now - self.mark_at
        if due + LOOKS < self.end:
            self._add(due + LOOKS, "look", viewer)

    def _is_marked(self, answer: load.Answer) -> bool:
        etag = answer.field("etag")
        if etag not in self.marked:
            self.marked[etag] = MARK.encode() in gzip.decompress(answer.body)
        return self.marked[etag]

    def run(self) -> Crowd:
        """Let everything happen when it is due."""
        waiting = select.epoll()
        people = [load._Client(self.server.port) for _ in range(CONNECTIONS)]
        by_handle = {person.socket.fileno(): person for person in people}
        for handle in by_handle:
            waiting.register(handle, select.EPOLLIN)
        busy: dict[int, tuple[str, int, float]] = {}
        idle = list(by_handle)
        before = self.server.cpu()
        while self.due or busy:
            while idle and self.due and self.due[0][0] <= time.perf_counter():
                due, _number, kind, viewer = heapq.heappop(self.due)
                handle = idle.pop()
                busy[handle] = (kind, viewer, due)
                by_handle[handle].socket.sendall(self.message(kind, viewer))
            pause = self.due[0][0] - time.perf_counter() if self.due and idle else 1.0
            for handle, _event in waiting.poll(max(0.0, min(pause, load.PATIENCE))):
                answer = by_handle[handle].answer()
                if answer is not None:
                    self.take(*busy.pop(handle), answer)
                    idle.append(handle)
        lasted = max(self.end, time.perf_counter()) - self.start
        self.crowd.cpu = 1000 * (self.server.cpu() - before) / (self.viewers * lasted / 60)
        waiting.close()
        for person in people:
            person.socket.close()
        return self.crowd


def _watched(server: Server, room: dict[str, Any], seconds: float) -> Crowd:
    return _Watching(server, room, seconds).run()


def prepare(slug: str, people: int) -> dict[str, Any]:
    """Add an event with a room that is open now, some questions and a poll; return what viewers must know."""
    at = clock.now()
    data.add_event(slug, people, at=at)
    event = db.session.scalars(sql(Event).where(Event.slug == slug)).one()
    talk = db.session.scalars(sql(Session).where(Session.event_id == event.id)).first()
    assert talk is not None  # noqa: S101 - the programme has twelve
    talk.starts_at, talk.ends_at = at - timedelta(minutes=5), at + timedelta(minutes=55)
    talk.online_url = "https://meet.jit.si/medidas"
    persons = db.session.scalars(sql(Registration).where(Registration.event_id == event.id)).all()
    for number, person in enumerate(persons[:20]):
        services.ask(person, talk, f"¿Qué se hará con el punto {number} de la agenda de trabajo?", at=at)
    services.draft_poll(event, talk, "¿Sirvió la sesión?", "Sí\nNo\nEn parte", is_multiple=False, at=at)
    db.session.flush()
    questions = db.session.scalars(sql(Question.id).where(Question.session_id == talk.id)).all()
    return {
        "session": talk.id,
        "questions": list(questions),
        "tokens": [personal_token(person) for person in persons],
    }


def main(slug: str, people: str) -> None:
    """Prepare the room and print its particulars."""
    application = create_app()
    with application.app_context(), application.test_request_context(), unit_of_work.transaction():
        particulars = prepare(slug, int(people))
    print(json.dumps(particulars))


if __name__ == "__main__":
    main(*sys.argv[1:])
