"""An event of today on the running server, with people of its own: no other test scans them."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page

from app import clock, unit_of_work
from app.accounts import services as accounts
from app.accounts.models import RoleGrant
from app.events.models import Day, Event
from app.events.rules import today
from app.permissions import Role
from app.registration import queries as registrations
from app.registration.models import RegistrationStatus
from tests import factories
from tests.support.databases import database
from tests.support.servers import Server

PASSWORD = "una clave larga de prueba"


@dataclass(frozen=True)
class Guest:
    """Somebody who is registered."""

    name: str
    code: str
    page: str


@dataclass(frozen=True)
class Stage:
    """Addresses and people of the event. The guests come through the door, the viewers stay before a screen.

    A test that registers others gives them other names: these are looked for by theirs.
    """

    office: str
    email: str
    guests: list[Guest]
    viewers: list[Guest]
    waiting: Guest
    stranger: Guest
    under_way: int
    meeting: int
    later: int

    @property
    def door(self) -> str:
        """The address of the door."""
        return f"{self.office}/puerta"

    def sign_in(self, page: Page) -> None:
        """Sign the staff in."""
        page.goto("/gestion/entrar")
        page.fill("[name=email]", self.email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: not url.endswith("/entrar"))


def application(server: Server) -> AbstractContextManager[Flask]:
    """Open an application on the server's database, with the server's key."""
    key = (server.instance / "secret.key").read_text().strip()
    return database(server.environment["DATABASE_URL"], SECRET_KEY=key)


@pytest.fixture(scope="session")
def stage(live_server: Server) -> Stage:
    """An event with a session under way, one that meets elsewhere, and one that is still to come."""
    # The server's worker writes at any moment: whoever reads first and writes then would be refused.
    with application(live_server), unit_of_work.transaction():
        return _set(clock.now())


def _guest(event: Event, name: str, **values: object) -> Guest:
    given, first, second = name.split()
    row = factories.registration(
        event, given_names=given, first_surname=first, second_surname=second, **values
    )
    return Guest(row.full_name, row.code, f"/mi/{registrations.personal_token(row)}")


def _set(now: datetime) -> Stage:
    organisation = factories.organisation("Entidad del escenario")
    event = factories.event(organisation, days=0)
    days = [
        factories._add(Day(event_id=event.id, date=today(event, at=now) + timedelta(days=number)))
        for number in range(2)
    ]

    def session(title: str, start: int, end: int, url: str, day: Day = days[0]) -> int:
        times = {"starts_at": now + timedelta(minutes=start), "ends_at": now + timedelta(minutes=end)}
        row = factories.session(event, day, title=title, online_url=url, **times)
        return int(row.id)

    user = accounts.create_user("escenario@example.pe", "Pilar Puerta", at=now, password=PASSWORD)
    factories._add(RoleGrant(user=user, role=Role.ORGANISER, organisation_id=organisation.id, created_at=now))
    return Stage(
        office=f"/gestion/eventos/{event.slug}",
        email=user.email,
        guests=[
            _guest(event, "Rosa Quispe Mamani", entity="Municipalidad Distrital de Imaza"),
            _guest(event, "Zoë Ñahui Túpac", entity="Comunidad San Rafael"),
            _guest(event, "Elmer Shimbucat Taish"),
            _guest(event, "Wilmer Apaza Cahuana"),
        ],
        viewers=[_guest(event, name) for name in ("Ana Mamani Cruz", "Juan Flores Díaz", "Eva Ríos Paz")],
        waiting=_guest(event, "Marta Pizango Ríos", status=RegistrationStatus.WAITLISTED),
        stranger=_guest(factories.event(organisation), "Luis Huamán Soto"),
        under_way=session("Panel de apertura", -42, 48, "https://youtu.be/dQw4w9WgXcQ"),
        meeting=session("Taller en línea", -5, 85, "https://us02web.zoom.us/j/123456789"),
        later=session("Clausura", 600, 660, "https://meet.google.com/abc-defg-hij"),
    )
