"""Checkpoints on a real database: in, out, once, from room to room, against the rules, and the nightly close."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from app.attendance import queries, services
from app.attendance.errors import ReasonMissing
from app.attendance.models import (
    Checkpoint,
    CheckpointKind,
    Direction,
    HowOften,
    Scan,
    ScanResult,
    ScanSource,
    Ways,
    Whereabouts,
)
from app.attendance.services import Answer, Reading
from app.events.models import Room
from app.extensions import db
from app.registration import queries as registrations
from app.registration import services as registrations_services
from app.registration.models import EnrollableSession, Enrolment, EnrolmentStatus, RegistrationStatus
from tests import factories

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)  # 9:00 in Lima, when the first session begins


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


@pytest.fixture
def place(session: DbSession) -> SimpleNamespace:
    event = factories.event()
    rooms = [Room(event_id=event.id, name=name) for name in ("Sala A", "Sala B")]
    db.session.add_all(rooms)
    db.session.flush()
    event.days[0].sessions[0].room = rooms[0]
    return SimpleNamespace(
        event=event,
        rooms=rooms,
        talk=event.days[0].sessions[0],
        person=factories.registration(event),
        nonces=iter(range(100)),
    )


def checkpoint(
    place: SimpleNamespace, kind: CheckpointKind = CheckpointKind.EVENT, **values: Any
) -> Checkpoint:
    row = Checkpoint(
        event=place.event, kind=kind, name="Puerta", created_at=NINE, **{"how_often": HowOften.ANY} | values
    )
    db.session.add(row)
    db.session.flush()
    return row


def read(
    place: SimpleNamespace, where: Checkpoint, minute: float = 2, *, nonce: str = "", **more: Any
) -> Answer:
    text = more.pop("text", place.person.code)
    reading = Reading(text, nonce or f"nonce-{next(place.nonces)}", at(minute), ScanSource.CAMERA)
    return services.pass_through(where, reading, by=None, at=more.pop("received_at", at(minute)), **more)


def test_once_is_once_also_through_another_door_of_the_same_place(place: SimpleNamespace) -> None:
    doors = [checkpoint(place, how_often=HowOften.ONCE) for _ in range(2)]
    answers = [read(place, doors[0], 2), read(place, doors[0], 3), read(place, doors[1], 24 * 60)]
    assert [(answer.result, answer.first_at, answer.inside) for answer in answers] == [
        (ScanResult.ADMITTED, at(2), 1),
        (ScanResult.ALREADY, at(2), 1),
        (ScanResult.ALREADY, at(2), 1),
    ]


def test_a_day_door_beside_a_checkpoint_keeps_its_own_count(place: SimpleNamespace) -> None:
    entrance = checkpoint(place, how_often=HowOften.ONCE)
    read(place, entrance, 2)
    reading = Reading(place.person.code, "at-the-door", at(3), ScanSource.CAMERA)
    answer = services.scan(place.event.id, place.event.days[0].id, reading, by=None, at=at(3))
    assert (answer.result, answer.inside) == (ScanResult.ADMITTED, 1)


def test_the_same_nonce_is_one_row_and_one_answer(place: SimpleNamespace) -> None:
    gate = checkpoint(place, ways=Ways.BOTH)
    first = read(place, gate, 2, nonce="the-same-nonce")
    assert read(place, gate, 3, nonce="the-same-nonce") == first
    gone = read(place, gate, 9, nonce="another-nonce")
    assert (gone.result, gone.direction, gone.inside) == (ScanResult.ADMITTED, Direction.OUT, 0)
    assert read(place, gate, 10, nonce="another-nonce") == gone


def test_entering_one_room_leaves_the_other(place: SimpleNamespace) -> None:
    a, b = (checkpoint(place, CheckpointKind.ROOM, room_id=room.id, ways=Ways.BOTH) for room in place.rooms)
    assert read(place, a, 2).inside == 1
    assert read(place, b, 10).inside == 1
    assert queries.inside_by_place(place.event.id) == {f"room-{place.rooms[1].id}": 1}
    back = read(place, a, 20)
    assert (back.direction, back.inside) == (Direction.IN, 1)
    late = read(place, b, 15, received_at=at(60))  # a device that tells it late moves nobody
    assert late.result is ScanResult.ADMITTED
    assert queries.inside_by_place(place.event.id) == {f"room-{place.rooms[0].id}": 1}
    assert (read(place, a, 30).direction, queries.inside_by_place(place.event.id)) == (Direction.OUT, {})


def test_a_session_takes_those_with_a_place(place: SimpleNamespace, session: DbSession) -> None:
    session.add(EnrollableSession(session_id=place.talk.id, event_id=place.event.id))
    session.flush()
    door = checkpoint(place, CheckpointKind.SESSION, session_id=place.talk.id, needs_place=True)
    assert read(place, door, 2).result is ScanResult.NO_PLACE
    seat = {"session_id": place.talk.id, "registration_id": place.person.id, "created_at": NINE}
    session.add(Enrolment(**seat, status=EnrolmentStatus.ENROLLED))
    session.flush()
    assert read(place, door, 3).result is ScanResult.ADMITTED
    assert read(place, door, 24 * 60).result is ScanResult.OTHER_DAY


def test_a_pass_of_another_event_or_of_nobody_says_nothing_of_its_holder(place: SimpleNamespace) -> None:
    stranger = factories.registration(factories.event())
    gate = checkpoint(place)
    for text, result in ((stranger.code, ScanResult.OTHER_EVENT), ("nonsense", ScanResult.UNKNOWN)):
        answer = read(place, gate, text=text, forced="Because")
        assert (answer.result, answer.holder, answer.inside) == (result, None, 0)


def test_a_forced_entry_says_why(place: SimpleNamespace, session: DbSession) -> None:
    place.person.status = RegistrationStatus.WAITLISTED
    gate = checkpoint(place, how_often=HowOften.ONCE)
    with pytest.raises(ReasonMissing):
        read(place, gate, 2, forced="  ")
    answer = read(place, gate, 2, forced=" Viene  con la alcaldesa ")
    assert (answer.result, answer.first_at, answer.inside) == (ScanResult.FORCED, at(2), 1)
    row = session.scalars(select(Scan)).one()
    assert (row.result, row.reason) == (ScanResult.FORCED, "Viene con la alcaldesa")
    place.person.status = RegistrationStatus.CONFIRMED
    assert read(place, gate, 4).result is ScanResult.ALREADY
    day = place.event.days[1]
    place.person.status = RegistrationStatus.WAITLISTED
    reading = Reading(place.person.code, "at-the-door", at(5), ScanSource.CAMERA)
    forced = services.scan(place.event.id, day.id, reading, by=None, at=at(5), forced="Autoridad")
    assert (forced.result, forced.inside) == (ScanResult.FORCED, 1)


def test_what_needs_no_force_is_not_recorded_as_forced(place: SimpleNamespace, session: DbSession) -> None:
    assert read(place, checkpoint(place), forced="").result is ScanResult.ADMITTED


def test_the_nightly_close_credits_the_session_and_no_more(
    place: SimpleNamespace, session: DbSession
) -> None:
    room = checkpoint(place, CheckpointKind.ROOM, room_id=place.rooms[0].id, ways=Ways.BOTH)
    entrance = checkpoint(place)
    read(place, entrance, -5)
    read(place, room, -3)
    assert services.close_stays(at=at(60)) == 0  # they may be inside still
    night = at(20 * 60)
    assert services.close_stays(at=night) == 2
    assert services.close_stays(at=night) == 0
    closed = session.scalars(select(Scan).where(Scan.source == ScanSource.CLOSE)).one()
    assert (closed.direction, closed.scanned_at, closed.room_id) == (Direction.OUT, at(90), place.rooms[0].id)
    assert session.scalars(select(Whereabouts)).all() == []


def test_a_scan_takes_as_many_queries_however_many_went_before(
    place: SimpleNamespace, count_queries: Any
) -> None:
    gate = checkpoint(place, ways=Ways.BOTH)
    read(place, gate, 1)
    with count_queries() as few:
        read(place, gate, 2)
    for minute in range(3, 20):
        read(place, gate, minute)
    with count_queries() as many:
        read(place, gate, 21)
    assert len(many) == len(few)


@pytest.mark.parametrize("is_checkpoint", [False, True], ids=["door", "checkpoint"])
def test_signed_passes(place: SimpleNamespace, session: DbSession, *, is_checkpoint: bool) -> None:
    registrations_services.ensure_key(place.event.organisation_id, at=NINE)
    stranger = factories.registration(factories.event(place.event.organisation))
    other = factories.registration(place.event)
    text, others = registrations.pass_text(place.person), registrations.pass_text(other)
    gate = checkpoint(place, how_often=HowOften.ONCE)

    def result(text: str, minute: float) -> tuple[ScanResult, bool]:
        if is_checkpoint:
            answer = read(place, gate, minute, text=text)
        else:
            reading = Reading(text, f"nonce-{next(place.nonces)}", at(minute), ScanSource.CAMERA)
            answer = services.scan(place.event.id, place.event.days[0].id, reading, by=None, at=at(minute))
        return answer.result, answer.holder is not None

    assert result(text, 1) == (ScanResult.ADMITTED, True)
    assert result(text, 2) == (ScanResult.ALREADY, True)  # a replay
    assert result(place.person.code, 3) == (ScanResult.ALREADY, True)
    assert result(registrations.pass_text(stranger), 4) == (ScanResult.OTHER_EVENT, False)
    assert result(text[:90], 5) == (ScanResult.DAMAGED, False)
    assert result(text[:60] + others[60:], 6) == (ScanResult.FORGED, False)
    registrations_services.renew_pass(place.person, at=NINE)
    assert result(text, 7) == (ScanResult.REPLACED, True)
    assert result(registrations.pass_text(place.person), 8) == (ScanResult.ALREADY, True)
    assert result(others, 33 * 24 * 60) == (ScanResult.EXPIRED, True)
    registrations_services.rotate_keys(place.event.organisation, at_once=True, at=NINE)
    assert result(others, 9) == (ScanResult.UNKNOWN_KEY, False)
    assert session.query(Whereabouts).count() == int(is_checkpoint)


def test_behind_the_decision_stands_the_database(
    place: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = checkpoint(place, how_often=HowOften.ONCE)
    read(place, gate, 1)
    monkeypatch.setattr(queries, "history_of", lambda _gate, _person: [])
    with pytest.raises(IntegrityError):
        read(place, gate, 2)


def test_a_door_of_both_ways_works_as_the_database_gives_it(place: SimpleNamespace) -> None:
    door = checkpoint(place, ways=Ways.BOTH)
    db.session.expire_all()  # the database gives plain text where the rules have words of their own
    answers = [read(place, door, minute) for minute in (2, 30, 60)]
    assert [(answer.result, answer.direction) for answer in answers] == [
        (ScanResult.ADMITTED, Direction.IN),
        (ScanResult.ADMITTED, Direction.OUT),
        (ScanResult.ADMITTED, Direction.IN),
    ]
