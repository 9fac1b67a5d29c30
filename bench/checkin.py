"""A scan of a signed pass at the door, sent by a signed-in phone.

`python -m bench.checkin SLUG` prints the passes of everybody at an event of the instance that the environment names.
"""

import json
import re
import sys
import uuid
from collections.abc import Generator
from datetime import UTC, datetime
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urlencode

from app import clock, create_app, unit_of_work
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration
from app.registration.queries import pass_texts
from app.registration.services import ensure_key
from bench import data, load
from bench.figures import Figure, compared, growth, pairs_of
from bench.harness import Bench, Options, Server

CLIENTS = 16
PEOPLE = 2_000
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')
FIELD = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')
_numbers = count()


def measure(options: Options) -> Generator[Figure, None, None]:
    """Yield ms of server CPU per scan, its p99 over its p50, and the growth with the people registered."""
    with Bench(options) as bench:
        product, floor = bench.product(), bench.floor("scan")
        small = json.loads(product.run("bench.data", "medidas", str(PEOPLE)))
        large = json.loads(product.run("bench.data", "diez-veces", str(10 * PEOPLE)))
        for event in (small, large):
            event["passes"] = json.loads(product.run("bench.checkin", event["slug"]))
        cookie = sign_in(product)
        flows = {event["slug"]: _scanning(product, event, cookie) for event in (small, large)}
        for server, flow in ((product, flows["diez-veces"]), (floor, looking)):
            load.run(server.port, flow, seconds=1, clients=CLIENTS)
        latencies: list[tuple[float, float]] = []
        pairs = pairs_of(
            lambda: floor.measure(looking, seconds=options.seconds)[1],
            lambda: _cost(product, flows["diez-veces"], options.seconds, latencies),
            options.times,
        )
        yield compared("checkin", "ms CPU", options.engine, 10 * PEOPLE, pairs)
        yield compared("checkin-p99", "ms", options.engine, 10 * PEOPLE, latencies)
        grown = pairs_of(
            lambda: _cost(product, flows["medidas"], 1, []),
            lambda: _cost(product, flows["diez-veces"], 1, []),
            options.times,
        )
        yield growth("checkin", options.engine, PEOPLE, grown, of_each=True)


def _cost(server: Server, flow: load.Flow, seconds: float, latencies: list[tuple[float, float]]) -> float:
    result, cost = server.measure(flow, seconds=seconds)
    latencies.append((1000 * result.percentile(0.5), 1000 * result.percentile(0.99)))
    return cost


def looking() -> Generator[bytes, load.Answer, None]:
    """Do the least that a scan needs: one SELECT, one INSERT, one COMMIT."""
    answer = yield load.request("POST", f"/{next(_numbers)}", body=b"{}", Content_Type="application/json")
    load.expect(answer, 200)


def sign_in(server: Server) -> str:
    """Sign in as the staff of `bench.data` and return the cookie."""
    page = load.expect(load.ask(server.port, load.request("GET", "/gestion/entrar")), 200)
    found = FIELD.search(page.body) or TOKEN.search(page.body)
    if not found:
        raise RuntimeError("the sign-in page has no CSRF token")
    body = urlencode(
        {
            "email": data.EMAIL,
            "password": data.PASSWORD,
            "csrf_token": unescape(next(group for group in found.groups() if group).decode()),
        }
    ).encode()
    message = load.request(
        "POST",
        "/gestion/entrar",
        body=body,
        Cookie=_cookie(page),
        Content_Type="application/x-www-form-urlencoded",
    )
    return _cookie(load.expect(load.ask(server.port, message), 302, 303))


def _cookie(answer: load.Answer) -> str:
    return answer.field("set-cookie").partition(";")[0]


def _scanning(server: Server, event: dict[str, Any], cookie: str) -> load.Flow:
    """Return the flow of one person let in, each time another one."""
    door = f"/gestion/eventos/{event['slug']}/puerta"
    page = load.expect(load.ask(server.port, load.request("GET", door, Cookie=cookie)), 200)
    found = TOKEN.search(page.body)
    if not found:
        raise RuntimeError("the door's page has no CSRF token")
    fields = {
        "Cookie": _cookie(page) or cookie,  # the token that the page shows is kept in the session
        "X_CSRFToken": unescape(found[1].decode()),
        "Content_Type": "application/json",
    }
    numbers = count()

    def flow() -> Generator[bytes, load.Answer, None]:
        scan = {
            "code": event["passes"][next(numbers) % len(event["passes"])],
            "day": event["day"],
            "nonce": uuid.uuid4().hex,
            "scanned_at": datetime.now(UTC).isoformat(),
        }
        answer = yield load.request("POST", f"{door}/ingresos", body=json.dumps(scan).encode(), **fields)
        load.expect(answer, 200, 201)

    return flow


def main(slug: str) -> None:
    """Print what the symbols of all passes of an event hold."""
    application = create_app()
    with application.app_context(), application.test_request_context(), unit_of_work.transaction():
        event = db.session.query(Event).filter_by(slug=slug).one()
        ensure_key(event.organisation_id, at=clock.now())
        people = db.session.query(Registration).filter_by(event_id=event.id).order_by(Registration.id)
        passes = list(pass_texts(event, people).values())
    print(json.dumps(passes))


if __name__ == "__main__":
    main(*sys.argv[1:])
