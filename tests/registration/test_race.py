"""Two hundred people want fifty seats at the same moment: the database decides, and never gives one twice."""

import http.client
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock, unit_of_work
from app.events.models import Event
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.registration import queries, services
from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.registration.rules.seats import Vacancies
from app.registration.services import Person, registering, seats
from tests import factories
from tests.conftest import NOON
from tests.registration.test_views import GOOD
from tests.support.databases import database
from tests.support.races import await_rivals, race
from tests.support.servers import serving

SEATS, PEOPLE = 50, 200
CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED


@pytest.fixture
def slug(own_database):
    """The address of an event with fifty seats."""
    with database(own_database):
        return factories.event(capacity=SEATS).slug


def person(number, **values):
    return Person(
        document_type=DocumentType.DNI,
        document_number=f"{number:08d}",
        given_names="Rosa",
        first_surname="Quispe",
        email=f"rosa{number}@example.pe",
        **values,
    )


def _event(slug):
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def register(slug, number, key):
    """Register a person as a request does."""
    with clock.freeze(NOON), unit_of_work.transaction():
        event = _event(slug)
        return services.register(event, person(number), idempotency_key=key, language="es", at=NOON)


def register_unguarded(slug, number, key):
    """Decide in one transaction and write in another, as if nobody else were there."""
    status = seats.status_of_newcomer(_event(slug))
    db.session.rollback()
    await_rivals()
    with unit_of_work.transaction():
        registering._add(_event(slug), person(number), status, idempotency_key=key, language="es", at=NOON)
    return status


def cancel(slug, number, _key):
    """Cancel a person's registration as a request does."""
    with clock.freeze(NOON), unit_of_work.transaction():
        row = db.session.scalars(
            select(Registration).where(Registration.document_number == f"{number:08d}")
        ).one()
        services.cancel(row, at=NOON, by_participant=True)


def cancel_unguarded(slug, number, _key):
    """See in one transaction who waits first, and give them the seat in another, as if nobody else were there."""
    waiting = queries.next_waiting(_event(slug), Vacancies(seats=1), limit=1)[0].id
    db.session.rollback()
    await_rivals()
    with unit_of_work.transaction():
        gone = update(Registration).where(Registration.document_number == f"{number:08d}")
        db.session.execute(gone.values(status=RegistrationStatus.CANCELLED))
        seated = update(Registration).where(Registration.id == waiting)
        db.session.execute(seated.values(status=CONFIRMED, waiting_since=None))


def everybody(slug):
    return [(slug, number, f"the-key-of-{number}") for number in range(1, PEOPLE + 1)]


def statuses(url):
    """Return where everybody stands, in the order in which they came."""
    with database(url):
        return list(db.session.scalars(select(Registration.status).order_by(Registration.id)))


def test_fifty_get_a_seat_and_the_others_wait_in_order(own_database, slug):
    answers = race(own_database, register, everybody(slug))
    assert Counter(answers) == {CONFIRMED: SEATS, WAITLISTED: PEOPLE - SEATS}
    assert statuses(own_database) == [CONFIRMED] * SEATS + [WAITLISTED] * (PEOPLE - SEATS)


def test_without_the_guard_seats_are_oversold(own_database, slug):
    answers = race(own_database, register_unguarded, everybody(slug))
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert statuses(own_database).count(CONFIRMED) > SEATS


def test_one_person_from_eight_processes_is_one_registration(own_database, slug):
    answers = race(own_database, register, [(slug, 1, f"the-key-of-{tab}") for tab in range(8)])
    assert answers == [CONFIRMED] * 8
    assert statuses(own_database) == [CONFIRMED]
    with database(own_database):
        letters = Counter(db.session.scalars(select(OutgoingLetter.letter)))
    assert letters == {"registration.received": 1, "registration.again": 7}


def test_the_first_registrations_of_a_body_s_events_may_come_at_once(own_database):
    """They share the body's privacy notice, whose first version the first of them writes."""
    with database(own_database):
        organisation = factories.organisation()
        slugs = [factories.event(organisation, days=1).slug for _ in range(8)]
    calls = [(slug, number, f"the-key-of-{number}") for number, slug in enumerate(slugs)]
    assert race(own_database, register, calls) == [CONFIRMED] * 8
    with database(own_database):
        assert len(set(db.session.scalars(select(Registration.consent_text_id)))) == 1


def test_one_form_from_eight_processes_is_one_letter(own_database, slug):
    assert race(own_database, register, [(slug, 1, "the-same-key")] * 8) == [CONFIRMED] * 8
    with database(own_database):
        assert list(db.session.scalars(select(OutgoingLetter.letter))) == ["registration.received"]


def test_seats_that_become_free_are_given_once(own_database, slug):
    with database(own_database):
        for call in everybody(slug)[: SEATS + 20]:
            register(*call)
    answers = race(own_database, cancel, everybody(slug)[:20])
    assert answers == [None] * 20
    expected = [RegistrationStatus.CANCELLED] * 20 + [CONFIRMED] * SEATS
    assert statuses(own_database) == expected


def test_without_the_guard_free_seats_are_given_twice_and_lost(own_database, slug):
    with database(own_database):
        for call in everybody(slug)[: SEATS + 8]:
            register(*call)
    assert race(own_database, cancel_unguarded, everybody(slug)[:8]) == [None] * 8
    assert statuses(own_database).count(CONFIRMED) < SEATS


def _coming_event(url):
    with database(url):
        event = factories.event(capacity=SEATS, days=1)
        event.days[0].date = clock.now().date() + timedelta(days=7)
        db.session.commit()
        return event.slug


def _submit_twice(host, slug, number):
    """Send one form two times over one connection, as an impatient thumb does; return where it led."""
    form = GOOD | {"document_number": f"{number:08d}", "idempotency_key": f"the-key-of-{number}"}
    body = urllib.parse.urlencode(form)
    connection = http.client.HTTPConnection(host, timeout=60)
    found = []
    for _ in range(2):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/eventos/{slug}/inscripcion", body, headers)
        answer = connection.getresponse()
        answer.read()
        found.append((answer.status, answer.headers["Location"].partition("estado=")[2]))
    connection.close()
    return found


def test_two_hundred_clients_at_a_real_server(own_database, tmp_path):
    slug = _coming_event(own_database)
    settings = {
        "DATABASE_URL": own_database,
        "DEMO": "0",
        "RATELIMIT_ENABLED": "0",
        "ROBOT_CHECKS": "0",
        "WORKERS": "2",
    }
    with serving(tmp_path, **settings) as server, ThreadPoolExecutor(PEOPLE) as clients:
        host = server.url.removeprefix("http://")
        answers = list(clients.map(lambda number: _submit_twice(host, slug, number), range(1, PEOPLE + 1)))
    assert {status for pair in answers for status, _where in pair} == {303}
    assert Counter(pair[0][1] for pair in answers) == {"inscrito": SEATS, "en-espera": PEOPLE - SEATS}
    assert statuses(own_database) == [CONFIRMED] * SEATS + [WAITLISTED] * (PEOPLE - SEATS)
