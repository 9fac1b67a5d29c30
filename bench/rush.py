"""A rush: two hundred clients at once, on fifty seats, and five thousand people on two thousand seats.

Not one seat too many or too few, nobody turned away by an error, and whoever waits does so in the order of arrival.
`python -m bench.rush SLUG` prints how the people of an event stand, as JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from urllib.parse import urlencode

from sqlalchemy import select

from app import create_app
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration, RegistrationStatus
from bench import load
from bench.figures import Figure, compared
from bench.harness import Bench, Options, Server
from bench.register import FORM, KEY, person

CLIENTS = 200
SEATS, PEOPLE = 2_000, 5_000
FEW_SEATS = 50
PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_numbers = count(70_000_000)  # documents that nobody in the database has
_slugs = (f"avalancha-{number}" for number in count(1))


@dataclass
class Rush:
    """What a rush measured: its seconds, and when each person's submission was sent and answered."""

    seconds: float = 0.0
    sent: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)

    def duration(self) -> float:
        """Return how many seconds it took until everybody had an answer."""
        return self.seconds

    def percentile(self, share: float) -> float:
        """Return the ms that this share of the submissions (0 to 1) took at most."""
        taken = sorted(self.answered[number] - self.sent[number] for number in self.answered)
        return 1000 * taken[min(len(taken) - 1, int(len(taken) * share))]


def measure(options: Options) -> Generator[Figure, None, None]:
    """Yield the seconds that 200 clients take for 50 seats, those of 5,000 people for 2,000, and their latencies."""
    with Bench(options) as bench:
        product, floor = bench.product(), bench.floor("insert")
        few = [_pair(product, floor, people=CLIENTS, seats=FEW_SEATS) for _ in range(options.times + 1)]
        yield _figure("rush", "s", options, few[1:], Rush.duration)  # the first warms up
        many = [_pair(product, floor, people=PEOPLE, seats=SEATS) for _ in range(1 if options.quick else 3)]
        yield _figure("rush-5000", "s", options, many, Rush.duration)
        for name, share in PERCENTILES.items():
            yield _figure(f"rush-{name}", "ms", options, many, partial(Rush.percentile, share=share))


def _figure(
    name: str,
    unit: str,
    options: Options,
    rushes: Sequence[tuple[Rush, Rush]],
    value: Callable[[Rush], float],
) -> Figure:
    pairs = [(value(floor), value(product)) for floor, product in rushes]
    return compared(name, unit, options.engine, len(rushes[0][1].answered), pairs)


def _pair(product: Server, floor: Server, *, people: int, seats: int) -> tuple[Rush, Rush]:
    """Let so many insert into the floor, and then register for a new event with so many seats."""
    least = _rush(floor.port, people, _inserting)
    slug = next(_slugs)
    product.run("bench.data", slug, "0", str(seats))
    found = _rush(product.port, people, lambda number, rush: _registering(slug, number, rush))
    standing = json.loads(product.run("bench.rush", slug))
    check(standing, found, seats=seats)
    return least, found


def _rush(port: int, people: int, flow: Callable[[int, Rush], load.Steps]) -> Rush:
    rush = Rush()
    numbers = list(islice(_numbers, people))
    result = load.once_each(port, _flows(numbers, flow, rush), clients=CLIENTS)
    rush.seconds = result.seconds
    return rush


def _flows(numbers: list[int], flow: Callable[[int, Rush], load.Steps], rush: Rush) -> Iterator[load.Flow]:
    for number in numbers:
        yield lambda number=number: flow(number, rush)


def _inserting(number: int, rush: Rush) -> load.Steps:
    rush.sent[number] = time.perf_counter()
    answer = yield load.request("POST", f"/{number}", body=b"code=1", **FORM)
    rush.answered[number] = time.perf_counter()
    load.expect(answer, 200)


def _registering(slug: str, number: int, rush: Rush) -> load.Steps:
    path = f"/eventos/{slug}/inscripcion"
    form = load.expect((yield load.request("GET", path)), 200)
    found = KEY.search(form.body)
    if not found:
        raise RuntimeError("the form has no idempotency_key")
    body = urlencode(person(number, (found[1] or found[2]).decode())).encode()
    rush.sent[number] = time.perf_counter()
    answer = yield load.request("POST", path, body=body, **FORM)
    rush.answered[number] = time.perf_counter()
    load.expect(answer, 303)


def check(standing: dict[str, list[int]], rush: Rush, *, seats: int) -> None:
    """Raise RuntimeError unless each seat went to one person, and who waits does so in the order of arrival.

    One arrived before another if their submission was answered before the other's was sent; what overlaps may stand
    either way. Nobody with a seat may have come after somebody who waits.
    """
    confirmed, waiting = standing["confirmed"], standing["waitlisted"]
    expected = min(seats, len(rush.answered))
    if (len(confirmed), len(waiting)) != (expected, len(rush.answered) - expected):
        raise RuntimeError(f"{len(confirmed)} confirmed and {len(waiting)} waiting, for {seats} seats")
    if {*confirmed, *waiting} != rush.answered.keys():
        raise RuntimeError("other people are registered than those who were told so")
    latest = max((rush.sent[number] for number in confirmed), default=0.0)
    for number in waiting:
        if rush.answered[number] < latest:
            raise RuntimeError(f"{number} came before somebody who stands further ahead")
        latest = max(latest, rush.sent[number])


def standing_of(slug: str) -> dict[str, list[int]]:
    """Return the numbers of those who are confirmed, and of those who wait, in the order of the waitlist."""
    statement = (
        select(Registration.document_number)
        .join(Event)
        .where(Event.slug == slug)
        .order_by(Registration.waiting_since, Registration.id)
    )
    return {
        status.value: [
            int(number) for number in db.session.scalars(statement.where(Registration.status == status))
        ]
        for status in (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED)
    }


def main(slug: str) -> None:
    """Print how the people of an event stand."""
    with create_app().app_context():
        print(json.dumps(standing_of(slug)))


if __name__ == "__main__":
    main(*sys.argv[1:])
