"""Scans, marks and beats on a real database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from app import codes
from app.attendance import queries, services
from app.attendance.errors import NobodyChosen, NotOfThisEvent, ReasonMissing, RoomClosed
from app.attendance.models import DoorCount, PresenceInterval, Scan, ScanResult, ScanSource
from app.attendance.services import Reading
from app.audit import AuditEntry
from app.registration.models import Registration, RegistrationStatus
from tests import factories

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)  # 9:00 in Lima, when the first session begins


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


@pytest.fixture
def place(session: DbSession) -> SimpleNamespace:
    """An event, its first day and that day's first session, a person, and somebody at the door."""
    event = factories.event()
    day = event.days[0]
    return SimpleNamespace(
        event=event,
        day=day,
        talk=day.sessions[0],
        person=factories.registration(event),
        staff=factories.user(),
        nonces=iter(range(100)),
    )


def read(
    place: SimpleNamespace, text: str, minute: float = 2, *, nonce: str | None = None, **more: object
) -> services.Answer:
    day = more.get("day", place.day)
    reading = Reading(text, nonce or f"nonce-{next(place.nonces)}", at(minute), ScanSource.CAMERA)
    return services.scan(
        place.event.id, day.id, reading, by=place.staff.id, at=more.get("received_at", at(minute))
    )


def scans(session: DbSession) -> list[Scan]:
    return list(session.scalars(select(Scan).order_by(Scan.id)))


def test_the_first_scan_admits_and_the_second_says_when_that_was(place: SimpleNamespace) -> None:
    first = read(place, place.person.code, 2)
    second = read(place, place.person.code, 40)
    assert (first.result, first.first_at, first.inside) == (ScanResult.ADMITTED, at(2), 1)
    assert (second.result, second.first_at, second.inside) == (ScanResult.ALREADY, at(2), 1)
    assert first.holder is not None
    assert first.holder.full_name == place.person.full_name


def test_every_day_has_a_first_scan_of_its_own(place: SimpleNamespace) -> None:
    read(place, place.person.code)
    other = read(place, place.person.code, 1442, day=place.event.days[1])
    assert (other.result, other.inside) == (ScanResult.ADMITTED, 1)


def test_a_scan_keeps_the_door_s_time_and_the_server_s(place: SimpleNamespace, session: DbSession) -> None:
    read(place, place.person.code, 2, received_at=at(30))
    [row] = scans(session)
    assert (row.scanned_at, row.received_at) == (at(2), at(30))
    assert (row.registration_id, row.typed_code, row.scanned_by_id) == (place.person.id, "", place.staff.id)


def test_a_clock_that_runs_ahead_is_cut_to_the_server_s(place: SimpleNamespace, session: DbSession) -> None:
    answer = read(place, place.person.code, 90, received_at=at(30))
    assert answer.first_at == at(30)
    assert [row.scanned_at for row in scans(session)] == [at(30)]


def test_the_same_nonce_is_one_row_and_one_answer(place: SimpleNamespace, session: DbSession) -> None:
    first = read(place, place.person.code, 2, nonce="only-once")
    again = read(place, place.person.code, 2, nonce="only-once", received_at=at(9))
    assert again == first
    assert len(scans(session)) == 1
    assert session.scalar(select(DoorCount.inside)) == 1


@pytest.mark.parametrize("code", ["", "hola", "https://example.pe/otra-cosa", "AAAA2222", "\x00" * 90])
def test_what_is_no_pass_is_a_row_too(place: SimpleNamespace, session: DbSession, code: str) -> None:
    answer = read(place, code)
    assert (answer.result, answer.holder, answer.first_at) == (ScanResult.UNKNOWN, None, None)
    assert [(row.result, row.registration_id) for row in scans(session)] == [(ScanResult.UNKNOWN, None)]
    assert len(scans(session)[0].typed_code) <= 40


def test_an_unknown_code_that_could_be_a_pass(place: SimpleNamespace, session: DbSession) -> None:
    code = codes.generate(8)
    assert read(place, code).result == ScanResult.UNKNOWN
    assert [row.typed_code for row in scans(session)] == [code]


def test_a_refused_nonce_repeats_its_refusal(place: SimpleNamespace, session: DbSession) -> None:
    first = read(place, "hola", nonce="refused-once")
    assert read(place, "hola", nonce="refused-once") == first
    assert len(scans(session)) == 1


def test_a_pass_of_another_event_says_nothing_about_its_owner(
    place: SimpleNamespace, session: DbSession
) -> None:
    stranger = factories.registration(factories.event())
    answer = read(place, stranger.code)
    assert (answer.result, answer.holder) == (ScanResult.OTHER_EVENT, None)
    [row] = scans(session)
    assert (row.registration_id, row.typed_code) == (None, stranger.code)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (RegistrationStatus.WAITLISTED, ScanResult.WAITLISTED),
        (RegistrationStatus.CANCELLED, ScanResult.CANCELLED),
    ],
)
def test_who_is_not_confirmed_stays_outside(
    place: SimpleNamespace, status: RegistrationStatus, result: ScanResult
) -> None:
    person = factories.registration(place.event, status=status)
    answer = read(place, person.code)
    assert (answer.result, answer.inside) == (result, 0)
    assert queries.attended_minutes_of(person) == 0


def test_scans_cannot_be_changed(place: SimpleNamespace, session: DbSession) -> None:
    read(place, place.person.code)
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(update(Scan).values(result=ScanResult.ALREADY))


