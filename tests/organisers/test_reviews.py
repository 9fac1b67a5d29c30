"""The office's pages of review: one person, many, and whom they concern."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.events.models import Event
from app.permissions import Role
from app.registration.models import Registration, RegistrationStatus
from tests import factories
from tests.organisers.registrations import BASE, CONFIRMED, actions, error_at, figures, letters, page, states

pytestmark = pytest.mark.usefixtures("frozen_clock")
REVIEW = "/gestion/eventos/foro/revision"
PENDING, RETURNED = RegistrationStatus.PENDING, RegistrationStatus.RETURNED
REJECTED = RegistrationStatus.REJECTED


def waits(event: Event, **values: Any) -> Registration:
    return factories.registration(event, status=PENDING, confirmed_at=None, **values)


def test_strangers_and_readers_decide_nothing(
    client: FlaskClient, event: Event, reader: FlaskClient, sign_in: Any
) -> None:
    person = waits(event)
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    sent = {"people": str(person.id), "verdict": "approve"}
    for visitor, status in ((client, 302), (reader, 403), (stranger, 404)):
        assert visitor.post(f"{REVIEW}/{person.id}", data=sent).status_code == status
        assert visitor.post(REVIEW, data=sent).status_code == status
        assert visitor.get(REVIEW).status_code == status
    assert states(person) == [PENDING]


def test_a_person_of_another_event_is_not_found(event: Event, organiser: FlaskClient) -> None:
    other = waits(factories.event(event.organisation))
    assert organiser.post(f"{REVIEW}/{other.id}", data={"verdict": "approve"}).status_code == 404
    assert organiser.post(REVIEW, data={"people": str(other.id), "verdict": "approve"}).status_code == 303
    assert states(other) == [PENDING]


@pytest.mark.parametrize(
    ("verdict", "status", "letter"),
    [("approve", CONFIRMED, "approved"), ("ask", RETURNED, "returned"), ("reject", REJECTED, "rejected")],
)
def test_the_word_on_one_person(
    session: Session, event: Event, organiser: FlaskClient, verdict: str, status: Any, letter: str
) -> None:
    person = waits(event)
    assert 'id="revision"' in page(organiser, f"{BASE}/{person.id}")
    answer = organiser.post(f"{REVIEW}/{person.id}", data={"verdict": verdict, "note": "Una nota."})
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{person.id}")
    assert (states(person), letters(session)) == ([status], [f"registration.{letter}"])
    assert actions(session) == ["registration.reviewed"]
    shown = page(organiser, f"{BASE}/{person.id}")
    assert ('id="revision"' in shown, "Una nota." in shown) == (verdict == "ask", verdict != "approve")


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"verdict": "reject", "note": " "}, "note", "Escriba qué falta"),
        ({"verdict": "reject", "note": "x" * 1001}, "note", "1000"),
        ({"verdict": "maybe"}, "verdict", "Elija una opción de la lista."),
    ],
)
def test_what_cannot_be_said_stands_at_its_field(
    event: Event, organiser: FlaskClient, typed: dict[str, str], field: str, message: str
) -> None:
    person = waits(event)
    for address, sent in ((f"{REVIEW}/{person.id}", typed), (REVIEW, typed | {"people": str(person.id)})):
        answer = organiser.post(address, data=sent)
        assert (answer.status_code, message in error_at(answer, field)) == (422, True)
    assert states(person) == [PENDING]


def test_the_filters_choose_whom_and_the_number_stands_first(
    session: Session, event: Event, organiser: FlaskClient
) -> None:
    waiting = [waits(event, ubigeo="010205") for _ in range(3)]
    elsewhere, decided = waits(event, ubigeo="150101"), factories.registration(event, ubigeo="010205")
    shown = page(organiser, REVIEW, departamento="01")
    assert "Revisar 3 inscripciones" in shown
    people = re.findall(r'name="people" value="(\d+)"', shown)
    assert people == [str(one.id) for one in waiting]
    late = waits(event, ubigeo="010205")  # comes while the page is being read
    answer = organiser.post(f"{REVIEW}?departamento=01", data={"people": people, "verdict": "approve"})
    assert answer.location == f"{BASE}?departamento=01"
    assert states(*waiting, late, elsewhere, decided) == [CONFIRMED] * 3 + [PENDING, PENDING, CONFIRMED]
    assert letters(session) == ["registration.approved"] * 3


def test_ticked_people_are_asked_about_first(event: Event, organiser: FlaskClient) -> None:
    one, two = waits(event), factories.registration(event)
    answer = organiser.post(REVIEW, data={"people": [str(one.id), str(two.id)]})
    assert (answer.status_code, "Revisar 1 inscripción" in answer.text) == (200, True)
    assert states(one) == [PENDING]


def test_the_list_counts_and_filters_them(event: Event, organiser: FlaskClient) -> None:
    waits(event)
    factories.registration(event, status=RETURNED)
    factories.registration(event)
    assert ("2", "por revisar") in figures(organiser)
    assert "1 inscripción coincide" in page(organiser, estado="pending")
    assert "Por revisar (1)" in page(organiser)


def test_a_page_about_many_asks_no_more_than_about_one(
    event: Event, organiser: FlaskClient, count_queries: Any
) -> None:
    def statements() -> int:
        with count_queries() as found:
            assert organiser.get(REVIEW).status_code == 200
        return len(found)

    waits(event)
    one = statements()
    for _ in range(30):
        waits(event)
    assert statements() == one
