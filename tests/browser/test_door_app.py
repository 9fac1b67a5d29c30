"""The door that needs no signal: two devices without a connection, a wrong clock, a line that breaks, an end."""

import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from app import clock, codes, unit_of_work
from app.accounts.models import User
from app.attendance import queries, services
from app.attendance.models import DoorDevice, Scan
from app.events.models import Day, Event
from app.events.rules import today
from app.extensions import db
from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.registration.queries import pass_texts
from app.registration.services import ensure_key
from tests import factories
from tests.browser.stage import application
from tests.support.browsers import PHONE, Visitors, axe
from tests.support.servers import Server

pytestmark = pytest.mark.browser
FEW, MANY = 200, 20_000
# A clock three hours slow, for all that the page asks of it.
WRONG_CLOCK = """(() => {
  const Right = Date;
  const slow = 3 * 3600 * 1000;
  window.Date = class extends Right {
    constructor(...parts) { super(...(parts.length ? parts : [Right.now() - slow])); }
    static now() { return Right.now() - slow; }
  };
})()"""


@dataclass(frozen=True)
class Hall:
    """An event of today that many are registered for."""

    server: Server
    event_id: int
    size: int
    people: list[int]
    codes: list[str]
    names: list[str]
    tokens: list[str]

    def pairing(self, name: str) -> str:
        """Hand out a device and return the address that pairs it."""
        with application(self.server), unit_of_work.transaction():
            at = clock.now()
            event = db.session.get_one(Event, self.event_id)
            device = services.add_device(
                event,
                name,
                day_ids=[],
                expires_at=at + timedelta(hours=9),
                by=db.session.scalars(select(User)).first(),
                at=at,
            )
            return f"/puerta/#{services.pairing_token(device)}"

    def ledger(self, person: int) -> tuple[Any, list[str], int]:
        """Return when somebody first came, what the scans came to, and how many came in all."""
        with application(self.server):
            event = db.session.get_one(Event, self.event_id)
            state = queries.per_day(event, [person])[person][event.days[0].id]
            results = db.session.scalars(select(Scan.result).where(Scan.registration_id == person))
            return state.entered_at, sorted(results), queries.people_in(event.days[0])

    def scans(self, person: int) -> list[Scan]:
        """Return the scans of somebody, the earliest first."""
        with application(self.server):
            found = db.session.scalars(
                select(Scan).where(Scan.registration_id == person).order_by(Scan.scanned_at)
            )
            return list(found)


@pytest.fixture(scope="module")
def hall(live_server: Server) -> Hall:
    """An event that the tests share: each device first takes everybody's names to itself, so they are few."""
    return fill(live_server, FEW)


@pytest.fixture
def crowded_hall(live_server: Server) -> Hall:
    """The largest event that the door is built for."""
    return fill(live_server, MANY)


def fill(live_server: Server, size: int) -> Hall:
    """Register so many people for an event of today."""
    with application(live_server):
        at = clock.now()
        event = factories.event(days=0)
        factories._add(Day(event_id=event.id, date=today(event, at=at)))
        values = {
            "event_id": event.id,
            "status": RegistrationStatus.CONFIRMED,
            "document_type": DocumentType.DNI,
            "given_names": "Rosa",
            "second_surname": "Mamani",
            "entity": "Comunidad San Rafael",
            "language": "es",
            "created_at": at,
            "sort_key": "",
            "search_text": "",
            "link_version": 1,
        }
        used: set[str] = set()
        while len(used) < size:
            used.add(codes.generate(8))
        rows = [
            values
            | {
                "code": code,
                "first_surname": f"Quispe {number}",
                "document_number": f"{number:08d}",
                "identity": str(number),
                "idempotency_key": str(number),
            }
            for number, code in enumerate(sorted(used))
        ]
        with unit_of_work.transaction():
            db.session.execute(insert(Registration), rows)
        chosen = db.session.scalars(
            select(Registration).where(Registration.event_id == event.id).order_by(Registration.id).limit(60)
        ).all()
        with unit_of_work.transaction():
            ensure_key(event.organisation_id, at=at)
        signed = pass_texts(event, chosen)
        facts = [(one.id, one.code, one.full_name, signed[one.id]) for one in chosen]
        ids, found, names, tokens = (list(column) for column in zip(*facts, strict=True))
        return Hall(live_server, event.id, size, ids, found, names, tokens)


