"""The ledger and the overviews, and how much they ask of the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session as DbSession

from app.attendance import queries, services
from app.attendance.models import ScanSource
from app.attendance.queries import DayNumbers, DayState
from app.attendance.services import Reading
from app.events.models import Event
from app.registration.models import Registration, RegistrationStatus
from tests import factories

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def scan(event: Event, code: str, nonce: str, *, day: int = 0, minute: float = 2) -> None:
    reading = Reading(code, nonce, at(minute), ScanSource.TYPED)
    services.scan(event.id, event.days[day].id, reading, by=None, at=at(minute))


def attend(event: Event, person: Registration) -> None:
    """Let a person leave a trace of every kind: 150 minutes by scan, 60 by mark, 5 by presence."""
    scan(event, person.code, f"nonce-{person.id}")
    second, third = event.days[1], event.days[2]
    common: dict[str, Any] = {"present": True, "reason": "hoja", "by": None, "at": at(2000)}
    services.mark(event, [person.id], session_id=second.sessions[1].id, **common)
    for minute in range(5):
        start = third.sessions[0].starts_at
        services.beat(person, third.sessions[0], device="a", at=start + timedelta(minutes=minute))


@pytest.fixture
def event(session: DbSession) -> Event:
    """Three days of 150 minutes each."""
    return factories.event()


def test_programme_minutes(event: Event) -> None:
    assert queries.programme_minutes(event) == 3 * 150


def test_attended_minutes_tell_of_everybody(event: Event) -> None:
    present, absent = factories.registration(event), factories.registration(event)
    attend(event, present)
    stranger = factories.registration(factories.event())
    attended = queries.attended_minutes(event)
    assert attended == {present.id: 215, absent.id: 0}
    assert stranger.id not in attended
    assert queries.attended_minutes_of(present) == 215
    assert queries.attended_minutes_of(absent) == 0


def test_by_session(event: Event) -> None:
    person = factories.registration(event)
    attend(event, person)
    ids = [one.id for day in event.days for one in day.sessions]
    assert queries.by_session(person) == dict(zip(ids, [90, 60, 0, 60, 5, 0], strict=True))


@pytest.mark.parametrize("ask", ["attended", "per_day", "by_day"])
def test_queries_do_not_grow_with_people(event: Event, count_queries: Callable[[], Any], ask: str) -> None:
    def cost() -> int:
        ids = list(queries.attended_minutes(event))
        with count_queries() as statements:
            {
                "attended": lambda: queries.attended_minutes(event),
                "per_day": lambda: queries.per_day(event, ids),
                "by_day": lambda: queries.by_day(event),
            }[ask]()
        return len(statements)

    attend(event, factories.registration(event))
    before = cost()
    for _ in range(29):
        attend(event, factories.registration(event))
    assert cost() == before <= 6


def test_per_day_says_why(event: Event) -> None:
    person, nobody = factories.registration(event), factories.registration(event)
    attend(event, person)
    services.mark(
        event, [person.id], day_id=event.days[2].id, present=False, reason="x", by=None, at=at(9000)
    )
    first, second, third = event.days
    assert queries.per_day(event, [person.id, nobody.id]) == {
        person.id: {
            first.id: DayState(150, 150, at(2), on_screen=False, marked=None),
            second.id: DayState(60, 150, None, on_screen=False, marked=None),
            third.id: DayState(5, 150, None, on_screen=True, marked=False),
        },
        nobody.id: {day.id: DayState(0, 150, None, on_screen=False, marked=None) for day in event.days},
    }


def test_numbers_of_days_and_sessions(event: Event) -> None:
    for _ in range(3):
        attend(event, factories.registration(event))
    scan(event, "nadie", "refused-1")
    first, second, third = event.days
    assert queries.by_day(event) == {
        first.id: DayNumbers(at_the_door=3, on_screen=0, by_hand=0, refused=1),
        second.id: DayNumbers(at_the_door=0, on_screen=0, by_hand=3, refused=0),
        third.id: DayNumbers(at_the_door=0, on_screen=3, by_hand=0, refused=0),
    }
    assert queries.on_screen_by_session(event) == {third.sessions[0].id: 3}
    assert queries.marked_sessions(event) == {second.sessions[1].id: 3}


def test_recent_scans_name_only_people_of_the_event(event: Event) -> None:
    person = factories.registration(event, given_names="Zoë", first_surname="Ñahui")
    stranger = factories.registration(factories.event())
    scan(event, person.code, "nonce-1")
    scan(event, stranger.code, "nonce-2")
    recent = queries.recent_scans(event)
    assert [(row.result, row.name) for row in recent] == [("other_event", ""), ("admitted", "Zoë Ñahui")]
    assert [row.result for row in queries.recent_scans(event, refused=True)] == ["other_event"]
    assert len(queries.recent_scans(event, limit=1)) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("quispe", True),
        ("QUISPÉ rosa", True),
        ("rosa otra", False),
        ("%", False),
        ("_", False),
        ("  ", False),
    ],
)
def test_holders_by_name(event: Event, text: str, found: bool) -> None:
    person = factories.registration(event)
    factories.registration(factories.event())
    holders = queries.holders_by_name(event.id, text)
    assert [holder.code for holder in holders] == ([person.code] if found else [])


def test_holders_by_name_come_in_order_and_few(event: Event) -> None:
    for number in range(12):
        factories.registration(event, second_surname=f"Zamora{number:02d}")
    found = [holder.second_surname for holder in queries.holders_by_name(event.id, "zamora")]
    assert found == [f"Zamora{number:02d}" for number in range(8)]


def test_people_are_paged_and_searched_without_the_cancelled(event: Event) -> None:
    for number in range(60):
        factories.registration(event, first_surname=f"Apellido{number:02d}")
    factories.registration(event, first_surname="Apellido99", status=RegistrationStatus.CANCELLED)
    first, second = queries.people(event), queries.people(event, page=2)
    assert (first.total, first.pages, len(first.items), len(second.items)) == (60, 2, 50, 10)
    assert [row.first_surname for row in queries.people(event, text="apellido07").items] == ["Apellido07"]
