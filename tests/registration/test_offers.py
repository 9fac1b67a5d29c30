"""Offered seats: held until a deadline, taken once, and given on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.events.models import EventStatus
from app.extensions import db
from app.mail.letters import build
from app.mail.models import OutgoingLetter
from app.registration import queries, services
from app.registration.errors import OfferGone
from app.registration.models import Promotion, Registration, RegistrationStatus
from app.registration.tasks import sweep_offers
from tests import factories
from tests.conftest import NOON

CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
OFFERED, CANCELLED = RegistrationStatus.OFFERED, RegistrationStatus.CANCELLED
BEFORE = NOON - timedelta(days=5)
STARTS = NOON - timedelta(hours=3)  # nine in Lima on the first day


@pytest.fixture
def event(session):
    """An event with one seat that offers what becomes free for ten hours."""
    row = factories.event(capacity=1)
    factories.settings(row, promotion=Promotion.OFFER, offer_hours=10)
    return row


@pytest.fixture
def people(event):
    """Somebody with the seat, and three who wait for it."""
    seated = factories.registration(event)
    waiting = [
        factories.registration(event, status=WAITLISTED, waiting_since=BEFORE - timedelta(hours=9 - number))
        for number in range(3)
    ]
    return [seated, *waiting]


def statuses(session):
    return list(session.scalars(select(Registration.status).order_by(Registration.id)))


def letters(session):
    return [row.letter for row in session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]


@pytest.fixture
def offered(people):
    """The first who waits, once the seat is free."""
    services.cancel(people[0], at=BEFORE, by_participant=True)
    db.session.commit()
    return people[1]


def test_a_free_seat_is_offered_to_the_first_and_held(session, event, offered):
    assert statuses(session) == [CANCELLED, OFFERED, WAITLISTED, WAITLISTED]
    assert offered.offer_expires_at == BEFORE + timedelta(hours=10)
    assert letters(session) == ["registration.cancelled", "registration.offered"]
    assert queries.taken_seats(event) == 1
    assert services.promote(event, at=BEFORE) == 0


def test_an_accepted_offer_is_a_confirmed_seat_however_often_one_says_yes(session, offered):
    for _ in range(2):
        services.accept_offer(offered, at=BEFORE + timedelta(hours=1))
    assert statuses(session) == [CANCELLED, CONFIRMED, WAITLISTED, WAITLISTED]
    assert (offered.offer_expires_at, offered.waiting_since) == (None, None)
    assert offered.confirmed_at == BEFORE + timedelta(hours=1)
    assert letters(session)[2:] == ["registration.promoted"]


def test_a_declined_offer_goes_to_the_next_and_the_person_to_the_end(session, people, offered):
    services.decline_offer(offered, at=BEFORE)
    assert statuses(session) == [CANCELLED, WAITLISTED, OFFERED, WAITLISTED]
    assert [queries.place_in_waitlist(row) for row in (people[3], people[1])] == [1, 2]
    with pytest.raises(OfferGone):
        services.decline_offer(offered, at=BEFORE)


def test_what_is_offered_next_is_never_the_offer_just_declined(session, event, people, offered):
    for row in people[2:]:
        services.cancel(row, at=BEFORE, by_participant=True)
    services.decline_offer(offered, at=BEFORE)
    assert (offered.status, queries.taken_seats(event)) == (WAITLISTED, 0)


@pytest.mark.parametrize("answer", [services.accept_offer, services.decline_offer])
def test_nobody_answers_an_offer_that_was_never_made(people, answer):
    with pytest.raises(OfferGone):
        answer(people[1], at=BEFORE)


def test_after_the_deadline_an_offer_cannot_be_accepted(offered):
    with pytest.raises(OfferGone):
        services.accept_offer(offered, at=offered.offer_expires_at)
    assert offered.status == OFFERED


def test_in_an_event_called_off_no_offer_is_accepted(event, offered):
    event.status = EventStatus.CANCELLED
    with pytest.raises(OfferGone):
        services.accept_offer(offered, at=BEFORE)


def test_the_sweep_lets_offers_go_that_ran_out_once(session, people, offered, freeze):
    freeze(offered.offer_expires_at - timedelta(seconds=1))
    sweep_offers.call_local()
    assert statuses(session) == [CANCELLED, OFFERED, WAITLISTED, WAITLISTED]
    freeze(offered.offer_expires_at + timedelta(minutes=1))
    for _ in range(3):
        sweep_offers.call_local()
    session.expire_all()
    assert statuses(session) == [CANCELLED, WAITLISTED, OFFERED, WAITLISTED]
    assert queries.place_in_waitlist(people[1]) == 2
    assert letters(session)[2:] == ["registration.offer_expired", "registration.offered"]


@pytest.fixture
def freeze(monkeypatch):
    """A function that stops the clock at another moment."""
    return lambda moment: monkeypatch.setattr("app.clock.now", lambda: moment)


@pytest.mark.parametrize(
    ("freed_at", "status", "deadline"),
    [
        (STARTS - timedelta(hours=2), OFFERED, STARTS),
        (STARTS, CONFIRMED, None),
        (STARTS + timedelta(days=1), CONFIRMED, None),
        (STARTS + timedelta(days=2, hours=14), CONFIRMED, None),
    ],
)
def test_no_offer_is_made_after_the_start_and_none_holds_beyond_it(people, freed_at, status, deadline):
    services.cancel(people[0], at=freed_at, by_participant=True)
    assert (people[1].status, people[1].offer_expires_at) == (status, deadline)


def test_whoever_cancels_gives_an_offered_seat_on(session, offered):
    services.cancel(offered, at=BEFORE, by_participant=True)
    assert statuses(session) == [CANCELLED, CANCELLED, OFFERED, WAITLISTED]


def test_more_seats_are_offered_to_as_many(session, event, offered):
    event.capacity = 3
    assert services.promote(event, at=BEFORE) == 2
    assert statuses(session) == [CANCELLED, OFFERED, OFFERED, OFFERED]


@pytest.mark.parametrize("letter", ["registration.offered", "registration.offer_expired"])
def test_a_letter_is_written_while_it_is_true(app, offered, letter):
    with app.test_request_context(), app.app_context():
        written = build(letter, {"registration_id": offered.id})
        services.decline_offer(offered, at=BEFORE)
        after = build(letter, {"registration_id": offered.id})
    assert [one is None for one in (written, after)] == (
        [False, True] if letter == "registration.offered" else [True, False]
    )
