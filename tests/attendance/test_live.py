"""The live page: its rules as tables, its numbers over HTTP, and what it asks of the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DbSession

from app.attendance import queries, rules, services
from app.attendance.models import LedgerKind, LedgerSource, ScanSource
from app.attendance.rules import Fact, Way
from app.attendance.services import Reading
from app.events.models import Event
from app.permissions import Role
from tests import factories
from tests.conftest import NOON

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)
IN, OUT = LedgerKind.ARRIVAL, LedgerKind.DEPARTURE


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def fact(kind: LedgerKind, minute: float, **scope: int) -> Fact:
    where = {"day_id": None, "session_id": None, "room_id": None} | (scope or {"day_id": 1})
    ends_at = at(minute + 5) if kind == LedgerKind.INTERVAL else None
    return Fact(id=0, kind=kind, starts_at=at(minute), ends_at=ends_at, source=LedgerSource.SCAN, **where)


ROOM, OTHER = {"day_id": 1, "room_id": 7}, {"day_id": 1, "room_id": 8}
HOUSE = -1


@pytest.mark.parametrize(
    ("facts", "way", "where"),
    [
        ([], None, None),
        ([fact(IN, 1)], Way.DOOR, HOUSE),
        ([fact(IN, 1), fact(OUT, 5)], Way.DOOR, None),
        ([fact(IN, 1), fact(OUT, 5), fact(IN, 9)], Way.DOOR, HOUSE),
        ([fact(IN, 1), fact(IN, 3, **ROOM)], Way.DOOR, 7),
        ([fact(IN, 1), fact(IN, 3, **ROOM), fact(IN, 9, **OTHER)], Way.DOOR, 8),
        ([fact(IN, 1), fact(IN, 3, **ROOM), fact(OUT, 9, **ROOM)], Way.DOOR, HOUSE),
        ([fact(IN, 3, **ROOM), fact(OUT, 9, **ROOM)], Way.DOOR, None),
        ([fact(IN, 3, **ROOM), fact(OUT, 9)], Way.DOOR, None),
        ([fact(IN, 3, session_id=1)], Way.DOOR, HOUSE),
        ([fact(LedgerKind.INTERVAL, 3, session_id=1), fact(LedgerKind.PRESENT, 9)], Way.SCREEN, None),
        ([fact(LedgerKind.PRESENT, 9)], Way.LIST, None),
        ([fact(LedgerKind.ABSENT, 9)], None, None),
        ([fact(IN, 1), fact(LedgerKind.ABSENT, 9)], None, None),
    ],
)
def test_each_person_comes_one_way_and_is_in_one_place(
    facts: list[Fact], way: Way | None, where: int | None
) -> None:
    slots = [rules.Slot(1, 1, at(0), at(60), room_id=7)]
    crowd = rules.crowd(slots, {5: facts})
    assert crowd.ways == ({5: way} if way else {})
    assert crowd.inside == ({} if where is None else {5: None if where == HOUSE else where})
    assert sum(crowd.by_way.values()) == len(crowd.ways)


@pytest.mark.parametrize(
    ("minutes", "each", "begins", "counts"),
    [
        ([3], 1, 3, [1]),
        ([3, 3.5, 5], 1, 3, [2, 0, 1]),
        ([1, 100], 2, 0, [1, *[0] * 49, 1]),
        ([7, 8, 480], 10, 0, [2, *[0] * 47, 1]),
    ],
)
def test_bars_are_minutes_or_as_many_as_it_takes(
    minutes: list[float], each: int, begins: int, counts: list[int]
) -> None:
    found = rules.bars([at(minute) for minute in minutes])
    assert found is not None
    assert (found.minutes, found.begins_at, found.counts) == (each, at(begins), counts)
    assert rules.bars([]) is None


@pytest.fixture
def event(session: DbSession, frozen_clock: datetime) -> Event:
    """An event whose first day is today."""
    return factories.event()


def come(event: Event, number: int, **values: Any) -> None:
    """Let a person come in, another watch, and a third be written down."""
    day, second = event.days[:2]
    walks, watches, listed = (factories.registration(event, **values) for _ in range(3))
    reading = Reading(walks.code, f"nonce-{number}", at(number), ScanSource.CAMERA)
    services.scan(event.id, day.id, reading, by=None, at=at(number))
    services.beat(watches, day.sessions[1], device="a", at=NOON - timedelta(minutes=1))
    for one in (day, second):
        services.mark(event, [listed.id], day_id=one.id, present=True, reason="x", by=None, at=NOON)


def test_the_page_s_numbers_add_up(event: Event, sign_in: Callable[..., FlaskClient]) -> None:
    come(event, 1, ubigeo="080101", entity="Municipalidad de Cusco")
    come(event, 2, ubigeo="150101", entity="<b>Ñaña</b>")
    factories.registration(event)
    day = queries.live_day(event, event.days[0], at=NOON)
    assert day.crowd.by_way == {"door": 2, "screen": 2, "list": 2}
    assert day.crowd.by_room == {None: 2}
    assert day.on_screen == {event.days[0].sessions[1].id: 2}
    assert day.regions == [("08", 3), ("15", 3)]
    assert day.institutions == [("<b>Ñaña</b>", 3), ("Municipalidad de Cusco", 3)]
    first, second, third = (queries.came_by_day(event)[one.id] for one in event.days)
    assert (first, second, third) == (
        {"door": 2, "screen": 2, "list": 2},
        {"door": 0, "screen": 0, "list": 2},
        {"door": 0, "screen": 0, "list": 0},
    )
    office = sign_in(factories.user(Role.READER, organisation=event.organisation))
    answer = office.get(f"/gestion/eventos/{event.slug}/asistencia/en-vivo")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count("<rect") == 2
    assert "&lt;b&gt;Ñaña" in page
    assert "Cusco" in unescape(page)
    assert "style=" not in page.partition('id="live"')[2]


def test_a_withdrawal_takes_a_person_out_of_both(event: Event) -> None:
    come(event, 1)
    walks = event.days[0]
    person = queries.live_day(event, walks, at=NOON).crowd
    [number] = [one for one, way in person.ways.items() if way is Way.DOOR]
    services.mark(event, [number], day_id=walks.id, present=False, reason="x", by=None, at=NOON)
    assert queries.live_day(event, walks, at=NOON).crowd.by_way == {"screen": 1, "list": 1}
    assert queries.came_by_day(event)[walks.id] == {"door": 0, "screen": 1, "list": 1}


@pytest.mark.parametrize("query", ["", "?dia=2026-05-14", "?dia=nunca", "?dia=1999-01-01"])
def test_any_day_is_a_page_and_strangers_see_none(
    event: Event, query: str, sign_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    address = f"/gestion/eventos/{event.slug}/asistencia/en-vivo{query}"
    assert (
        sign_in(factories.user(Role.ORGANISER, organisation=event.organisation)).get(address).status_code
        == 200
    )
    assert (
        sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
        .get(address)
        .status_code
        == 404
    )
    assert client.get(address).status_code == 302


def test_the_page_asks_the_same_for_three_people_as_for_sixty(
    event: Event, sign_in: Callable[..., FlaskClient], count_queries: Callable[[], Any]
) -> None:
    office = sign_in(factories.user(Role.READER, organisation=event.organisation))

    def cost() -> int:
        with count_queries() as statements:
            office.get(f"/gestion/eventos/{event.slug}/asistencia/en-vivo")
        return len(statements)

    come(event, 1)
    few = cost()
    for number in range(2, 21):
        come(event, number)
    assert cost() == few
