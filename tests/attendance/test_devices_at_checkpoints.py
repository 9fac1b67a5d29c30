"""Devices that serve checkpoints: what they learn, and what the server makes of scans that have happened."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app.accounts.models import User
from app.attendance import queries, services
from app.attendance.models import Checkpoint, CheckpointKind, DoorDevice, HowOften, Scan, Ways, Whereabouts
from app.attendance.queries import Matter
from app.audit import AuditEntry
from app.events.models import Room
from app.permissions import Role
from app.registration.models import EnrollableSession, Enrolment, EnrolmentStatus, RegistrationStatus
from tests import factories

NOON = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
ROOM = CheckpointKind.ROOM


@pytest.fixture
def hall(session: DbSession, frozen_clock: datetime) -> SimpleNamespace:
    event = factories.event()
    rooms = [Room(event_id=event.id, name=name) for name in ("Sala A", "Sala B")]
    session.add_all(rooms)
    session.flush()
    office = factories.user(Role.ORGANISER, organisation=event.organisation)
    return SimpleNamespace(event=event, rooms=rooms, office=office, person=factories.registration(event))


def checkpoint(
    hall: SimpleNamespace, kind: CheckpointKind = CheckpointKind.EVENT, **values: Any
) -> Checkpoint:
    usual = {"name": "Puerta", "created_at": NOON, "how_often": HowOften.ANY}
    return factories._add(Checkpoint(event_id=hall.event.id, kind=kind, **usual | values))


def paired(hall: SimpleNamespace, *checkpoints: Checkpoint, forced_by: User | None = None) -> str:
    """Return the token of a device that was paired an hour ago and serves these checkpoints."""
    at = NOON - timedelta(hours=1)
    made = services.add_device(
        hall.event,
        "Equipo",
        day_ids=[],
        checkpoint_ids=[one.id for one in checkpoints],
        forced_by=forced_by,
        expires_at=NOON + timedelta(days=1),
        by=hall.office,
        at=at,
    )
    device, token = services.pair(services.pairing_token(made), at=at)
    factories._add(device)
    return token


def sync(client: FlaskClient, token: str, *scans: dict[str, Any], **more: Any) -> Any:
    body = {"sent_at": str(NOON), "cursor": None, "scans": list(scans)} | more
    return client.post("/puerta/sincronizar", json=body, headers={"Authorization": f"Bearer {token}"})


def told(hall: SimpleNamespace, where: Checkpoint, minute: float, **changes: Any) -> dict[str, Any]:
    """Return a scan so many minutes before noon."""
    at = NOON - timedelta(minutes=minute)
    return {
        "code": hall.person.code,
        "nonce": f"nonce-{where.id}-{minute}-{changes.get('by', '')}".replace(".", "_").ljust(16, "0"),
        "checkpoint": where.id,
        "direction": "in",
        "at": at.isoformat(),
        "source": "camera",
        "result": "admitted",
    } | changes


def scans(session: DbSession) -> list[tuple[Any, ...]]:
    rows = session.scalars(select(Scan).order_by(Scan.scanned_at))
    return [(row.checkpoint_id, row.direction, row.result, row.verdict) for row in rows]


def test_a_device_learns_its_checkpoints_and_what_they_ask_of_people(
    hall: SimpleNamespace, client: FlaskClient, session: DbSession
) -> None:
    talk = hall.event.days[0].sessions[0]
    session.add(EnrollableSession(session_id=talk.id, event_id=hall.event.id))
    session.flush()
    one = checkpoint(hall, CheckpointKind.SESSION, session_id=talk.id, needs_place=True, ways=Ways.BOTH)
    token = paired(hall, one)
    first = sync(client, token).json
    assert (first["days"], first["needs"], first["force"]) == ([], f"s{talk.id}", None)
    assert first["people"][0][7:] == [None, [], []]
    assert first["checkpoints"] == [
        {
            "id": one.id,
            "name": "Puerta",
            "leads": talk.title,
            "place": f"session-{talk.id}",
            "scope": f"session-{talk.id}",
            "gate": {
                "kind": "session",
                "ways": "both",
                "how_often": "any",
                "admits_waiting": False,
                "form_ids": [],
                "needs_place_in": talk.id,
                "choice": None,
                "dates": [hall.event.days[0].date.isoformat()],
                "opens_at": None,
                "closes_at": None,
            },
        }
    ]
    # A place that somebody is given is told like any other change; what it knew less of, it learns anew.
    enrolled = EnrolmentStatus.ENROLLED
    place = {"session_id": talk.id, "registration_id": hall.person.id, "status": enrolled, "created_at": NOON}
    factories._add(Enrolment(**place))
    news = sync(client, token, cursor=first["cursor"], needs=first["needs"]).json
    assert (news["anew"], [row[7:] for row in news["people"]]) == (False, [[None, [talk.id], []]])
    assert sync(client, token, cursor=first["cursor"], needs="").json["anew"] is True


def test_passages_of_other_devices_are_told(hall: SimpleNamespace, client: FlaskClient) -> None:
    doors = [checkpoint(hall, ROOM, room_id=room.id, ways=Ways.BOTH) for room in hall.rooms]
    entrance = checkpoint(hall)
    here, there = paired(hall, doors[0]), paired(hall, doors[1], entrance)
    sync(client, there, told(hall, doors[1], 30), told(hall, entrance, 40))
    at = (NOON - timedelta(minutes=30)).isoformat()
    # Entering one room leaves the other: all rooms concern whoever serves one; the entrance does not.
    assert sync(client, here).json["passages"] == [[hall.person.id, f"room-{hall.rooms[1].id}", "in", at]]
    cursor = sync(client, there).json["cursor"]
    assert sync(client, there, cursor=cursor).json["passages"] == []


def test_a_room_is_entered_and_left_and_only_the_last_passage_says_where_one_is(
    hall: SimpleNamespace, client: FlaskClient, session: DbSession
) -> None:
    doors = [checkpoint(hall, ROOM, room_id=room.id, ways=Ways.BOTH) for room in hall.rooms]
    token = paired(hall, *doors)
    sent = [told(hall, doors[1], 10), told(hall, doors[0], 50), told(hall, doors[0], 20, direction="out")]
    answer = sync(client, token, *sent)
    assert [outcome[1] for outcome in answer.json["outcomes"]] == ["admitted"] * 3
    assert scans(session) == [
        (doors[0].id, "in", "admitted", None),
        (doors[0].id, "out", "admitted", None),
        (doors[1].id, "in", "admitted", None),
    ]
    assert session.scalars(select(Whereabouts.place)).all() == [f"room-{hall.rooms[1].id}"]
    assert sync(client, token, *sent).json["outcomes"] == answer.json["outcomes"]  # told twice, stored once
    assert len(scans(session)) == 3


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_devices_at_a_door_that_lets_in_once(
    hall: SimpleNamespace, client: FlaskClient, session: DbSession, order: tuple[int, int]
) -> None:
    door = checkpoint(hall, how_often=HowOften.ONCE)
    tokens = [paired(hall, door), paired(hall, door)]
    sent = [told(hall, door, 30, by="a"), told(hall, door, 10, by="b")]
    firsts = [sync(client, tokens[one], sent[one]).json["outcomes"][0][3] for one in order]
    state = queries.per_day(hall.event, [hall.person.id])[hall.person.id][hall.event.days[0].id]
    assert (state.entered_at, firsts[1]) == (
        NOON - timedelta(minutes=30),
        (NOON - timedelta(minutes=30)).isoformat(),
    )
    assert sorted(row[2] for row in scans(session)) == ["admitted", "already"]
    assert len(queries.merged(hall.event, Matter.DUPLICATES)) == 1


def test_what_happened_is_kept_also_where_the_server_would_refuse(
    hall: SimpleNamespace, client: FlaskClient, session: DbSession
) -> None:
    door = checkpoint(hall)
    token = paired(hall, door)
    door.closed_at = NOON - timedelta(minutes=15)
    factories._add(door)
    sync(client, token, told(hall, door, 20), told(hall, door, 10), told(hall, door, 5, result="cancelled"))
    assert scans(session) == [
        (door.id, "in", "admitted", None),
        (door.id, "in", "admitted", "closed"),
        (door.id, "in", "closed", None),
    ]


def test_an_exception_is_somebodys_with_a_reason_and_marked(
    hall: SimpleNamespace, client: FlaskClient, session: DbSession
) -> None:
    hall.person.status = RegistrationStatus.WAITLISTED
    factories._add(hall.person)
    door = checkpoint(hall)
    token = paired(hall, door, forced_by=hall.office)
    forced = told(hall, door, 5, result="forced", reason=" Invitada  de la alcaldesa ")
    answer = sync(client, token, forced).json
    assert answer["outcomes"][0][1] == "forced"
    (row,) = queries.merged(hall.event, Matter.FORCED)
    assert (row.reason, row.by, row.checkpoint) == ("Invitada de la alcaldesa", hall.office.name, "Puerta")
    assert (row.told, row.verdict) == ("forced", "waitlisted")
    assert [entry.action for entry in session.scalars(select(AuditEntry))][-1] == "attendance.forced"
    (written,) = queries.history(hall.person)
    assert (written.row.kind, written.row.reason, written.by) == ("arrival", row.reason, hall.office.name)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"checkpoint": 0}, "checkpoint"),
        ({"checkpoint": True}, "checkpoint"),
        ({"checkpoint": "1"}, "checkpoint"),
        ({"checkpoint": None}, "day"),
        ({"direction": "up"}, "direction"),
        ({"direction": ["in"]}, "direction"),
        ({"result": "forced", "reason": "Sí"}, "result"),
    ],
)
def test_what_cannot_be_read_is_named(
    hall: SimpleNamespace, client: FlaskClient, session: DbSession, changes: dict[str, Any], field: str
) -> None:
    door, other = checkpoint(hall), checkpoint(hall)
    token = paired(hall, door)
    answer = sync(
        client, token, told(hall, door, 5), told(hall, other, 4, **{"checkpoint": door.id} | changes)
    )
    assert (answer.status_code, answer.json["row"], answer.json["field"]) == (422, 2, field)
    assert scans(session) == []


def test_an_exception_needs_a_reason(hall: SimpleNamespace, client: FlaskClient) -> None:
    door = checkpoint(hall)
    token = paired(hall, door, forced_by=hall.office)
    answer = sync(client, token, told(hall, door, 5, result="forced", reason="  "))
    assert (answer.status_code, answer.json["field"]) == (422, "reason")


def test_a_checkpoint_of_another_event_is_refused(hall: SimpleNamespace) -> None:
    foreign = SimpleNamespace(event=factories.event())
    with pytest.raises(services.ledger.NotOfThisEvent):
        paired(hall, checkpoint(foreign))


def test_the_office_hands_out_a_device_for_checkpoints_and_sees_its_figures(
    hall: SimpleNamespace, sign_in: Callable[..., FlaskClient], session: DbSession
) -> None:
    door, office = checkpoint(hall), sign_in(hall.office)
    address = f"/gestion/eventos/{hall.event.slug}/puerta/equipos"
    sent = {"name": "Museo", "checkpoints": door.id, "until": "2026-05-13"}
    assert office.post(address, data=sent | {"checkpoints": 10**6}).status_code == 422
    made = office.post(address, data=sent | {"may_force": "y"})
    device = session.scalars(select(DoorDevice)).one()
    assert (device.checkpoint_ids, device.forced_by_id) == ([door.id], hall.office.id)
    figures = services.force_pin(device)
    assert (len(figures), figures in office.get(made.location).get_data(as_text=True)) == (6, True)
    page = office.get(address).get_data(as_text=True)
    assert (figures in page, f"Excepciones: {hall.office.name}" in page) == (False, True)
