"""Devices at the door over HTTP: paired once, synchronised, withdrawn; what is malformed is named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from app import clock
from app.accounts.models import User
from app.attendance import queries, services
from app.attendance.models import DoorDevice, Scan, ScanResult, ScanSource
from app.attendance.queries import Matter
from app.events.models import Event
from app.permissions import Role
from app.registration import passes
from app.registration.models import RegistrationStatus
from tests import factories

NOON = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
Sync = Callable[..., Any]


@pytest.fixture(autouse=True)
def at_noon(frozen_clock: datetime) -> None:
    """It is noon in Lima on the event's first day."""


@pytest.fixture
def event(session: DbSession) -> Event:
    return factories.event()


@pytest.fixture
def office(event: Event) -> User:
    return factories.user(Role.ORGANISER, organisation=event.organisation)


def paired(event: Event, by: User, name: str = "Entrada", day_ids: tuple[int, ...] = ()) -> tuple[int, str]:
    """Return the number of a device that was paired an hour ago, and its token."""
    at = NOON - timedelta(hours=1)
    made = services.add_device(
        event, name, day_ids=day_ids, expires_at=NOON + timedelta(days=1), by=by, at=at
    )
    device, token = services.pair(services.pairing_token(made), at=at)
    factories._add(device)
    return device.id, token


@pytest.fixture
def sync(client: FlaskClient) -> Sync:
    """A function that synchronises the device that shows a token."""

    def send(token: str, *scans: Any, sent_at: Any = NOON, **more: Any) -> Any:
        body = {"sent_at": str(sent_at), "cursor": None, "scans": list(scans)} | more
        return client.post("/puerta/sincronizar", json=body, headers={"Authorization": f"Bearer {token}"})

    return send


def told(code: str, day: int, number: int = 1, *, at: datetime = NOON, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "nonce": f"nonce-{number:012d}",
        "day": day,
        "at": at.isoformat(),
        "source": "camera",
        "result": "admitted",
    } | changes


def scans(session: DbSession) -> list[Scan]:
    return list(session.scalars(select(Scan).order_by(Scan.id)))


def test_a_pairing_address_works_once_and_in_time(
    event: Event, office: User, client: FlaskClient, session: DbSession
) -> None:
    made = services.add_device(
        event, "Entrada", day_ids=[], expires_at=NOON + timedelta(days=1), by=office, at=NOON
    )
    token = services.pairing_token(made)
    factories._add(made)
    first, second = (client.post("/puerta/vincular", json={"token": token}) for _ in range(2))
    assert (first.status_code, first.json["device"]["name"], first.json["event"]["title"]) == (
        200,
        "Entrada",
        event.title,
    )
    assert (second.status_code, second.json["state"]) == (403, "lapsed")
    late = services.add_device(
        event, "Tarde", day_ids=[], expires_at=NOON + timedelta(days=1), by=office, at=NOON
    )
    factories._add(late)
    with clock.freeze(NOON + timedelta(minutes=15)):
        assert (
            client.post("/puerta/vincular", json={"token": services.pairing_token(late)}).status_code == 403
        )
    kept = session.get_one(DoorDevice, made.id)
    assert first.json["token"] not in {kept.token_hash, kept.pairing_hash}


@pytest.mark.parametrize("body", [{}, {"token": None}, {"token": "x"}, {"token": ["x"]}, [], "x", None])
def test_what_pairs_nothing(client: FlaskClient, session: DbSession, body: Any) -> None:
    assert client.post("/puerta/vincular", json=body).status_code == 403


