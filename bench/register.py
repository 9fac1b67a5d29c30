"""A whole registration: the form, its submission, and the page that follows."""

import json
import re
from collections.abc import Generator
from itertools import count
from urllib.parse import urlencode

from bench import load
from bench.figures import Figure, compared, growth, pairs_of
from bench.harness import Bench, Options, Server

CLIENTS = 16
PEOPLE = 2_000
KEY = re.compile(rb'name="idempotency_key"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="idempotency_key"')
_numbers = count(50_000_000)  # documents that nobody in the database has
FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def measure(options: Options) -> Generator[Figure, None, None]:
    """Yield ms of server CPU per registration, its p99 over p50, and the growth with those before."""
    with Bench(options) as bench:
        product, floor = bench.product(), bench.floor("insert")
        small = json.loads(product.run("bench.data", "medidas", str(PEOPLE)))["slug"]
        large = json.loads(product.run("bench.data", "diez-veces", str(10 * PEOPLE)))["slug"]
        for server, flow in ((product, registering(small)), (floor, _inserting)):
            load.run(server.port, flow, seconds=1, clients=CLIENTS)
        latencies: list[tuple[float, float]] = []
        pairs = pairs_of(
            lambda: floor.measure(_inserting, seconds=options.seconds)[1],
            lambda: _cost(product, registering(small), options.seconds, latencies),
            options.times,
        )
        yield compared("register", "ms CPU", options.engine, PEOPLE, pairs)
        yield compared("register-p99", "ms", options.engine, PEOPLE, latencies)
        grown = pairs_of(
            lambda: _cost(product, registering(small), 1, []),
            lambda: _cost(product, registering(large), 1, []),
            options.times,
        )
        yield growth("register", options.engine, PEOPLE, grown, of_each=True)


def _cost(server: Server, flow: load.Flow, seconds: float, latencies: list[tuple[float, float]]) -> float:
    """Return the ms of CPU per flow, and note its p50 and p99 in ms."""
    result, cost = server.measure(flow, seconds=seconds)
    latencies.append((1000 * result.percentile(0.5), 1000 * result.percentile(0.99)))
    return cost


def _inserting() -> Generator[bytes, load.Answer, None]:
    answer = yield load.request("POST", f"/{next(_numbers)}", body=b"code=1", **FORM)
    load.expect(answer, 200)


def registering(slug: str) -> load.Flow:
    """Return the flow of a new person who registers for this event."""
    path = f"/eventos/{slug}/inscripcion"
    form = load.request("GET", path)

    def flow() -> Generator[bytes, load.Answer, None]:
        answer = load.expect((yield form), 200)
        found = KEY.search(answer.body)
        if not found:
            raise RuntimeError("the form has no idempotency_key")
        body = urlencode(person(next(_numbers), (found[1] or found[2]).decode())).encode()
        answer = load.expect((yield load.request("POST", path, body=body, **FORM)), 303)
        location = re.sub(r"^https?://[^/]+", "", answer.field("location"))
        load.expect((yield load.request("GET", location)), 200)

    return flow


def person(number: int, key: str) -> dict[str, str]:
    """Return the form of a made-up person with this document number."""
    return {
        "document_type": "dni",
        "document_number": f"{number:08d}",
        "given_names": "Rosa María",
        "first_surname": "Quispe",
        "second_surname": "Mamani",
        "email": f"persona{number}@example.pe",
        "phone": "987654321",
        "entity": "Municipalidad Distrital de la Medida",
        "position": "Especialista",
        "ubigeo": "150101",
        "consent": "y",
        "idempotency_key": key,
    }
