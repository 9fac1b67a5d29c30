"""A device that serves two rooms without a connection, and an exception made on it."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock, unit_of_work
from app.accounts.models import User
from app.attendance import services
from app.attendance.models import Checkpoint, CheckpointKind, HowOften, Scan, Ways, Whereabouts
from app.events.models import Day, Room
from app.events.rules import today
from app.extensions import db
from app.registration.models import RegistrationStatus
from tests import factories
from tests.browser.stage import application
from tests.browser.test_door_app import go_online, read, says, waiting
from tests.support.browsers import axe
from tests.support.servers import Server

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Rooms:
    """An event of today with two rooms: how its device is paired, who comes, and whom the rules refuse."""

    address: str
    pin: str
    doors: list[int]
    person: str
    refused: str
    event_id: int


@pytest.fixture
def rooms(live_server: Server) -> Rooms:
    with application(live_server):
        at = clock.now()
        event = factories.event(days=0)
        factories._add(Day(event_id=event.id, date=today(event, at=at)))
        doors = []
        for name in ("Sala A", "Sala B"):
            room = factories._add(Room(event_id=event.id, name=f"{name} del museo"))
            facts = {"kind": CheckpointKind.ROOM, "room_id": room.id, "name": name, "created_at": at}
            facts |= {"ways": Ways.BOTH, "how_often": HowOften.ANY}
            doors.append(factories._add(Checkpoint(event_id=event.id, **facts)).id)
        person = factories.registration(event, given_names="Zenobia")
        refused = factories.registration(event, given_names="Teodosia", status=RegistrationStatus.WAITLISTED)
        with unit_of_work.transaction():
            office = db.session.scalars(select(User)).first()
            facts = {"day_ids": [], "checkpoint_ids": doors, "forced_by": office, "by": office}
            device = services.add_device(
                event, "Museo", expires_at=at.replace(year=at.year + 1), at=at, **facts
            )
            address, pin = f"/puerta/#{services.pairing_token(device)}", services.force_pin(device)
        return Rooms(address, pin, doors, person.code, refused.code, event.id)


def test_rooms_and_an_exception_without_a_connection(phone: Page, rooms: Rooms, live_server: Server) -> None:
    phone.goto(rooms.address)
    expect(phone.locator("#door-people")).to_contain_text("2 personas", timeout=60_000)
    expect(phone.locator("#door-day")).to_have_text("Sala A del museo")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    for name in ("Sala A", "Sala B"):
        phone.get_by_label("Puerta", exact=True).select_option(label=name)
        read(phone, rooms.person)
        says(phone, "pass", "Zenobia", "PASE")
        expect(phone.locator("#door-inside")).to_have_text("1")
    phone.reload()
    expect(phone.locator("#door-day")).to_have_text("Sala B del museo")
    expect(phone.locator("#door-inside")).to_have_text("1")
    phone.get_by_label("Puerta", exact=True).select_option(label="Sala A")
    expect(phone.locator("#door-inside")).to_have_text("0")  # entering one room leaves the other
    read(phone, rooms.refused)
    says(phone, "no", "Teodosia")
    axe(phone)
    phone.get_by_label("Código de excepción").fill("12345x")
    phone.get_by_label("Motivo").fill("Invitada de la alcaldesa")
    phone.get_by_role("button", name="Dejar pasar").click()
    expect(phone.locator("#force-error")).to_have_text("Ese código no es correcto.")
    phone.get_by_label("Código de excepción").fill(rooms.pin)
    phone.get_by_role("button", name="Dejar pasar").click()
    says(phone, "pass", "Teodosia", "PASE")
    expect(phone.locator("#door-force")).to_be_hidden()
    waiting(phone, 4)
    go_online(phone)
    with application(live_server):
        rows = db.session.scalars(
            select(Scan).where(Scan.event_id == rooms.event_id).order_by(Scan.scanned_at)
        )
        first, second = rooms.doors
        assert [(row.checkpoint_id, row.direction, row.result, row.reason) for row in rows] == [
            (first, "in", "admitted", ""),
            (second, "in", "admitted", ""),
            (first, "in", "waitlisted", ""),
            (first, "in", "forced", "Invitada de la alcaldesa"),
        ]
        inside = db.session.scalars(
            select(Whereabouts.checkpoint_id).where(Whereabouts.event_id == rooms.event_id)
        )
        assert sorted(inside) == [first, second]