def test_a_device_learns_everything_and_then_only_what_changed(
    event: Event, office: User, sync: Sync, session: DbSession
) -> None:
    person = factories.registration(event, entity="Comunidad San Rafael")
    factories.registration(factories.event())  # of another event: nobody's concern
    _number, token = paired(event, office)
    all_of_it = sync(token).json
    row = [person.id, person.code, person.full_name, "Comunidad San Rafael", "confirmed"]
    assert [found[:5] for found in all_of_it["people"]] == [row]
    assert (all_of_it["anew"], all_of_it["more"], all_of_it["registered"]) == (True, False, 1)
    services.scan(event.id, event.days[0].id, _reading(person.code), by=None, at=NOON)
    other = factories.registration(event)
    person.status = RegistrationStatus.CANCELLED
    factories._add(person)
    news = sync(token, cursor=all_of_it["cursor"]).json
    assert {found[0]: found[4] for found in news["people"]} == {person.id: "cancelled", other.id: "confirmed"}
    assert news["entries"] == [[person.id, event.days[0].id, NOON.isoformat()]]
    assert (news["anew"], news["inside"][str(event.days[0].id)]) == (False, 1)
    session.delete(other)
    session.commit()
    assert sync(token, cursor=news["cursor"]).json["gone"] == [other.id]


def _reading(code: str) -> services.Reading:
    return services.Reading(code, "nonce-of-the-online-door", NOON, ScanSource.CAMERA)


