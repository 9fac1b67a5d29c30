"""Clashes, what an event lacks, and time that moves."""

from datetime import UTC, datetime, timedelta

import pytest

from app.events import rules
from app.events.models import (
    Appearance,
    Event,
    Modality,
    Room,
    Session,
    SessionKind,
    Speaker,
)
from app.events.rules import ClashKind, Missing

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)
HALL = Room(id=1, name="Sala A", capacity=60)
OTHER_HALL = Room(id=2, name="Sala B", capacity=None)
ANA = Speaker(id=1, name="Ana")
LUIS = Speaker(id=2, name="Luis")


def talk(number: int, start: int, end: int, room: Room | None = None, *speakers: Speaker) -> Session:
    """Return a session from `start` to `end` minutes after nine."""
    return Session(
        id=number,
        title=f"S{number}",
        kind=SessionKind.TALK,
        starts_at=NINE + timedelta(minutes=start),
        ends_at=NINE + timedelta(minutes=end),
        room_id=room.id if room else None,
        room=room,
        appearances=[Appearance(speaker_id=one.id, speaker=one, position=0) for one in speakers],
    )


def names(sessions: list[Session], capacity: int | None = None) -> list[tuple[str, str, int, int | None]]:
    return [
        (clash.kind, clash.name, clash.session.id, clash.other.id if clash.other else None)
        for clash in rules.clashes(sessions, capacity=capacity)
    ]


@pytest.mark.parametrize(
    ("sessions", "found"),
    [
        ([], []),
        ([talk(1, 0, 60, HALL, ANA), talk(2, 60, 90, HALL, ANA)], []),
        ([talk(1, 0, 60, HALL), talk(2, 0, 60, OTHER_HALL)], []),
        ([talk(1, 0, 60), talk(2, 0, 60)], []),
        ([talk(1, 0, 60, HALL), talk(2, 59, 90, HALL)], [(ClashKind.ROOM, "Sala A", 1, 2)]),
        ([talk(2, 59, 90, HALL), talk(1, 0, 60, HALL)], [(ClashKind.ROOM, "Sala A", 1, 2)]),
        ([talk(1, 0, 120, HALL), talk(2, 30, 60, HALL)], [(ClashKind.ROOM, "Sala A", 1, 2)]),
        (
            [talk(1, 0, 60, HALL, ANA, LUIS), talk(2, 30, 60, OTHER_HALL, LUIS)],
            [(ClashKind.SPEAKER, "Luis", 1, 2)],
        ),
        (
            [talk(1, 0, 300, HALL), talk(2, 60, 90, HALL), talk(3, 120, 150, HALL)],
            [(ClashKind.ROOM, "Sala A", 1, 2), (ClashKind.ROOM, "Sala A", 1, 3)],
        ),
    ],
)
def test_a_room_and_a_person_can_be_in_one_session_at_a_time(
    sessions: list[Session], found: list[object]
) -> None:
    assert names(sessions) == found


@pytest.mark.parametrize(
    ("sessions", "capacity", "found"),
    [
        ([talk(1, 0, 60, HALL)], 60, []),
        ([talk(1, 0, 60, HALL)], None, []),
        ([talk(1, 0, 60, HALL)], 61, [(ClashKind.CAPACITY, "Sala A", 1, None)]),
        ([talk(1, 0, 60, OTHER_HALL)], 1000, []),
        ([talk(1, 0, 60, HALL), talk(2, 0, 60, OTHER_HALL)], 100, []),
    ],
)
def test_a_room_should_hold_everybody_who_has_nowhere_else_to_go(
    sessions: list[Session], capacity: int | None, found: list[object]
) -> None:
    assert names(sessions, capacity) == found


def test_a_break_needs_no_seats() -> None:
    pause = talk(1, 0, 30, HALL)
    pause.kind = SessionKind.BREAK
    assert names([pause], 1000) == []


def complete(**values: object) -> Event:
    known = {
        "starts_on": NINE.date(),
        "summary": "Qué es",
        "modality": Modality.HYBRID,
        "venue_name": "Auditorio",
        "contact_email": "a@example.pe",
        "hours": 6,
    }
    event = Event()
    for name, value in (known | values).items():
        event.__dict__[name] = value
    return event


STREAMED = talk(1, 0, 60)
STREAMED.online_url = "https://meet.example/x"
SILENT = talk(2, 0, 60)
SILENT.online_url = ""


@pytest.mark.parametrize(
    ("event", "sessions", "lacks"),
    [
        (complete(), [STREAMED], []),
        (complete(starts_on=None), [STREAMED], [Missing.DAY]),
        (complete(), [], [Missing.SESSION, Missing.ONLINE_URL]),
        (complete(), [SILENT], [Missing.ONLINE_URL]),
        (complete(modality=Modality.IN_PERSON), [SILENT], []),
        (complete(venue_name=""), [STREAMED], [Missing.VENUE]),
        (complete(venue_name="", modality=Modality.VIRTUAL), [STREAMED], []),
        (
            complete(summary="", contact_email="", hours=None),
            [STREAMED],
            [Missing.SUMMARY, Missing.CONTACT, Missing.HOURS],
        ),
    ],
)
def test_what_an_event_lacks(event: Event, sessions: list[Session], lacks: list[Missing]) -> None:
    assert rules.missing(event, sessions) == lacks


@pytest.mark.parametrize(
    ("text", "is_slug"),
    [
        ("semana-abierta-2026", True),
        ("a", True),
        ("-a", False),
        ("a-", False),
        ("a--b", False),
        ("Ñandú", False),
        ("A", False),
        ("a/b", False),
        ("", False),
        ("a\n", False),
    ],
)
def test_what_can_stand_in_an_address(text: str, is_slug: bool) -> None:
    assert rules.is_slug(text) == is_slug


def test_time_of_day_survives_another_zone_and_a_change_of_the_clock() -> None:
    moved = rules.moved_to_zone(NINE, old="America/Lima", new="America/Bogota")
    assert moved == NINE
    moved = rules.moved_to_zone(NINE, old="America/Lima", new="Europe/Madrid")
    assert moved.astimezone(UTC).hour == 7
    before_summer_time = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)  # nine in Madrid
    after = rules.shifted(before_summer_time, timedelta(days=1), zone="Europe/Madrid")
    assert after.astimezone(UTC) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_zones_are_places() -> None:
    zones = rules.zones()
    assert "America/Lima" in zones
    assert "Pacific/Galapagos" in zones
    assert not {"UTC", "EST", "Etc/GMT+5", "US/Pacific"} & set(zones)
