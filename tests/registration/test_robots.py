"""Against robots: what they fill in, how fast they are, and limits that a municipality under one address survives."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.extensions import limiter
from app.mail.models import OutgoingLetter
from app.registration import robots, rules
from app.registration.models import ProofOfWork, Registration
from app.registration.rules.robots import Doubt
from tests import factories
from tests.conftest import NOON
from tests.registration.test_views import GOOD, address

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "trap", "expected"),
    [
        (10 * SECOND, "", None),
        (3 * SECOND, "", None),
        (2.9 * SECOND, "", Doubt.TOO_FAST),
        (0 * SECOND, "", Doubt.TOO_FAST),
        (-10 * SECOND, "", Doubt.UNSIGNED),
        (timedelta(days=1), "", None),
        (timedelta(days=1) + SECOND, "", Doubt.TOO_OLD),
        (None, "", Doubt.UNSIGNED),
        (10 * SECOND, "http://", Doubt.TRAP),
    ],
)
def test_what_is_doubted(age, trap, expected):
    assert rules.doubt(age=age, trap=trap) == expected


@pytest.mark.parametrize(
    ("setting", "calm", "flooded"),
    [
        (ProofOfWork.NEVER, False, False),
        (ProofOfWork.IN_A_FLOOD, False, True),
        (ProofOfWork.ALWAYS, True, True),
    ],
)
def test_when_a_puzzle_is_asked_for(setting, calm, flooded):
    asked = [rules.is_puzzle_wanted(setting, is_flooded=one) for one in (False, True)]
    assert asked == [calm, flooded]


@pytest.fixture
def event(session, frozen_clock):
    return factories.event()


@pytest.fixture
def checked(app):
    app.config["ROBOT_CHECKS"] = True
    yield
    app.config["ROBOT_CHECKS"] = False


def token_of(page):
    return re.search(r'name="form_token" value="([^"]*)"', page.text)[1]


def total(session):
    return session.scalar(select(func.count()).select_from(Registration))


@pytest.mark.usefixtures("checked")
def test_sent_too_fast_it_is_sent_once_more_with_everything_kept(client, session, event):
    given = token_of(client.get(address(event)))
    page = client.post(address(event), data=GOOD | {"form_token": given})
    assert (page.status_code, "Envíe el formulario una vez más." in page.text) == (422, True)
    assert 'value="Municipalidad Distrital de Imaza"' in page.text
    assert (token_of(page), total(session)) == (given, 0)
    with clock.freeze(NOON + 4 * SECOND):
        assert client.post(address(event), data=GOOD | {"form_token": token_of(page)}).status_code == 303
    assert total(session) == 1


@pytest.mark.usefixtures("checked")
@pytest.mark.parametrize(
    "given", [None, "", "0", "x.y", "1778605200.AAAAAAAAAAAAAAAA", "٣.AA", "9" * 40 + ".AA", "\0"]
)
def test_a_forged_time_gets_a_good_one(client, session, event, given):
    data = GOOD if given is None else GOOD | {"form_token": given}
    page = client.post(address(event), data=data)
    assert (page.status_code, total(session)) == (422, 0)
    with clock.freeze(NOON + 4 * SECOND):
        assert client.post(address(event), data=GOOD | {"form_token": token_of(page)}).status_code == 303


@pytest.mark.usefixtures("checked")
def test_a_time_of_another_event_or_of_yesterday_is_none(client, session, event):
    other = robots.token(factories.event().slug, at=NOON - 60 * SECOND)
    old = robots.token(event.slug, at=NOON - timedelta(days=2))
    for given in (other, old):
        page = client.post(address(event), data=GOOD | {"form_token": given})
        assert (page.status_code, token_of(page)) == (422, robots.token(event.slug, at=NOON))
    assert total(session) == 0


@pytest.mark.usefixtures("checked")
def test_whoever_fills_in_what_people_do_not_see_is_not_registered(client, session, event):
    good = {"form_token": robots.token(event.slug, at=NOON - 60 * SECOND)}
    page = client.post(address(event), data=GOOD | good | {"website": "http://x.example"})
    assert (page.status_code, "x.example" in page.text, total(session)) == (422, False, 0)
    assert client.post(address(event), data=GOOD | good | {"website": ""}).status_code == 303


def test_two_people_who_were_given_one_page_are_two_submissions(client, session, event):
    """A page is shared for half a second, its key as well."""
    client.post(address(event), data=GOOD)
    first = session.scalars(select(Registration)).one().idempotency_key
    client.post(address(event), data=GOOD | {"phone": "911 111 111"})
    client.post(address(event), data=GOOD | {"document_number": "00000002", "email": "otra@example.pe"})
    keys = list(session.scalars(select(Registration.idempotency_key)))
    assert (len(set(keys)), keys[0]) == (2, first)
    # The second told of a person who is registered, in other words: they get their link again.
    letters = [row.letter for row in session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]
    assert letters == ["registration.received", "registration.again", "registration.received"]


def test_the_same_words_sent_twice_are_one_submission(client, session, event):
    assert [client.post(address(event), data=GOOD).status_code for _ in range(2)] == [303, 303]
    assert [row.letter for row in session.scalars(select(OutgoingLetter))] == ["registration.received"]


def test_a_municipality_under_one_address_registers_its_people(client, session, event):
    limiter.enabled = True
    people = [GOOD | {"document_number": f"{number:08d}"} for number in range(100)]
    assert {client.post(address(event), data=person).status_code for person in people} == {303}
    assert total(session) == 100


def test_one_person_over_and_over_is_stopped_from_any_address(client, session, event):
    limiter.enabled = True
    answers = [
        client.post(address(event), data=GOOD, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}).status_code
        for number in range(14)
    ]
    assert answers == [303] * 12 + [429] * 2


@pytest.mark.usefixtures("checked")
def test_thirty_robots_are_a_flood(client, event):
    limiter.enabled = True
    for _ in range(rules.FLOOD - 1):
        client.post(address(event), data=GOOD)
    assert not robots.is_flooded(event.slug)
    client.post(address(event), data=GOOD)
    assert robots.is_flooded(event.slug)
    assert not robots.is_flooded("another")