def test_a_long_list_comes_in_parts(
    event: Event, office: User, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [factories.registration(event) for _ in range(5)]
    _number, token = paired(event, office)
    monkeypatch.setattr("app.attendance.rules.PEOPLE_AT_ONCE", 2)
    found, cursor, more = [], None, True
    while more:
        answer = sync(token, cursor=cursor).json
        found += answer["people"]
        cursor, more = answer["cursor"], answer["more"]
    assert [row[0] for row in found] == [person.id for person in people]


def test_scans_that_happened_are_stored_once(
    event: Event, office: User, sync: Sync, session: DbSession
) -> None:
    person, day = factories.registration(event), event.days[0].id
    number, token = paired(event, office)
    sent = [told(person.code, day, 1, at=NOON - timedelta(minutes=9)), told("22222222", day, 2)]
    answers = [sync(token, *sent).json["outcomes"] for _ in range(3)]  # the answer was lost twice
    first_at = (NOON - timedelta(minutes=9)).isoformat()
    assert (
        answers
        == [
            [
                ["nonce-000000000001", "admitted", person.id, first_at],
                ["nonce-000000000002", "unknown", None, None],
            ]
        ]
        * 3
    )
    assert [(scan.device_id, scan.result, scan.told) for scan in scans(session)] == [
        (number, "admitted", "admitted"),
        (number, "unknown", "admitted"),
    ]
    assert queries.people_in(event.days[0]) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_earliest_scan_wins_whoever_synchronises_first(
    event: Event, office: User, sync: Sync, session: DbSession, order: tuple[int, int]
) -> None:
    person, day = factories.registration(event), event.days[0].id
    devices = [paired(event, office, name)[1] for name in ("Norte", "Sur")]
    early, late = NOON - timedelta(minutes=20), NOON - timedelta(minutes=10)
    sent = [told(person.code, day, 1, at=early), told(person.code, day, 2, at=late)]
    for place in order:
        assert sync(devices[place], sent[place]).status_code == 200
    state = queries.per_day(event, [person.id])[person.id][day]
    assert (state.entered_at, state.minutes) == (early, 150)
    assert queries.people_in(event.days[0]) == 1
    assert sorted(scan.result for scan in scans(session)) == ["admitted", "already"]


def test_a_signed_pass_is_taken_and_what_the_device_found_wrong_stands(
    event: Event, office: User, sync: Sync, session: DbSession
) -> None:
    person, day = factories.registration(event), event.days[0].id
    private_key = bytes(32)
    _number, token = paired(event, office)
    expires_at = NOON + timedelta(days=9)
    genuine, old = (
        passes.sign(passes.Pass(1, event.id, person.id, version, expires_at), private_key)
        for version in (2, 1)
    )
    person.pass_version = 2
    factories._add(person)
    assert [row[6] for row in sync(token).json["people"]] == [2]
    sync(
        token,
        told(genuine, day, 1, at=NOON - timedelta(minutes=4)),
        told(genuine, day, 2, at=NOON - timedelta(minutes=3), result="forged"),
        told(old, day, 3, at=NOON - timedelta(minutes=2), result="replaced"),
        told("T1:...", day, 4, at=NOON - timedelta(minutes=1), result="damaged"),
    )
    assert [(scan.result, scan.verdict, scan.registration_id) for scan in scans(session)] == [
        ("admitted", None, person.id),
        ("forged", None, None),
        ("replaced", None, person.id),
        ("damaged", None, None),
    ]


def test_a_new_version_of_a_pass_is_told(event: Event, office: User, sync: Sync, session: DbSession) -> None:
    person = factories.registration(event)
    _number, token = paired(event, office)
    cursor = sync(token).json["cursor"]
    cursor = sync(token, cursor=cursor).json["cursor"]
    person.pass_version = 5
    factories._add(person)
    assert [row[6] for row in sync(token, cursor=cursor).json["people"]] == [5]


def test_a_clock_three_hours_off_is_put_right_and_both_times_are_kept(
    event: Event, office: User, sync: Sync, session: DbSession
) -> None:
    person, day = factories.registration(event), event.days[0].id
    number, token = paired(event, office)
    wrong = NOON - timedelta(hours=3)
    sync(token, told(person.code, day, at=wrong - timedelta(minutes=5)), sent_at=wrong, offset_ms=10_800_000)
    (scan,) = scans(session)
    assert (scan.device_at, scan.scanned_at) == (wrong - timedelta(minutes=5), NOON - timedelta(minutes=5))
    assert session.get_one(DoorDevice, number).clock_offset_ms == 10_800_000


@pytest.mark.parametrize(
    ("status", "said", "result", "verdict"),
    [
        (RegistrationStatus.CANCELLED, "admitted", ScanResult.ADMITTED, ScanResult.CANCELLED),
        (RegistrationStatus.WAITLISTED, "admitted", ScanResult.ADMITTED, ScanResult.WAITLISTED),
        (RegistrationStatus.CONFIRMED, "waitlisted", ScanResult.WAITLISTED, ScanResult.ADMITTED),
        (RegistrationStatus.CONFIRMED, "admitted", ScanResult.ADMITTED, None),
        (RegistrationStatus.CANCELLED, "cancelled", ScanResult.CANCELLED, None),
    ],
)
def test_what_happened_counts_and_what_would_be_said_now_is_marked(
    event: Event,
    office: User,
    sync: Sync,
    session: DbSession,
    status: RegistrationStatus,
    said: str,
    result: ScanResult,
    verdict: ScanResult | None,
) -> None:
    person = factories.registration(event, status=status)
    _number, token = paired(event, office)
    sync(token, told(person.code, event.days[0].id, result=said))
    (scan,) = scans(session)
    assert (scan.result, scan.told, scan.verdict) == (result, said, verdict)


@pytest.mark.parametrize(
    ("changes", "field", "row"),
    [
        ({"scans": "x"}, "scans", None),
        ({"scans": [1]}, "scans", 1),
        ({"scans": [told("22222222", 0, n) for n in range(1001)]}, "scans", None),
        ({"sent_at": "yesterday"}, "sent_at", None),
        ({"sent_at": "2026-05-12T12:00:00"}, "sent_at", None),
        ({"offset_ms": "3"}, "offset_ms", None),
        ({"offset_ms": float("inf")}, "offset_ms", None),
        ({"waiting": []}, "waiting", None),
        ({"cursor": "1-2"}, "cursor", None),
        ({"cursor": f"0-{10**19 - 1}-0"}, "cursor", None),
    ],
)
def test_a_malformed_sending_is_named_and_leaves_nothing(
    event: Event, office: User, sync: Sync, session: DbSession, changes: dict[str, Any], field: str, row: Any
) -> None:
    _number, token = paired(event, office)
    answer = sync(token, **changes)
    assert (answer.status_code, answer.json["field"], answer.json["row"]) == (422, field, row)
    assert scans(session) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "x" * 301}, "code"),
        ({"code": None}, "code"),
        ({"code": "2222\x002222"}, "code"),
        ({"nonce": "short"}, "nonce"),
        ({"nonce": "nonce-000000000001"}, "nonce"),
        ({"day": -1}, "day"),
        ({"day": True}, "day"),
        ({"at": 12}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"source": "guess"}, "source"),
        ({"result": "forced"}, "result"),
    ],
)
def test_one_bad_scan_is_named_and_none_of_its_sending_is_stored(
    event: Event, office: User, sync: Sync, session: DbSession, changes: dict[str, Any], field: str
) -> None:
    person, day = factories.registration(event), event.days[0].id
    _number, token = paired(event, office)
    answer = sync(token, told(person.code, day), told(person.code, day, 2) | changes)
    assert (answer.status_code, answer.json["field"], answer.json["row"]) == (422, field, 2)
    assert scans(session) == []


