"""Presence as a room's server tells it, and as people answer who are asked whether they are still there."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app import clock
from app.addresses import absolute
from app.attendance.models import PresenceInterval
from app.live import queries, services
from app.live.providers.hooks import happenings
from app.live.rules import newest_check
from app.registration.queries import personal_token
from tests import factories

NINE = datetime(2026, 5, 28, 14, 0, tzinfo=UTC)
SECRET, BBB = "s3cr3t", "https://bbb.example.pe/bigbluebutton"


@pytest.fixture
def event(session):
    event = factories.event(days=1)
    services.save_account(
        event.organisation, "bigbluebutton", BBB, SECRET, algorithm="sha256", at=clock.now()
    )
    session.flush()
    return event


@pytest.fixture
def talk(event):
    return factories.session(event, event.days[0], hour=15, minutes=60, online_url=BBB)


def told(what, talk, moment, guest="", stay="w_1", meeting=None):
    user = {"internal-user-id": stay, "external-user-id": guest}
    return {
        "data": {
            "type": "event",
            "id": what,
            "attributes": {"meeting": {"external-meeting-id": meeting or talk.uid}, "user": user},
            "event": {"ts": int(moment.timestamp() * 1000)},
        }
    }


def hook(client, talk, *events, secret=SECRET, key=None, as_json=False):
    key = key or queries.hook_key(talk.id)
    fields = {"event": json.dumps(events), "timestamp": "1532718316953"}
    body = urlencode(fields)
    signed = json.dumps({**fields, "timestamp": 1532718316953}, separators=(",", ":")) if as_json else body
    callback = absolute("live_hooks.hear", session_id=talk.id, key=key)
    proof = hashlib.new("sha256" if as_json else "sha1", f"{callback}{signed}{secret}".encode()).hexdigest()
    address = f"/sala/{talk.id}/avisos/{key}?checksum={proof}"
    return client.post(address, data=body, content_type="application/x-www-form-urlencoded").status_code


def minutes(session):
    rows = session.scalars(select(PresenceInterval).order_by(PresenceInterval.id))
    return [(row.ends_at - row.starts_at).total_seconds() / 60 for row in rows]


@pytest.mark.parametrize("as_json", [False, True])
def test_who_came_and_left_is_present_in_between(client, session, talk, person, as_json):
    guest = queries.guest_id(person.id)

    def at(minute):
        return talk.starts_at + timedelta(minutes=minute)

    came, left = told("user-joined", talk, at(-10), guest), told("user-left", talk, at(20), guest)
    with clock.freeze(at(21)):
        assert hook(client, talk, came, left, came, as_json=as_json) == 204
        assert hook(client, talk, came, left, as_json=as_json) == 204
    second = told("user-joined", talk, at(30), guest, stay="w_2")
    with clock.freeze(at(70)):
        assert hook(client, talk, second, told("meeting-ended", talk, at(65))) == 204
    assert minutes(session) == [20, 30]  # within the session, each visit once


def test_what_is_told_by_others_or_of_others_changes_nothing(client, session, event, talk, person):
    guest, moment = queries.guest_id(person.id), talk.starts_at
    stranger = factories.registration(factories.event(days=1))
    both = [told(what, talk, moment, guest) for what in ("user-joined", "user-left")]
    with clock.freeze(moment + timedelta(minutes=30)):
        assert hook(client, talk, *both, secret="otro") == 403
        assert hook(client, talk, *both, key="A" * 24) == 404
        for odd in (
            told("user-joined", talk, moment, queries.guest_id(stranger.id)),
            told("user-joined", talk, moment, f"{person.id}-AAAAAAAAAAAA"),
            told("user-joined", talk, moment, "ñ"),
            told("user-joined", talk, moment, guest, meeting="otra"),
            {"data": []},
            None,
        ):
            assert hook(client, talk, odd) == 204
        assert hook(client, talk, told("meeting-ended", talk, moment + timedelta(minutes=30))) == 204
    # A server whose clock is an hour ahead: nobody stays longer than until now.
    with clock.freeze(moment + timedelta(minutes=5)):
        hook(client, talk, told("user-joined", talk, moment, guest, stay="w_9"))
        hook(client, talk, told("user-left", talk, moment + timedelta(hours=1), guest, stay="w_9"))
    assert minutes(session) == [5]


@pytest.mark.parametrize("text", ["", "x", "[[", "[1]", '{"data":{"id":"user-joined"}}', "[" * 10_000])
def test_malformed_messages_tell_nothing(text):
    assert happenings(text) == []


@pytest.mark.parametrize(
    ("minute", "expected"),
    [(4, (0, False)), (5, (1, False)), (6.9, (1, False)), (7, (1, True)), (24, (1, True)), (25, (2, False))],
)
def test_when_one_is_asked(minute, expected):
    assert newest_check(NINE, lambda _number: 300, at=NINE + timedelta(minutes=minute)) == expected


def test_whoever_does_not_answer_counts_no_more_until_they_do(client, session, event, talk, person):
    services.settle_room(event, talk, capacity=None, opens_minutes=15, asks_presence=True, at=clock.now())
    session.flush()
    asked_at = next(
        talk.starts_at + timedelta(seconds=second)
        for second in range(20 * 60)
        if queries.check_of(person, talk, at=talk.starts_at + timedelta(seconds=second)).number == 1
    )

    def beat(minute, **more):
        with clock.freeze(asked_at + timedelta(minutes=minute)):
            data = {"device": "0" * 20, **more}
            answer = client.post(f"/mi/{personal_token(person)}/sala/{talk.id}/presencia", data=data).json
        return answer["minutes"], answer["asked"]

    assert [beat(minute) for minute in (0, 1, 2, 3)] == [(1, True), (2, True), (2, True), (2, True)]
    assert [beat(5, here="1"), beat(6)] == [(3, False), (4, False)]
