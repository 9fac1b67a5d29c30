"""Many want what is left of several limits at once: real processes, and clients of a real server.

Each guard is taken away once, to prove that the same harness sees what would go wrong without it.
"""

import http.client
import os
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, unit_of_work
from app.events.models import Event
from app.extensions import db
from app.registration import queries, services
from app.registration.errors import ChoiceFull, OfferGone
from app.registration.models import (
    ChosenOption,
    Enrolment,
    EnrolmentStatus,
    FieldKind,
    Promotion,
    Registration,
    RegistrationForm,
    RegistrationStatus,
)
from app.registration.services import answers, enrolments, registering, seats
from tests import factories
from tests.conftest import NOON
from tests.registration.test_race import database, person
from tests.registration.test_views import GOOD
from tests.support.races import await_rivals, race
from tests.support.servers import serving

CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
OFFERED = RegistrationStatus.OFFERED
BEFORE = NOON - timedelta(days=5)
PEOPLE, SEATS, OF_IMAZA, AT_TABLE, IN_WORKSHOP = 64, 20, 5, 3, 6
AT_ONCE = 8
LIMITS = {"event": SEATS, "entity": OF_IMAZA, "choice": AT_TABLE, "session": IN_WORKSHOP}


def _limited_event(**values):
    """Add an event with few seats, fewer for an institution and at a table, and fewest in a workshop."""
    event = factories.event(capacity=SEATS, days=1, **values)
    choices = [{"key": "uno", "label": {"es": "Uno"}, "seats": AT_TABLE}]
    factories.form(event, factories.asks("mesa", FieldKind.ONE_OF, choices=choices), slug="general")
    factories.quota(event, "Imaza", OF_IMAZA)
    factories.enrollable(event.days[0].sessions[0], IN_WORKSHOP)
    return event


@pytest.fixture
def slug(own_database):
    """The address of an event with all kinds of limits."""
    with database(own_database):
        return _limited_event().slug


def _found(slug):
    event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
    form = db.session.scalars(select(RegistrationForm).where(RegistrationForm.event_id == event.id)).one()
    return event, form, queries.enrollable_sessions(event)[0]


def _wants(number):
    """Return what a person is and chooses: eight who come together are of the institution, the next eight want the
    table, then eight neither.
    """
    kind = (number - 1) // AT_ONCE % 3
    return ("Imaza" if kind == 0 else "Otra"), ({"mesa": "uno"} if kind == 1 else {})


def arrive(slug, number):
    """Register, and enrol in the workshop, as two requests do."""
    entity, values = _wants(number)
    with unit_of_work.transaction():
        event, form, _workshop = _found(slug)
        try:
            status = services.register(
                event,
                person(number, entity=entity),
                form=form,
                values=values,
                idempotency_key=f"key-{number:05d}",
                language="es",
                at=BEFORE,
            )
        except ChoiceFull:
            return "full"
    if status == CONFIRMED:
        with unit_of_work.transaction():
            event, _form, workshop = _found(slug)
            services.enrol(_row(number), workshop, at=BEFORE)
    return status


def arrive_unguarded(slug, number):
    """The same, deciding in one transaction and writing in another."""
    entity, values = _wants(number)
    event, form, _workshop = _found(slug)
    try:
        status = seats.status_of_newcomer(event, form=form, entity=entity, values=values)
    except ChoiceFull:
        return "full"
    _let_others_decide()
    with unit_of_work.transaction():
        event, form, _workshop = _found(slug)
        row = registering._add(
            event,
            person(number, entity=entity),
            status,
            form,
            idempotency_key=f"key-{number:05d}",
            language="es",
            at=BEFORE,
        )
        answers.save_answers(row, form, values, at=BEFORE)
    event, _form, workshop = _found(slug)
    is_free = enrolments._free(workshop) > 0
    _let_others_decide()
    with unit_of_work.transaction():
        if status == CONFIRMED:
            _enrol_unguarded(_row(number), _found(slug)[2], is_free=is_free)
    return status