def test_a_sending_too_large_to_read_names_the_limit(event: Event, office: User, sync: Sync) -> None:
    _number, token = paired(event, office)
    answer = sync(token, *[told("22222222", 1, n) for n in range(100_000)])
    assert (answer.status_code, answer.json["field"]) == (422, "scans")
    assert "1000" in answer.json["error"]


def test_the_number_of_another_device_s_scan_is_refused(
    event: Event, office: User, sync: Sync, session: DbSession
) -> None:
    person, day = factories.registration(event), event.days[0].id
    tokens = [paired(event, office, name)[1] for name in ("Norte", "Sur")]
    sync(tokens[0], told(person.code, day))
    answer = sync(tokens[1], told(person.code, day, 2), told(person.code, day, 1))
    assert (answer.status_code, answer.json["field"], answer.json["row"]) == (422, "nonce", 2)
    assert len(scans(session)) == 1


def test_a_device_of_another_event_finds_and_tells_nothing(
    event: Event, office: User, sync: Sync, session: DbSession
) -> None:
    own = factories.registration(event)
    elsewhere = factories.event()
    stranger = factories.user(Role.ORGANISER, organisation=elsewhere.organisation)
    _number, token = paired(elsewhere, stranger)
    assert sync(token, told(own.code, event.days[0].id)).json["field"] == "day"
    answer = sync(token, told(own.code, elsewhere.days[0].id)).json
    assert (answer["outcomes"], answer["people"]) == ([["nonce-000000000001", "other_event", None, None]], [])
    (scan,) = scans(session)
    assert (scan.event_id, scan.registration_id) == (elsewhere.id, None)


def test_who_has_no_access(event: Event, office: User, sync: Sync, session: DbSession) -> None:
    number, token = paired(event, office)
    assert [sync(other).json["state"] for other in ("", "x", f"{token}x")] == ["unknown"] * 3
    person, day = factories.registration(event), event.days[0].id
    with clock.freeze(NOON + timedelta(days=2)):  # its time is over: it tells, but learns nothing
        ended = sync(token, told(person.code, day), sent_at=clock.now()).json
    assert (ended["state"], [one[1] for one in ended["outcomes"]], "people" in ended) == (
        "ended",
        ["admitted"],
        False,
    )
    with clock.freeze(NOON + timedelta(days=9)):
        assert sync(token).status_code == 401
    services.revoke_device(session.get_one(DoorDevice, number), event, at=NOON)
    factories._add(session.get_one(DoorDevice, number))
    revoked = sync(token, told(person.code, day, 2))
    assert (revoked.status_code, revoked.json["state"], len(scans(session))) == (401, "revoked", 1)


def test_a_device_serves_only_its_days(event: Event, office: User, sync: Sync) -> None:
    first, second, _third = event.days
    _number, token = paired(event, office, day_ids=(second.id,))
    assert [day["id"] for day in sync(token).json["days"]] == [second.id]
    assert sync(token, told("22222222", first.id)).json["field"] == "day"


