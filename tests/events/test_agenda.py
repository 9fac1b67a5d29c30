"""How a day is laid out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.events import agenda
from app.events.agenda import Phase
from app.events.models import Day, Event, Session

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)  # nine in the morning in Lima


def session(start: int, end: int, title: str = "") -> Session:
    """Return a session between two minutes after nine."""
    return Session(
        title=title, starts_at=NINE + timedelta(minutes=start), ends_at=NINE + timedelta(minutes=end)
    )


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 30), (30, 60)], [[(0, 30)], [(30, 60)]]),
        ([(30, 60), (0, 30)], [[(0, 30)], [(30, 60)]]),
        ([(0, 60), (0, 60)], [[(0, 60), (0, 60)]]),
        ([(0, 60), (0, 30), (30, 60)], [[(0, 30), (0, 60), (30, 60)]]),
        ([(0, 60), (10, 20), (30, 40), (60, 90)], [[(0, 60), (10, 20), (30, 40)], [(60, 90)]]),
    ],
)
def test_sessions_that_overlap_share_a_slot(
    spans: list[tuple[int, int]], expected: list[list[tuple[int, int]]]
) -> None:
    found = agenda.slots(session(*span) for span in spans)
    minutes = [[(offset(one.starts_at), offset(one.ends_at)) for one in slot] for slot in found]
    assert minutes == expected


def offset(moment: datetime) -> int:
    return int((moment - NINE).total_seconds() // 60)


@pytest.mark.parametrize(
    ("at", "expected"),
    [(-1, Phase.COMING), (0, Phase.NOW), (29, Phase.NOW), (30, Phase.PAST), (31, Phase.PAST)],
)
def test_phase(at: int, expected: Phase) -> None:
    assert agenda.phase(NINE, NINE + timedelta(minutes=30), at=NINE + timedelta(minutes=at)) == expected


def event(*days: Day) -> Event:
    return Event(timezone="America/Lima", days=list(days))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 5, 1, tzinfo=UTC), 0),
        (datetime(2026, 5, 13, 4, 59, tzinfo=UTC), 0),  # still the evening of the twelfth in Lima
        (datetime(2026, 5, 13, 5, 0, tzinfo=UTC), 1),
        (datetime(2026, 6, 1, tzinfo=UTC), 0),
    ],
)
def test_current_day_is_todays_in_the_events_zone(at: datetime, expected: int) -> None:
    days = [Day(date=date(2026, 5, 12)), Day(date=date(2026, 5, 13))]
    assert agenda.current_day(event(*days), at=at) is days[expected]


def test_an_event_without_days_has_no_current_day() -> None:
    assert agenda.current_day(event(), at=NINE) is None


def test_daily_hours_are_told_when_every_day_keeps_them() -> None:
    first = Day(date=date(2026, 5, 12), sessions=[session(0, 30), session(30, 240)])
    second = Day(date=date(2026, 5, 13), sessions=[session(24 * 60, 24 * 60 + 240)])
    assert agenda.daily_hours(event(first, second, Day(date=date(2026, 5, 14)))) == (
        NINE,
        NINE + timedelta(hours=4),
    )


def test_daily_hours_are_not_told_when_days_differ() -> None:
    first = Day(date=date(2026, 5, 12), sessions=[session(0, 30)])
    second = Day(date=date(2026, 5, 13), sessions=[session(24 * 60, 24 * 60 + 60)])
    assert agenda.daily_hours(event(first, second)) is None
    assert agenda.daily_hours(event(Day(date=date(2026, 5, 12)))) is None
