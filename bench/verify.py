"""Somebody checks a certificate by its code: the page, and the proof that it is in the public log; 16 at once."""

import json
from collections.abc import Generator, Iterator
from functools import partial
from itertools import cycle

from bench import load
from bench.figures import Figure, compared, pairs_of
from bench.harness import Bench, Options, Server

CLIENTS = 16
CERTIFICATES = 300  # more than one tile of the log


def measure(options: Options) -> Iterator[Figure]:
    """Yield requests a second beside those of hello: of the answer for people, for programs, and of the proof."""
    with Bench(options) as bench:
        product = bench.product()
        codes = json.loads(product.run("bench.certified", "medidas", str(CERTIFICATES)))
        hello = bench.floor("hello")
        greeting = _asking(["/"])
        load.run(hello.port, greeting, seconds=1)
        floor = partial(_rate, hello, greeting, options.seconds)
        for name, address in (
            ("verify", "/verificar/{}"),
            ("verify-json", "/verificar/{}.json"),
            ("verify-proof", "/registro/prueba/{}.json"),
        ):
            flow = _asking([address.format(code) for code in codes])
            load.run(product.port, flow, seconds=1)
            pairs = pairs_of(floor, partial(_rate, product, flow, options.seconds), options.times)
            yield compared(name, "requests/s", options.engine, CLIENTS, pairs)


def _rate(server: Server, flow: load.Flow, seconds: float) -> float:
    return load.run(server.port, flow, seconds=seconds, clients=CLIENTS).rate


def _asking(paths: list[str]) -> load.Flow:
    """Return the flow of one request, each time for the next of these addresses."""
    turns = cycle([load.request("GET", path) for path in paths])

    def ask() -> Generator[bytes, load.Answer, None]:
        load.expect((yield next(turns)), 200)

    return ask