def _enrol_unguarded(row, workshop, *, is_free):
    status = EnrolmentStatus.ENROLLED if is_free else EnrolmentStatus.WAITING
    db.session.add(
        Enrolment(session_id=workshop.session_id, registration_id=row.id, status=status, created_at=BEFORE)
    )


def _let_others_decide():
    db.session.rollback()
    await_rivals()


def _row(number):
    return db.session.scalars(
        select(Registration).where(Registration.document_number == f"{number:08d}")
    ).one()


def taken(url):
    """Return how many seats are taken at each limit."""
    with database(url):
        seated = [
            row.id for row in db.session.scalars(select(Registration)) if row.status in {CONFIRMED, OFFERED}
        ]
        of_imaza = db.session.scalars(select(Registration.id).where(Registration.entity_key == "imaza")).all()
        at_table = db.session.scalars(select(ChosenOption.registration_id)).all()
        enrolled = db.session.scalars(
            select(Enrolment.id).where(Enrolment.status == EnrolmentStatus.ENROLLED)
        ).all()
        return {
            "event": len(seated),
            "entity": len(set(of_imaza) & set(seated)),
            "choice": len(set(at_table) & set(seated)),
            "session": len(enrolled),
        }


def everybody(slug):
    return [(slug, number) for number in range(1, PEOPLE + 1)]


def test_no_limit_is_oversold_where_all_are_wanted_at_once(own_database, slug):
    answers_ = race(own_database, arrive, everybody(slug), processes=AT_ONCE)
    assert [one for one in answers_ if isinstance(one, Exception)] == []
    found = taken(own_database)
    assert (found["event"], found["session"]) == (SEATS, IN_WORKSHOP)
    assert {name: min(found[name], limit) for name, limit in LIMITS.items()} == found


def test_without_the_guard_every_limit_is_oversold(own_database, slug):
    answers_ = race(own_database, arrive_unguarded, everybody(slug), processes=AT_ONCE)
    assert [one for one in answers_ if isinstance(one, Exception)] == []
    found = taken(own_database)
    assert [name for name, limit in LIMITS.items() if found[name] <= limit] == []


# One offer each of several events, answered and swept at the same moment.

OFFERS = 8
DEADLINE = BEFORE + timedelta(hours=10)


@pytest.fixture
def offers(own_database):
    """The ids of people to whom the only seat of their event is offered, each with somebody behind them."""
    with database(own_database):
        found = []
        for _ in range(OFFERS):
            event = factories.event(capacity=1, days=1)
            factories.settings(event, promotion=Promotion.OFFER, offer_hours=10)
            first = factories.registration(event, status=OFFERED, offer_expires_at=DEADLINE)
            factories.registration(event, status=WAITLISTED)
            found.append(first.id)
        return found


def accept(number):
    """Take an offered seat a moment before its deadline, as a request does."""
    with unit_of_work.transaction():
        try:
            services.accept_offer(queries.by_id(number), at=DEADLINE - timedelta(seconds=1))
        except OfferGone:
            return "gone"
    return "taken"


def sweep(number):
    """Let the offer go at its deadline, as the sweep does."""
    with unit_of_work.transaction():
        return services.expire_offers(queries.by_id(number).event, at=DEADLINE)


def accept_unguarded(number):
    is_open = queries.by_id(number).status == OFFERED
    _let_others_decide()
    await_rivals()  # the sweep has written, as it does sooner or later
    if not is_open:
        return "gone"
    with unit_of_work.transaction():
        queries.by_id(number).status = CONFIRMED
    return "taken"


def sweep_unguarded(number):
    is_open = queries.by_id(number).status == OFFERED
    _let_others_decide()
    with unit_of_work.transaction():
        row = queries.by_id(number)
        if is_open:
            row.status, row.waiting_since = WAITLISTED, DEADLINE
            services.promote(row.event, at=DEADLINE, passed_over=[row.id])
    await_rivals()
    return int(is_open)


def answered_and_swept(number, act, how):
    """Do what one of the competing processes does to an offer."""
    guarded = {"accept": accept, "sweep": sweep}
    unguarded = {"accept": accept_unguarded, "sweep": sweep_unguarded}
    return (guarded if how else unguarded)[act](number)


