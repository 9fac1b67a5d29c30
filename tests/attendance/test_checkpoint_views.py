"""Checkpoints over HTTP: set up, served, forced, and kept from strangers."""

import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app.attendance.models import Checkpoint, HowOften, Scan, ScanResult, Ways
from app.events.models import Event
from app.permissions import Role
from app.registration.models import RegistrationStatus
from tests import factories


@pytest.fixture
def event(session: DbSession, frozen_clock: datetime) -> Event:
    return factories.event()


@pytest.fixture
def office(event: Event, sign_in: Any) -> FlaskClient:
    return sign_in(factories.user(Role.ORGANISER, event=event))


def address(event: Event, *parts: object) -> str:
    return "/".join(["/gestion/eventos", event.slug, "puntos", *map(str, parts)])


FACTS = {"name": "Entrada", "place": "event", "ways": "both", "how_often": "daily", "opens_at": "08:00"}


def kind(page: str) -> str:
    found = re.search(r'data-kind="(.*?)"', page)
    return found[1] if found else ""


def test_the_office_sets_a_checkpoint_up_changes_and_closes_it(
    event: Event, office: FlaskClient, session: DbSession
) -> None:
    assert office.get(address(event)).status_code == 200
    assert office.post(address(event), data=FACTS).status_code == 303
    row = session.scalars(select(Checkpoint)).one()
    assert (row.name, row.ways, row.how_often, str(row.opens_at)) == (
        "Entrada",
        Ways.BOTH,
        HowOften.DAILY,
        "08:00:00",
    )
    place = address(event, row.id)
    assert office.get(place).status_code == 200
    changed = FACTS | {"name": "Puerta", "place": "day-999", "ways": "in"}
    assert office.post(place, data=changed).status_code == 303
    session.refresh(row)
    assert (row.name, row.kind, row.ways) == ("Puerta", "event", Ways.IN)
    assert office.post(f"{place}/cerrar").status_code == 303
    assert office.get(f"{place}/puerta").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"place": "day-999"},
        {"place": "room-x"},
        {"ways": "through"},
        {"closes_at": "07:00"},
        {"needs_place": "y"},
        {"choice": "1:2"},
        {"form": "7"},
        {"opens_at": "25:00"},
    ],
    ids=str,
)
def test_what_makes_no_checkpoint(
    event: Event, office: FlaskClient, session: DbSession, wrong: dict[str, str]
) -> None:
    assert office.post(address(event), data=FACTS | wrong).status_code == 422
    assert session.scalars(select(Checkpoint)).all() == []


def test_who_may_force_does_so_with_a_reason(
    event: Event, office: FlaskClient, session: DbSession, sign_in: Any
) -> None:
    person = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    office.post(address(event), data=FACTS)
    row = session.scalars(select(Checkpoint)).one()
    door = sign_in(factories.user(Role.DOOR, event=event))
    reading = {"code": person.code, "nonce": "nonce-of-the-door", "source": "typed"}
    refused = door.post(address(event, row.id, "puerta"), data=reading)
    assert (refused.status_code, kind(refused.text)) == (200, "no")
    assert 'name="reason"' not in refused.text
    again = reading | {"nonce": "another-nonce", "reason": "Viene con la alcaldesa"}
    assert door.post(address(event, row.id, "excepcion"), data=again).status_code == 403
    assert 'name="reason"' in office.post(address(event, row.id, "puerta"), data=reading).text
    assert office.post(address(event, row.id, "excepcion"), data=again | {"reason": " "}).status_code == 422
    assert office.post(address(event, row.id, "excepcion"), data=again).status_code == 200
    results = [scan.result for scan in session.scalars(select(Scan).order_by(Scan.id))]
    assert results == [ScanResult.WAITLISTED, ScanResult.FORCED]


def test_strangers(event: Event, office: FlaskClient, session: DbSession, sign_in: Any) -> None:
    office.post(address(event), data=FACTS)
    row = session.scalars(select(Checkpoint)).one()
    elsewhere = factories.event()
    other = sign_in(factories.user(Role.ORGANISER, event=elsewhere))
    for path in (address(event), address(event, row.id, "puerta"), address(elsewhere, row.id, "puerta")):
        assert other.get(path).status_code == 404
    assert other.post(address(elsewhere, row.id, "cerrar")).status_code == 404
    assert office.post(address(event, row.id, "puerta"), data={"code": "", "nonce": "x"}).status_code == 422