def pair(page: Page, hall: Hall, name: str) -> None:
    page.goto(hall.pairing(name))
    said = f"{hall.size:,}".replace(",", " ")
    expect(page.locator("#door-people")).to_contain_text(f"{said} personas", timeout=60_000)
    expect(page.locator("#door-line")).to_have_text("En línea")
    # From here on the page is the worker's to serve.
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def read(page: Page, code: str) -> None:
    """Read a pass with a hardware scanner, which types it."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def says(page: Page, kind: str, *texts: str) -> None:
    card = page.locator("#door-answer")
    expect(card).to_have_attribute("data-kind", kind, timeout=20_000)
    for text in texts:
        expect(card).to_contain_text(text)


def waiting(page: Page, number: int) -> None:
    expect(page.locator("#door-waiting")).to_have_text(str(number))


def go_online(page: Page) -> None:
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#door-line")).to_have_text("En línea")
    waiting(page, 0)


@pytest.fixture
def slow(visitor: Visitors) -> Iterator[Page]:
    """A phone whose clock is three hours slow."""
    page = visitor(**PHONE)
    page.context.add_init_script(WRONG_CLOCK)
    return page


def test_a_pass_before_the_camera_without_a_connection(before_the_camera: Any, hall: Hall) -> None:
    phone = before_the_camera(hall.tokens[0])
    pair(phone, hall, "Norte")
    phone.context.set_offline(True)
    # Held before the camera again and again: let in the first time, and in already from then on.
    says(phone, "already", hall.names[0], "Comunidad San Rafael", "YA INGRESÓ")
    phone.context.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator("#door-line")).to_have_text("En línea")
    first = hall.scans(hall.people[0])[0]
    assert (first.result, first.source, first.registration_id) == ("admitted", "camera", hall.people[0])


def test_two_devices_without_a_connection(phone: Page, slow: Page, hall: Hall) -> None:
    north = phone
    pair(north, hall, "Centro")
    pair(slow, hall, "Sur")
    read(north, hall.codes[5])
    says(north, "pass", hall.names[5], "PASE")
    waiting(north, 0)
    for page in (north, slow):
        page.context.set_offline(True)
        page.reload()
        expect(page.locator("#door-line")).to_have_text("Sin conexión")
    axe(north)
    for number in (1, 2):
        read(north, hall.codes[number])
        says(north, "pass", hall.names[number], "PASE")
    read(north, hall.codes[1])
    says(north, "already", "YA INGRESÓ")
    for number in (1, 2):
        read(slow, hall.codes[number])
        says(slow, "pass", hall.names[number], "PASE")  # it cannot know
    waiting(slow, 2)
    axe(slow)
    slow.reload()
    waiting(slow, 2)
    go_online(slow)
    go_online(north)
    expect(north.locator("#door-late")).to_contain_text(hall.names[2])
    # Whoever synchronised first, the earliest scan wins: the slow clock's, put right, was the later one.
    for number, results in ((1, ["admitted", "already", "already"]), (2, ["admitted", "already"])):
        found = hall.scans(hall.people[number])
        assert hall.ledger(hall.people[number]) == (found[0].scanned_at, results, 4)
        assert [scan.device_at != scan.scanned_at for scan in found] == [
            scan.device_id == max(one.device_id or 0 for one in found) for scan in found
        ]
    read(slow, hall.codes[5])
    says(slow, "already", "YA INGRESÓ")  # it has learnt of the other's
    waiting(slow, 0)
    # Once more, and the other way round: the same ledger.
    for page in (north, slow):
        page.context.set_offline(True)
        read(page, hall.codes[4])
        says(page, "pass", hall.names[4], "PASE")
        waiting(page, 1)
    go_online(north)
    go_online(slow)
    expect(slow.locator("#door-late")).to_contain_text(hall.names[4])
    found = hall.scans(hall.people[4])
    assert hall.ledger(hall.people[4]) == (found[0].scanned_at, ["admitted", "already"], 5)
    assert [scan.device_id for scan in found] == [scan.device_id for scan in hall.scans(hall.people[2])]


def test_a_line_that_breaks_after_the_server_has_written(phone: Page, hall: Hall) -> None:
    pair(phone, hall, "Este")
    sent = []

    def cut(route: Any) -> None:
        sent.append(route.fetch().status)  # the server has it, and this device will not know
        route.abort("connectionreset")

    phone.context.route("**/puerta/sincronizar", cut)
    read(phone, hall.codes[3])
    says(phone, "pass", hall.names[3])
    expect(phone.locator("#door-line")).to_have_text("Sin conexión")
    waiting(phone, 1)
    assert (sent[0], len(hall.scans(hall.people[3]))) == (200, 1)
    phone.context.unroute("**/puerta/sincronizar")
    go_online(phone)
    (scan,) = hall.scans(hall.people[3])
    assert scan.result == "admitted"
    expect(phone.locator("#door-late")).to_be_hidden()


def test_an_answer_among_20_000_people_and_the_end_of_a_device(
    phone: Page, crowded_hall: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    hall = crowded_hall
    phone.goto("/puerta/")
    expect(phone.locator("#door-unpaired")).to_contain_text("Vincule este equipo")
    axe(phone)
    pair(phone, hall, "Oeste")
    phone.context.set_offline(True)
    for number in range(10, 60):
        read(phone, hall.tokens[number])
        says(phone, "pass", hall.names[number])
    read(phone, hall.tokens[9][:-30] + hall.tokens[8][-30:])
    says(phone, "no", "no es auténtico")
    phone.get_by_role("button", name="Buscar").first.click()
    phone.fill("#q", "quispe 12345")
    expect(phone.locator(".door-people button").first).to_contain_text("Quispe 12345")
    times = phone.evaluate("performance.getEntriesByName('door-answer').map(({duration}) => duration)")
    p95 = statistics.quantiles(times, n=20)[-1]
    with capsys.disabled():
        sys.stdout.write(
            f"\nscan to answer, offline, {MANY:,} people: p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms\n"
        )
    assert len(times) == 51
    go_online(phone)
    with application(hall.server), unit_of_work.transaction():
        event = db.session.get_one(Event, hall.event_id)
        device = db.session.scalars(select(DoorDevice).where(DoorDevice.name == "Oeste")).one()
        services.revoke_device(device, event, at=clock.now())
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator("#door-unpaired")).to_contain_text("La oficina retiró el acceso de este equipo.")
    kept = """new Promise((resolve) => {
        indexedDB.open("tinkuy-door").onsuccess = ({target}) => {
            const request = target.result.transaction("sealed").objectStore("sealed").count();
            request.onsuccess = () => resolve(request.result);
        };
    })"""
    assert phone.evaluate(kept) == 0