def test_a_second_admission_is_refused_by_the_database_too(
    place: SimpleNamespace, session: DbSession
) -> None:
    read(place, place.person.code)
    [row] = scans(session)
    names = [column.name for column in Scan.__table__.columns if column.name not in {"id", "nonce"}]
    copied = {name: getattr(row, name) for name in names}
    session.add(Scan(**copied, nonce="another"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_count_is_that_of_the_admitted(place: SimpleNamespace, session: DbSession) -> None:
    for person in [place.person, *(factories.registration(place.event) for _ in range(4))]:
        read(place, person.code)
        read(place, person.code)
    read(place, "nadie")
    admitted = select(func.count()).select_from(Scan).where(Scan.result == ScanResult.ADMITTED)
    assert queries.people_in(place.day) == session.scalar(admitted) == 5
    assert queries.people_in(place.event.days[1]) == 0


def mark(
    place: SimpleNamespace, *people: Registration, present: bool = True, minute: float = 300, **scope: object
) -> int:
    chosen = scope or {"day_id": place.day.id}
    return services.mark(
        place.event,
        [person.id for person in people or (place.person,)],
        present=present,
        reason=" hoja  de firmas ",
        by=place.staff.id,
        at=at(minute),
        **chosen,
    )


def test_marks_credit_and_take_back(place: SimpleNamespace) -> None:
    assert mark(place) == 1
    assert queries.attended_minutes_of(place.person) == 150
    mark(place, present=False, minute=301)
    assert queries.attended_minutes_of(place.person) == 0
    mark(place, minute=302, session_id=place.talk.id)
    assert queries.attended_minutes_of(place.person) == 90


def test_a_mark_takes_back_a_scan_and_a_later_scan_counts_again(place: SimpleNamespace) -> None:
    read(place, place.person.code, 2)
    mark(place, present=False, minute=10)
    assert queries.attended_minutes_of(place.person) == 0
    assert read(place, place.person.code, 20).result == ScanResult.ALREADY
    assert queries.attended_minutes_of(place.person) == 150


def test_a_mark_says_who_why_and_how_many(place: SimpleNamespace, session: DbSession) -> None:
    others = [factories.registration(place.event) for _ in range(3)]
    assert mark(place, *others, others[0]) == 3
    [(written, _by, _correction)] = queries.history(others[0])
    assert (written.reason, written.recorded_by_id, written.starts_at) == (
        "hoja de firmas",
        place.staff.id,
        at(300),
    )
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.marked"))
    assert entry.details == {"people": 3, "day_id": place.day.id, "session_id": None, "present": True}
    assert entry.event_id == place.event.id


def test_marks_refuse_what_is_not_of_the_event(place: SimpleNamespace) -> None:
    other = factories.event()
    with pytest.raises(NotOfThisEvent):
        mark(place, day_id=other.days[0].id)
    with pytest.raises(NotOfThisEvent):
        mark(place, session_id=other.days[0].sessions[0].id)
    with pytest.raises(NotOfThisEvent):
        mark(place, day_id=place.day.id, session_id=place.talk.id)
    with pytest.raises(NotOfThisEvent):
        mark(place, place.person, factories.registration(other))


def test_marks_need_people_and_a_reason(place: SimpleNamespace) -> None:
    common = {"day_id": place.day.id, "present": True, "by": None, "at": NINE}
    with pytest.raises(NobodyChosen):
        services.mark(place.event, [], reason="hoja", **common)
    with pytest.raises(ReasonMissing):
        services.mark(place.event, [place.person.id], reason=" \u200b", **common)


def beat(place: SimpleNamespace, minute: float, device: str = "a", *, by_hand: bool = False) -> None:
    services.beat(place.person, place.talk, device=device, at=at(minute), by_hand=by_hand)


def stretches(session: DbSession) -> list[tuple[float, float]]:
    rows = session.execute(
        select(PresenceInterval.starts_at, PresenceInterval.ends_at).order_by(PresenceInterval.starts_at)
    )
    return [((start - NINE).total_seconds() / 60, (end - NINE).total_seconds() / 60) for start, end in rows]


@pytest.mark.parametrize(
    ("beats", "by_hand", "expected"),
    [
        ([5], False, [(5, 6)]),
        ([5, 6, 7], False, [(5, 8)]),
        ([5, 7.5], False, [(5, 8.5)]),
        ([5, 7.51], False, [(5, 6), (7.51, 8.51)]),
        ([5, 5], False, [(5, 6)]),
        ([-15, -14], False, [(-15, -13)]),
        ([88, 89.5], False, [(88, 90)]),
        ([5, 15], True, [(5, 16)]),
        ([5, 15.01], True, [(5, 6), (15.01, 16.01)]),
    ],
)
def test_beats_make_intervals(
    place: SimpleNamespace, session: DbSession, beats: list[float], by_hand: bool, expected: list
) -> None:
    for minute in beats:
        beat(place, minute, by_hand=by_hand)
    assert [pytest.approx(pair) for pair in expected] == stretches(session)


def test_two_devices_have_intervals_of_their_own_that_count_once(
    place: SimpleNamespace, session: DbSession
) -> None:
    for minute in range(10):
        beat(place, minute)
        beat(place, minute + 0.5, "b")
    assert stretches(session) == [(0, 10), (0.5, 10.5)]
    assert queries.attended_minutes_of(place.person) == 10


def test_beats_before_the_beginning_credit_nothing(place: SimpleNamespace) -> None:
    for minute in range(-15, 1):
        beat(place, minute)
    assert queries.attended_minutes_of(place.person) == 1
    assert queries.by_session(place.person)[place.talk.id] == 1


@pytest.mark.parametrize("minute", [-15.1, 90, 4000])
def test_beats_outside_the_room_s_time_are_refused(
    place: SimpleNamespace, session: DbSession, minute: float
) -> None:
    with pytest.raises(RoomClosed):
        beat(place, minute)
    assert stretches(session) == []
