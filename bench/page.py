"""The anonymous page of an event of three days and twelve sessions, asked for by sixteen people at once."""

import json
from collections.abc import Generator, Iterator
from functools import partial

from bench import load
from bench.figures import Figure, compared, pairs_of
from bench.harness import Bench, Options, Server

CLIENTS = 16


def measure(options: Options) -> Iterator[Figure]:
    """Yield requests a second beside those of hello: of whole answers, and of "nothing has changed"."""
    with Bench(options) as bench:
        product = bench.product()
        event = json.loads(product.run("bench.data", "medidas", "200"))
        hello = bench.floor("hello")
        path = f"/eventos/{event['slug']}"
        first = load.expect(load.ask(product.port, load.request("GET", path)), 200)
        plain = _asking(load.request("GET", path, Accept_Encoding="gzip"), 200)
        again = _asking(load.request("GET", path, If_None_Match=first.field("etag")), 304)
        greeting = _asking(load.request("GET", "/"), 200)
        for server, flow in ((hello, greeting), (product, plain), (product, again)):
            load.run(server.port, flow, seconds=1)
        floor = partial(_rate, hello, greeting, options.seconds)
        for name, flow in (("page", plain), ("page-304", again)):
            pairs = pairs_of(floor, partial(_rate, product, flow, options.seconds), options.times)
            yield compared(name, "requests/s", options.engine, CLIENTS, pairs)


def _rate(server: Server, flow: load.Flow, seconds: float) -> float:
    return load.run(server.port, flow, seconds=seconds, clients=CLIENTS).rate


def _asking(message: bytes, status: int) -> load.Flow:
    """Return the flow of one request that must be answered with this status."""

    def ask() -> Generator[bytes, load.Answer, None]:
        load.expect((yield message), status)

    return ask
