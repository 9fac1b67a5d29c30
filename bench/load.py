"""Sixteen people at once: a light HTTP/1.1 client that keeps its connections, in one process and one thread.

It shares the machine with the server, so it does as little as possible for a request: one send, one receive,
and a search for the length of the answer.
"""

import re
import select
import socket
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import NamedTuple

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BODILESS = {204, 304}
PATIENCE = 30.0  # seconds without any answer


class Answer(NamedTuple):
    """An HTTP answer; `head` holds the status line and the header fields as they came."""

    status: int
    head: bytes
    body: bytes

    def field(self, name: str) -> str:
        """Return the value of a header field, or nothing."""
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found[1].decode() if found else ""


# What one person does: yields requests, is sent their answers, and returns when done.
Steps = Generator[bytes, Answer, None]
Flow = Callable[[], Steps]


@dataclass(frozen=True)
class Result:
    """What a window of load measured; `latencies` are seconds of each whole flow, sorted."""

    flows: int
    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Flows in a second."""
        return self.flows / self.seconds

    def percentile(self, share: float) -> float:
        """Return the seconds that this share of the flows (0 to 1) took at most."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


def request(method: str, path: str, *, body: bytes = b"", **fields: str) -> bytes:
    """Return an HTTP request; underscores in the names of `fields` stand for dashes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Client:
    """One person on one connection, going through one flow after the other."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.began = 0.0
        self.flow: Steps | None = None

    def begin_if(self, flow: Steps | None) -> bool:
        """Begin a flow, if there is one; return whether there is."""
        if flow is not None:
            self.flow = flow
            self.began = time.perf_counter()
            self.socket.sendall(next(flow))
        return flow is not None

    def answer(self) -> Answer | None:
        """Take what has arrived; return the answer once it is whole."""
        data = self.socket.recv(262144)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.received += data
        answer = whole(self.received)
        if answer is not None:
            self.received = b""
        return answer

    def go_on(self, answer: Answer) -> bool:
        """Give an answer to the flow and send what it asks next; return whether the flow has ended."""
        assert self.flow is not None  # noqa: S101 - one answer follows one request
        try:
            self.socket.sendall(self.flow.send(answer))
        except StopIteration:
            return True
        return False


def whole(data: bytes) -> Answer | None:
    """Return the answer that `data` holds, or None while some of it is missing."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[:end]
    status = int(head[9:12])
    length = LENGTH.search(head)
    size = int(length[1]) if length and status not in BODILESS else 0
    body = data[end + 4 :]
    return Answer(status, head, body) if len(body) >= size else None


def run(port: int, flow: Flow, *, seconds: float, clients: int = 16) -> Result:
    """Let `clients` go through `flow` again and again for a while; whoever is on the way at the end arrives.

    Raises whatever a flow raises about an answer.
    """
    end = time.perf_counter() + seconds
    return _through(port, lambda: flow() if time.perf_counter() < end else None, clients)


def once_each(port: int, flows: Iterable[Flow], *, clients: int) -> Result:
    """Let `clients` go through `flows`, each once and in this order, beginning one as soon as they are free."""
    left = iter(flows)

    def following() -> Steps | None:
        flow = next(left, None)
        return None if flow is None else flow()

    return _through(port, following, clients)


def _through(port: int, following: Callable[[], Steps | None], clients: int) -> Result:
    """Let `clients` go through what follows, until nothing does and everybody has arrived."""
    waiting = select.epoll()
    people = [_Client(port) for _ in range(clients)]
    by_handle = {person.socket.fileno(): person for person in people}
    latencies: list[float] = []
    began = time.perf_counter()
    busy = 0
    try:
        for person in people:
            waiting.register(person.socket, select.EPOLLIN)
            busy += person.begin_if(following())
        while busy:
            events = waiting.poll(PATIENCE)
            if not events:
                raise TimeoutError("the server does not answer")
            for handle, _event in events:
                person = by_handle[handle]
                answer = person.answer()
                if answer is None or not person.go_on(answer):
                    continue
                latencies.append(time.perf_counter() - person.began)
                busy -= not person.begin_if(following())
        return Result(len(latencies), time.perf_counter() - began, sorted(latencies))
    finally:
        waiting.close()
        for person in people:
            person.socket.close()


def ask(port: int, message: bytes) -> Answer:
    """Send one request on a connection of its own and return the answer."""
    person = _Client(port)
    try:
        person.socket.sendall(message)
        while (answer := person.answer()) is None:
            pass
        return answer
    finally:
        person.socket.close()


def expect(answer: Answer, *statuses: int) -> Answer:
    """Return the answer if it has one of these statuses; raise RuntimeError with its beginning otherwise."""
    if answer.status not in statuses:
        raise RuntimeError(f"expected {statuses}, got {answer.status}: {answer.head!r} {answer.body[:400]!r}")
    return answer