def test_the_number_of_queries_does_not_grow(
    event: Event, office: User, sync: Sync, count_queries: Any
) -> None:
    _number, token = paired(event, office)
    numbers = []
    for start, many in ((100, 1), (200, 30)):
        sent = [
            told(factories.registration(event).code, event.days[0].id, start + place) for place in range(many)
        ]
        with count_queries() as statements:
            assert sync(token, *sent).status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_the_office_hands_out_and_takes_back(
    event: Event, office: User, sign_in: Callable[..., FlaskClient], session: DbSession
) -> None:
    client = sign_in(office)
    url = f"/gestion/eventos/{event.slug}/puerta/equipos"
    assert client.post(url, data={"name": " ", "until": "2026-05-14"}).status_code == 422
    assert client.post(url, data={"name": "A", "until": "2026-05-14", "days": "99999"}).status_code == 422
    made = client.post(url, data={"name": "Entrada", "until": "2026-05-14", "days": str(event.days[0].id)})
    (device,) = queries.devices_of(event)
    assert made.location == f"{url}/{device.id}"
    assert (device.day_ids, device.expires_at) == (
        [event.days[0].id],
        datetime(2026, 5, 15, 4, 59, tzinfo=UTC),
    )
    assert services.pairing_token(device) in client.get(f"{url}/{device.id}").text
    client.post(f"{url}/{device.id}/retirar")
    session.expire_all()
    assert queries.devices_of(event)[0].revoked_at == NOON
    assert services.pairing_token(device) not in client.get(f"{url}/{device.id}").text


def test_the_shell_needs_no_cookie_and_the_worker_lists_what_it_keeps(
    client: FlaskClient, session: DbSession
) -> None:
    shell = client.get("/puerta/")
    assert (shell.status_code, "Set-Cookie" in shell.headers) == (200, False)
    assert client.get("/puerta").location.endswith("/puerta/")
    assert client.get("/puerta/sw.js").text.startswith('self.SHELL=["/puerta/"')
    assert client.get("/puerta/manifest.webmanifest").json["scope"] == "/puerta/"


def test_the_report_tells_where_stories_differ(
    event: Event, office: User, sync: Sync, sign_in: Callable[..., FlaskClient], count_queries: Any
) -> None:
    twice, cancelled = (
        factories.registration(event, status=status)
        for status in (RegistrationStatus.CONFIRMED, RegistrationStatus.CANCELLED)
    )
    day = event.days[0].id
    slow = NOON - timedelta(hours=3)
    (north, first), (south, second) = (paired(event, office, name) for name in ("Norte", "Sur"))
    sync(first, told(twice.code, day, 1), told(cancelled.code, day, 2), told("22222222", day, 3))
    sync(second, told(twice.code, day, 4, at=slow - timedelta(minutes=1)), sent_at=slow)
    expected = {
        Matter.DUPLICATES: [south, north],
        Matter.DIFFERING: [north],
        Matter.REFUSED: [north],
        Matter.FORCED: [],
        Matter.CLOCKS: [south],
    }
    names = {north: "Norte", south: "Sur"}
    for matter, devices in expected.items():
        assert [scan.device for scan in queries.merged(event, matter)] == [names[one] for one in devices]
    assert queries.numbers_by_device(event) == [(north, 3, 2, 0, 1, 0, 1, 0), (south, 1, 0, 1, 0, 0, 0, 1)]
    client = sign_in(office)
    url = f"/gestion/eventos/{event.slug}/puerta/informe"
    numbers = []
    for number in (0, 30):
        for extra in range(number):
            sync(first, told(factories.registration(event).code, day, 100 + extra))
        with count_queries() as statements:
            page = client.get(url, query_string={"asunto": "relojes"})
        numbers.append(len(statements))
        assert "+3 h" in page.text
    assert numbers[0] == numbers[1]
