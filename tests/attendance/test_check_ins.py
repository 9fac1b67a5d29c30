"""Checking in by oneself: screens, phones, codes of streams, and those who try to cheat."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app import clock
from app.attendance import queries
from app.attendance.models import AttendanceEvent, RoomScreen
from app.attendance.queries import check_ins
from app.attendance.services import check_ins as services
from app.events.models import Event
from app.extensions import limiter
from app.permissions import Role
from app.registration.models import Registration, RegistrationGroup, RegistrationStatus
from app.registration.queries import personal_token
from tests import factories

NINE_TEN = datetime.fromisoformat("2026-05-12T09:10:05-05:00")


@pytest.fixture(autouse=True)
def at_ten_past_nine() -> Any:
    with clock.freeze(NINE_TEN):
        yield


@pytest.fixture
def event(session: DbSession) -> Event:
    return factories.event()


@pytest.fixture
def person(event: Event) -> Registration:
    return factories.registration(event)


@pytest.fixture
def screen(event: Event, session: DbSession) -> RoomScreen:
    opened = services.open_screen(event, None, at=clock.now())
    session.flush()
    return opened


@pytest.fixture
def phone(app: Flask, session: DbSession) -> Callable[[], FlaskClient]:
    """A function that returns a new phone's browser."""
    return app.test_client


def code(event: Event, screen: RoomScreen, *, later: int = 0) -> str:
    return check_ins.code_of(screen, event.days[0].sessions[0], at=NINE_TEN + timedelta(seconds=later))


def mine(person: Registration) -> str:
    return f"/mi/{personal_token(person)}/aqui"


def type_code(browser: FlaskClient, person: Registration, typed: str) -> int:
    browser.get(mine(person))
    return browser.post(mine(person), data={"code": typed}).status_code


def scan(browser: FlaskClient, screen: RoomScreen, shown: str) -> tuple[int, str]:
    """Open what a screen's symbol holds, and return the ticket in the page."""
    answer = browser.get(f"/aqui/{screen.id}/{shown}")
    page = answer.get_data(as_text=True)
    return answer.status_code, page.partition('name="ticket" value="')[2].partition('"')[0]


def press(browser: FlaskClient, screen: RoomScreen, ticket: str, **data: str) -> int:
    return browser.post(f"/aqui/{screen.id}", data={"ticket": ticket, **data}).status_code


def ledger(session: DbSession) -> list[tuple[int, int | None, str, str]]:
    rows = session.scalars(select(AttendanceEvent).order_by(AttendanceEvent.id))
    return [(row.registration_id, row.session_id, row.kind, row.source) for row in rows]


def test_a_typed_code_counts_once(
    event: Event, person: Registration, screen: RoomScreen, phone: Any, session: DbSession
) -> None:
    browser = phone()
    shown = code(event, screen)
    typed = f"{shown[:3]} {shown[3:]}"
    assert [type_code(browser, person, typed) for _ in range(2)] == [303, 303]
    first = event.days[0].sessions[0].id
    assert ledger(session) == [(person.id, first, "present", "self")]
    assert queries.attended_minutes_of(person) == 90


@pytest.mark.parametrize(("later", "expected"), [(0, 303), (80, 303), (90, 422), (-10, 422)])
def test_a_code_is_taken_while_it_is_fresh(
    event: Event, person: Registration, screen: RoomScreen, phone: Any, later: int, expected: int
) -> None:
    shown = code(event, screen)
    with clock.freeze(NINE_TEN + timedelta(seconds=later)):
        assert type_code(phone(), person, shown) == expected


def test_wrong_and_foreign_codes_are_refused(
    event: Event, person: Registration, screen: RoomScreen, phone: Any, session: DbSession
) -> None:
    other = factories.event()
    foreign = services.open_screen(other, None, at=clock.now())
    session.flush()
    odd = [
        "",
        "000000",
        "x" * 300,
        "ñ'\"<>",
        check_ins.code_of(foreign, other.days[0].sessions[0], at=NINE_TEN),
    ]
    assert [type_code(phone(), person, one) for one in odd] == [422] * 5
    shown = code(event, screen)
    services.close_screen(event, screen, at=clock.now())
    session.flush()
    assert type_code(phone(), person, shown) == 422
    waiting = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    services.open_screen(event, None, at=clock.now())
    session.flush()
    assert (shown == code(event, screen), type_code(phone(), waiting, code(event, screen))) == (False, 422)
    assert ledger(session) == []


def test_one_phone_checks_in_one_person(
    event: Event, person: Registration, screen: RoomScreen, phone: Any, session: DbSession
) -> None:
    browser, friend = phone(), factories.registration(event)
    shown = code(event, screen)
    assert [type_code(browser, one, shown) for one in (person, friend)] == [303, 422]
    page = unescape(browser.post(mine(friend), data={"code": shown}).get_data(as_text=True))
    assert "Otra persona ya se registró con este celular." in page
    without_cookies = phone()
    assert without_cookies.post(mine(friend), data={"code": shown}).status_code == 422
    assert type_code(phone(), friend, shown) == 303


def test_a_facilitator_s_group_may_share_a_phone(
    event: Event, screen: RoomScreen, phone: Any, session: DbSession
) -> None:
    group = RegistrationGroup(event_id=event.id, name="San Rafael", created_at=NINE_TEN)
    session.add(group)
    session.flush()
    members = [factories.registration(event, group_id=group.id) for _ in range(2)]
    outsider = factories.registration(event)
    browser, shown = phone(), code(event, screen)
    assert [type_code(browser, one, shown) for one in members] == [303, 422]
    services.share_phones(event, {group.id, 10**6}, at=clock.now())
    session.flush()
    assert [type_code(browser, one, shown) for one in (*members, outsider)] == [303, 303, 422]