def _answer_and_sweep(url, offers, *, guarded):
    acts = ("accept", "sweep", "accept", "sweep")
    calls = [(number, act, guarded) for number in offers for act in acts]
    found = race(url, answered_and_swept, calls)
    assert [one for one in found if isinstance(one, Exception)] == []
    with database(url):
        events = {number: queries.by_id(number).event for number in offers}
        held = [queries.taken_seats(event) for event in events.values()]
        states = [queries.by_id(number).status for number in offers]
    said = [found[place * 4 : place * 4 + 4] for place in range(len(offers))]
    return held, states, said


def test_an_offer_is_taken_or_runs_out_and_never_both(own_database, offers):
    held, states, said = _answer_and_sweep(own_database, offers, guarded=True)
    assert held == [1] * OFFERS
    for state, words in zip(states, said, strict=True):
        expected = (["taken", "taken"], 0) if state == CONFIRMED else (["gone", "gone"], 1)
        assert ([words[0], words[2]], words[1] + words[3]) == expected


def test_without_the_guard_a_seat_has_two_people(own_database, offers):
    held, _states, _said = _answer_and_sweep(own_database, offers, guarded=False)
    assert max(held) > 1


# The same over HTTP: two web processes of a real server.


def _post(host, path, form):
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request(
        "POST", path, urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _sent(number):
    entity, values = _wants(number)
    return (
        GOOD
        | {f"f_{key}": value for key, value in values.items()}
        | {
            "document_number": f"{number:08d}",
            "entity": entity,
            "idempotency_key": f"the-key-of-{number}",
        }
    )


def _links(url):
    """Return the personal links of those with a seat, and the id of the workshop."""
    with database(url):
        rows = db.session.scalars(select(Registration).where(Registration.status == CONFIRMED)).all()
        workshop = db.session.scalars(select(Enrolment.session_id)).first()
        return [f"/mi/{queries.personal_token(row)}" for row in rows], workshop


def test_clients_of_a_real_server_oversell_no_limit(own_database, tmp_path):
    with database(own_database):
        event = _limited_event()
        event.days[0].date = clock.now().date() + timedelta(days=7)
        workshop = event.days[0].sessions[0]
        workshop.starts_at += timedelta(days=3650)
        workshop.ends_at += timedelta(days=3650)
        db.session.commit()
        slug, session_id = event.slug, workshop.id
    settings = {
        "DATABASE_URL": own_database,
        "SECRET_KEY": os.environ["SECRET_KEY"],
        "DEMO": "0",
        "RATELIMIT_ENABLED": "0",
        "ROBOT_CHECKS": "0",
        "WORKERS": "2",
    }
    path = f"/eventos/{slug}/inscripcion"
    with serving(tmp_path, **settings) as server, ThreadPoolExecutor(PEOPLE) as clients:
        host = server.url.removeprefix("http://")

        def send(calls):
            return Counter(clients.map(lambda call: _post(host, *call), calls))

        first = send([(path, _sent(number)) for number in range(1, PEOPLE + 1)])
        links, _none = _links(own_database)
        assert send([(f"{link}/sesiones/{session_id}", {"hacer": "inscribirme"}) for link in links]) == {
            303: SEATS
        }
        found = taken(own_database)
        # One seat becomes free, and sixty-three newcomers want it while others wait.
        freed = [(f"{links[0]}/cancelar", {})]
        last = send(freed + [(path, _sent(number)) for number in range(101, 100 + PEOPLE)])
    assert set(first) == {303, 422}, "who comes too late for the table is told so at its field"
    assert set(last) <= {303, 422}
    assert {name: min(found[name], limit) for name, limit in LIMITS.items()} == found
    assert (found["event"], found["session"]) == (SEATS, IN_WORKSHOP)
    after = taken(own_database)
    assert (after["event"], after["session"]) == (SEATS, IN_WORKSHOP)
    assert {name: min(after[name], limit) for name, limit in LIMITS.items()} == after
