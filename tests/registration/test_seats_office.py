"""The office's page of seats: what is taken and left, and every limit that can be set there."""

import pytest

from app.extensions import db
from app.permissions import Role
from app.registration import queries
from app.registration.models import Clashes, Promotion, RegistrationStatus
from tests import factories


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(capacity=2)


@pytest.fixture
def office(event, sign_in):
    return sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))


@pytest.fixture
def address(event):
    return f"/gestion/eventos/{event.slug}/cupos"


SETTINGS = {
    "capacity": "5",
    "promotion": "offer",
    "offer_hours": "12",
    "clashes": "forbid",
    "proof_of_work": "always",
}


def test_the_page_shows_what_is_taken_left_and_waited_for(office, event, address):
    factories.registration(event, entity="Imaza")
    factories.registration(event, entity="Imaza", status=RegistrationStatus.WAITLISTED)
    factories.quota(event, "Imaza", 16)
    factories.enrollable(event.days[0].sessions[0], 20)
    page = office.get(address).text
    assert [page.count(text) for text in ("1 / 2", "1 / 16", "0 / 20")] == [1, 1, 1]


def test_settings_are_written_and_more_seats_go_to_who_waits(office, event, address):
    waiting = factories.registration(event, status=RegistrationStatus.WAITLISTED)
    event.capacity = 0
    answer = office.post(address, data=SETTINGS)
    assert (answer.status_code, answer.location) == (303, address)
    db.session.expire_all()
    settings = queries.settings_of(event)
    assert (event.capacity, settings.promotion, settings.offer_hours, settings.clashes) == (
        5,
        Promotion.OFFER,
        12,
        Clashes.FORBID,
    )
    assert waiting.status == RegistrationStatus.CONFIRMED, "the event is on: nothing is offered any more"


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity": "-1"},
        {"capacity": "muchos"},
        {"offer_hours": "0"},
        {"offer_hours": ""},
        {"promotion": "x"},
    ],
)
def test_bad_settings_are_named_and_nothing_is_written(office, event, address, wrong):
    answer = office.post(address, data=SETTINGS | wrong)
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    db.session.expire_all()
    assert (event.capacity, queries.settings_of(event).promotion) == (2, Promotion.AUTOMATIC)


def test_an_institution_s_seats_are_added_changed_and_taken_away(office, event, address):
    waiting = factories.registration(event, entity="IMAZA", status=RegistrationStatus.WAITLISTED)
    for seats in ("0", "3"):
        assert (
            office.post(f"{address}/instituciones", data={"entity": "Imaza", "seats": seats}).status_code
            == 303
        )
        db.session.expire_all()
        assert [(one.entity, one.seats) for one in queries.quotas(event)] == [("Imaza", int(seats))]
        assert (waiting.status == RegistrationStatus.CONFIRMED) == (seats == "3")
    number = queries.quotas(event)[0].id
    assert office.post(f"{address}/instituciones/{number}/quitar").status_code == 303
    assert queries.quotas(event) == []


@pytest.mark.parametrize(
    "data",
    [
        {"entity": "", "seats": "3"},
        {"entity": "Imaza", "seats": "x"},
        {"entity": "Imaza"},
        {"entity": "Imaza", "seats": "3", "ruc": "20000000002"},
    ],
)
def test_a_bad_quota_is_named(office, event, address, data):
    answer = office.post(f"{address}/instituciones", data=data)
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert queries.quotas(event) == []


def test_what_was_not_offered_is_refused_in_the_page_s_language(office, address):
    answer = office.post(address, data={"promotion": "always", "offer_hours": "24"})
    assert answer.status_code == 422
    assert answer.text.count("Elija una opción de la lista.") == 6, (
        "three questions, above the form and at each"
    )


def test_a_session_is_enrolled_in_given_seats_and_opened_again(office, event, address):
    number = event.days[0].sessions[0].id
    for seats in ("", "7"):
        sent = {"session_id": str(number), "session_seats": seats}
        assert office.post(f"{address}/sesiones", data=sent).status_code == 303
    assert [(one.session_id, one.seats) for one in queries.enrollable_sessions(event)] == [(number, 7)]
    assert office.post(f"{address}/sesiones/{number}/quitar").status_code == 303
    assert queries.enrollable_sessions(event) == []


@pytest.mark.parametrize("number", ["", "x", "999999", "99999999999999999999"])
def test_a_session_that_is_not_there_is_named(office, event, address, number):
    answer = office.post(f"{address}/sesiones", data={"session_id": number, "session_seats": "3"})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert queries.enrollable_sessions(event) == []


def test_another_event_s_session_and_quota_are_not_there(office, event, address):
    other = factories.event()
    foreign = other.days[0].sessions[0]
    answer = office.post(f"{address}/sesiones", data={"session_id": foreign.id, "session_seats": "3"})
    assert answer.status_code == 422
    factories.enrollable(foreign)
    quota = factories.quota(other, "Imaza", 1)
    assert office.post(f"{address}/sesiones/{foreign.id}/quitar").status_code == 404
    assert office.post(f"{address}/instituciones/{quota.id}/quitar").status_code == 404


@pytest.mark.parametrize(
    ("role", "own", "seen", "saved"),
    [(Role.READER, True, 200, 403), (Role.DOOR, True, 404, 404), (Role.ORGANISER, False, 404, 404)],
)
def test_others_change_nothing(event, sign_in, address, role, own, seen, saved):
    organisation = event.organisation if own else factories.organisation()
    visitor = sign_in(factories.user(role, organisation=organisation))
    found = visitor.get(address).status_code, visitor.post(address, data=SETTINGS).status_code
    assert (found[0] in {seen, 403}, found[1] in {saved, 403, 404}) == (True, True)
    db.session.expire_all()
    assert event.capacity == 2


def test_the_number_of_queries_does_not_grow(office, event, address, count_queries):
    def asked():
        with count_queries() as found:
            assert office.get(address).status_code == 200
        return len(found)

    def more(number):
        for _ in range(number):
            row = factories.session(event, event.days[0])
            factories.enrollable(row, 5)
            factories.quota(event, f"Entidad {row.id}", 5)
        db.session.expire_all()

    more(1)
    few = asked()
    more(29)
    assert asked() == few
