"""The client of the benches: whole answers, in the right number, and no silence about wrong ones."""

import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import partial

import pytest

from bench import load

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers every request on every connection, in two pieces."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket) -> None:
    while True:
        try:
            connection, _peer = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def _serve(connection: socket.socket) -> None:
    with connection, suppress(ConnectionError):
        while connection.recv(65536):
            connection.sendall(ANSWER[:-3])
            connection.sendall(ANSWER[-3:])


@pytest.mark.parametrize("end", range(len(ANSWER)))
def test_an_answer_in_pieces_is_waited_for(end: int) -> None:
    assert load.whole(ANSWER[:end]) is None


def test_a_whole_answer_is_taken_apart() -> None:
    answer = load.whole(ANSWER)
    assert answer == load.Answer(200, ANSWER[: ANSWER.index(b"\r\n\r\n")], b"hello")
    assert answer.field("content-length") == "5"
    assert answer.field("etag") == ""


def test_an_answer_without_a_body_is_whole() -> None:
    answer = load.whole(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n")
    assert answer is not None
    assert (answer.status, answer.body) == (304, b"")


def test_a_request_is_written_whole() -> None:
    assert load.request("POST", "/a", body=b"x=1", Content_Type="text/plain") == (
        b"POST /a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nx=1"
    )


def test_everybody_goes_through_whole_flows(port: int) -> None:
    ended: list[int] = []

    def flow() -> Generator[bytes, load.Answer, None]:
        for _ in range(3):
            load.expect((yield load.request("GET", "/")), 200)
        ended.append(1)

    result = load.run(port, flow, seconds=0.2, clients=4)
    assert result.flows == len(ended) == len(result.latencies)
    assert result.flows >= 4
    assert result.seconds >= 0.2
    assert result.percentile(0) <= result.percentile(0.5) <= result.percentile(0.99)


@pytest.mark.parametrize("clients", [1, 3, 20])
def test_each_goes_through_once_and_in_order(port: int, clients: int) -> None:
    begun: list[int] = []

    def flow(number: int) -> Generator[bytes, load.Answer, None]:
        begun.append(number)
        load.expect((yield load.request("GET", "/")), 200)

    result = load.once_each(port, (partial(flow, number) for number in range(10)), clients=clients)
    assert begun == list(range(10))
    assert (result.flows, len(result.latencies)) == (10, 10)


def test_a_wrong_answer_ends_the_measurement(port: int) -> None:
    def flow() -> Generator[bytes, load.Answer, None]:
        load.expect((yield load.request("GET", "/")), 404)

    with pytest.raises(RuntimeError, match="expected"):
        load.run(port, flow, seconds=1, clients=2)
