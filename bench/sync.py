"""A device that was offline sends its scans, five thousand of them, while it also learns what changed.

`python -m bench.sync SLUG` pairs a device for an event of the instance that the environment names, and
prints its token.
"""

import json
import statistics
import sys
import time
import uuid
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

from app import clock, create_app, unit_of_work
from app.accounts.models import User
from app.attendance import services
from app.events.models import Event
from app.extensions import db
from bench import load
from bench.checkin import looking
from bench.figures import Figure, compared, growth, pairs_of
from bench.harness import Bench, Options, Server

SCANS = 5_000
PEOPLE = 20_000
AT_ONCE = 500  # as the application at the door sends them
_places = count()


def measure(options: Options) -> Iterator[Figure]:
    """Yield s of server CPU for all scans of a device, ms of its slowest sendings, and the growth with the scans."""
    with Bench(options) as bench:
        product, floor = bench.product(), bench.floor("scan")
        event = json.loads(product.run("bench.data", "medidas", str(PEOPLE)))
        token = product.run("bench.sync", "medidas").strip()
        device = Device(product, event, token)
        device.begin()
        device.send(AT_ONCE)  # warms up
        load.run(floor.port, looking, seconds=1, clients=1)
        sendings: list[tuple[float, float]] = []
        pairs = pairs_of(
            lambda: _one_by_one(floor, options), lambda: device.cost(SCANS, sendings), options.times
        )
        yield compared("sync", "s", options.engine, SCANS, pairs)
        yield compared("sync-p99", "ms", options.engine, SCANS, sendings)
        grown = pairs_of(lambda: device.cost(SCANS // 10, []), lambda: device.cost(SCANS, []), options.times)
        yield growth("sync", options.engine, SCANS // 10, grown)


def _one_by_one(floor: Server, options: Options) -> float:
    """Return the s of CPU that as many scans cost a bare server, one SELECT, INSERT and COMMIT each."""
    return floor.measure(looking, seconds=options.seconds)[1] * SCANS / 1000


class Device:
    """A device at the door, as the server sees it."""

    def __init__(self, server: Server, event: dict[str, Any], token: str) -> None:
        """Remember whom it scans."""
        self.server, self.codes, self.token = server, event["codes"], token
        self.cursor: str | None = None
        self.post: dict[str, Any] = {}

    def begin(self) -> None:
        """Load the list, as the application does on the event's morning."""
        more = True
        while more:
            answer = self._sync([])
            self.post, more = answer["days"][0], answer["more"]

    def cost(self, scans: int, sendings: list[tuple[float, float]]) -> float:
        """Return the s of server CPU that so many scans cost, and note the median and p99 of their sendings in ms."""
        before = self.server.cpu()
        times = self.send(scans)
        if len(times) > 1:
            sendings.append((1000 * statistics.median(times), 1000 * max(times)))
        return self.server.cpu() - before

    def send(self, scans: int) -> list[float]:
        """Send so many scans of the people on the list, each time of others; return the s that each sending took."""
        times = []
        rows = self._scans(scans)
        while batch := list(islice(rows, AT_ONCE)):
            began = time.perf_counter()
            answer = self._sync(batch)
            times.append(time.perf_counter() - began)
            if len(answer["outcomes"]) != len(batch):
                raise RuntimeError("the server did not answer every scan")
        return times

    def _scans(self, number: int) -> Generator[dict[str, Any], None, None]:
        at = datetime.now(UTC) - timedelta(seconds=number)
        for place in islice(_places, number):
            yield {
                "code": self.codes[place % len(self.codes)],
                "nonce": uuid.uuid4().hex,
                "day": self.post["id"],
                "at": (at + timedelta(seconds=place % number)).isoformat(),
                "source": "camera",
                "result": "admitted",
            }

    def _sync(self, scans: list[dict[str, Any]]) -> dict[str, Any]:
        body = {"sent_at": datetime.now(UTC).isoformat(), "cursor": self.cursor, "scans": scans}
        message = load.request(
            "POST",
            "/puerta/sincronizar",
            body=json.dumps(body).encode(),
            Authorization=f"Bearer {self.token}",
            Content_Type="application/json",
        )
        answer: dict[str, Any] = json.loads(load.expect(load.ask(self.server.port, message), 200).body)
        self.cursor = answer["cursor"]
        return answer


def main(slug: str) -> None:
    """Pair a device and print its token."""
    application = create_app()
    with application.app_context(), application.test_request_context(), unit_of_work.transaction():
        at = clock.now()
        event = db.session.query(Event).filter_by(slug=slug).one()
        by = db.session.query(User).first()
        made = services.add_device(
            event, "Medidas", day_ids=[], expires_at=at + timedelta(days=1), by=by, at=at
        )
        _device, token = services.pair(services.pairing_token(made), at=at)
    print(token)


if __name__ == "__main__":
    main(*sys.argv[1:])