def test_a_scanned_symbol_asks_for_the_pass_once(
    event: Event, person: Registration, screen: RoomScreen, phone: Any, session: DbSession
) -> None:
    browser = phone()
    status, ticket = scan(browser, screen, code(event, screen))
    assert status == 200
    assert press(browser, screen, ticket, code="2222-2222") == 422
    assert press(browser, screen, ticket, code=f"{person.code[:4]}-{person.code[4:].lower()}") == 200
    # The next session: the phone is known, and one button is enough.
    with clock.freeze(NINE_TEN + timedelta(hours=2)):
        shown = check_ins.code_of(screen, event.days[0].sessions[1], at=clock.now())
        _status, ticket = scan(browser, screen, shown)
        assert press(browser, screen, ticket, me="yes") == 200
    assert [row[:2] for row in ledger(session)] == [(person.id, one.id) for one in event.days[0].sessions]


def test_a_ticket_is_its_phone_s_and_runs_out(
    event: Event, person: Registration, screen: RoomScreen, phone: Any, session: DbSession
) -> None:
    browser, thief = phone(), phone()
    _status, ticket = scan(browser, screen, code(event, screen))
    scan(thief, screen, "000000")
    assert press(thief, screen, ticket, code=person.code) == 410
    assert press(phone(), screen, ticket, code=person.code) == 422  # it keeps no cookies
    assert [press(browser, screen, odd, code=person.code) for odd in ("", "x", ticket[:-2], "ñ")] == [410] * 4
    with clock.freeze(NINE_TEN + timedelta(minutes=11)):
        assert press(browser, screen, ticket, code=person.code) == 410
    assert press(browser, screen, ticket, me="yes") == 422  # nobody's phone yet
    assert (scan(browser, screen, "000000")[0], ledger(session)) == (410, [])


def test_a_screen_shows_what_is_on(
    event: Event, screen: RoomScreen, client: FlaskClient, session: DbSession
) -> None:
    address = f"/pantalla/{check_ins.screen_token(screen)}"
    state = client.get(f"{address}/codigo").get_json()
    shown = code(event, screen)
    first = event.days[0].sessions[0].title
    assert (state["code"], state["title"], state["left"]) == (f"{shown[:3]} {shown[3:]}", first, 25)
    page = client.get(address).get_data(as_text=True)
    assert (state["code"] in page, first in page) == (True, True)
    with clock.freeze(NINE_TEN + timedelta(hours=5)):
        later = client.get(f"{address}/codigo").get_json()
    assert (later["code"], later["title"]) == ("", "")
    services.open_screen(event, None, at=clock.now())
    session.flush()
    assert (client.get(address).status_code, client.get("/pantalla/x").status_code) == (404, 404)


def test_a_stream_s_code_is_typed_while_it_is_taken(
    event: Event, person: Registration, phone: Any, session: DbSession
) -> None:
    made = services.make_code(event, event.days[0].sessions[0], at=clock.now())
    session.flush()
    assert phone().post(mine(person), data={"code": made.code.lower()}).status_code == 303
    assert [row[2:] for row in ledger(session)] == [("present", "code")]
    late = factories.registration(event)
    with clock.freeze(NINE_TEN + timedelta(minutes=111)):
        assert type_code(phone(), late, made.code) == 422
    services.close_code(event, event.days[0].sessions[0], at=clock.now())
    session.flush()
    assert type_code(phone(), late, made.code) == 422


def test_guesses_are_limited_and_honest_tries_are_not(
    event: Event, person: Registration, screen: RoomScreen, phone: Any
) -> None:
    limiter.enabled = True
    browser = phone()
    assert {type_code(browser, person, code(event, screen)) for _ in range(15)} == {303}
    assert [type_code(browser, person, "000000") for _ in range(13)] == [422] * 12 + [429]
    assert type_code(browser, person, code(event, screen)) == 429
    assert type_code(phone(), factories.registration(event), code(event, screen)) == 303


def test_the_office_opens_screens_and_makes_codes(
    event: Event, session: DbSession, sign_in: Callable[..., FlaskClient]
) -> None:
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    base = f"/gestion/eventos/{event.slug}/asistencia"
    room, foreign = factories.room(event), factories.room(factories.event())
    assert office.post(f"{base}/pantallas", data={"room": room.id}).status_code == 303
    assert office.post(f"{base}/pantallas", data={"room": foreign.id}).status_code == 422
    first = event.days[0].sessions[0]
    assert office.post(f"{base}/codigos/{first.id}", data={"action": "make"}).status_code == 303
    page = office.get(f"{base}/pantallas").get_data(as_text=True)
    made = check_ins.session_codes(event)[0].code
    (opened,) = check_ins.screens_of(event)
    assert (f"{made[:3]} {made[3:]}" in page, check_ins.screen_token(opened) in page) == (True, True)
    assert office.post(f"{base}/pantallas/{opened.id}/cerrar").status_code == 303
    assert office.post(f"{base}/codigos/{first.id}", data={"action": "close"}).status_code == 303
    assert office.post(f"{base}/codigos/1000000", data={"action": "make"}).status_code == 404
    assert not check_ins.takes_codes(event, at=clock.now())
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert reader.get(f"{base}/pantallas").status_code == 403


def test_the_personal_page_leads_there_while_a_code_is_taken(
    event: Event, person: Registration, client: FlaskClient, session: DbSession
) -> None:
    address = f"/mi/{personal_token(person)}"
    before = client.get(address).get_data(as_text=True)
    services.make_code(event, event.days[0].sessions[0], at=clock.now())
    session.flush()
    after = client.get(address).get_data(as_text=True)
    assert (f"{address}/aqui" in before, f"{address}/aqui" in after) == (False, True)
