"""Perhaps the same person twice: shown to the office, never to a visitor."""

from typing import Any

import pytest

from app.permissions import Role
from app.registration import queries, services
from app.registration.models import DocumentType, RegistrationStatus
from app.registration.services import Person
from tests import factories
from tests.conftest import NOON

ROSA: dict[str, Any] = {
    "document_type": DocumentType.DNI,
    "document_number": "40000001",
    "given_names": "Rosa",
    "first_surname": "Quispe",
    "email": "rosa@example.pe",
    "phone": "987654321",
    "entity": "Municipalidad de Imaza",
}


def register(event: Any, **values: Any) -> Any:
    person = Person(**ROSA | values)
    services.register(event, person, idempotency_key=f"key-{person.document_number}", language="es", at=NOON)
    return queries.active_by_identity(event, person.identity)


@pytest.fixture
def event(session: Any, frozen_clock: Any) -> Any:
    return factories.event()


@pytest.mark.parametrize(
    ("values", "is_flagged"),
    [
        ({"given_names": "ROSÁ"}, True),
        ({"email": "otra@example.pe", "phone": "900000000"}, True),
        ({"email": "otra@example.pe", "entity": ""}, True),
        ({"document_type": DocumentType.NONE, "document_number": ""}, True),
        ({"email": "otra@example.pe", "phone": "", "entity": "Otra entidad"}, False),
        ({"email": "otra@example.pe", "phone": "", "entity": ""}, False),
        ({"given_names": "Rosalía"}, False),
    ],
)
def test_only_who_looks_the_same_is_flagged(event: Any, values: dict[str, Any], is_flagged: bool) -> None:
    first = register(event)
    second = register(event, **{"document_number": "40000002"} | values)
    assert (first.is_possible_duplicate, second.is_possible_duplicate) == (False, is_flagged)


def test_people_of_other_events_and_who_cancelled_are_no_namesakes(event: Any) -> None:
    register(factories.event())
    services.cancel(register(event), at=NOON, by_participant=True)
    assert not register(event, document_number="40000002").is_possible_duplicate


def test_the_office_compares_them_and_tells_them_apart(session: Any, event: Any, sign_in: Any) -> None:
    first, second = register(event), register(event, document_number="40000002")
    session.commit()
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    address = f"/gestion/eventos/{event.slug}/inscripciones/{second.id}"
    page = office.get(address).text
    assert "Quizá inscrita dos veces" in page
    assert f"/inscripciones/{first.id}" in page
    assert "DNI 40000001" in page
    sent = office.post(f"/gestion/eventos/{event.slug}/revision/{second.id}/otra-persona")
    assert (sent.status_code, sent.location) == (303, address)
    assert "Quizá inscrita dos veces" not in office.get(address).text
    assert second.status == RegistrationStatus.CONFIRMED


def test_a_visitor_learns_nothing_of_it(session: Any, event: Any, client: Any) -> None:
    register(event)
    second = register(event, document_number="40000002")
    session.commit()
    page = client.get(f"/mi/{queries.personal_token(second)}").text
    assert "dos veces" not in page


@pytest.mark.parametrize("role", [Role.READER, Role.ORGANISER])
def test_strangers_tell_nobody_apart(session: Any, event: Any, sign_in: Any, role: Role) -> None:
    register(event)
    second = register(event, document_number="40000002")
    session.commit()
    own = event.organisation if role == Role.READER else factories.organisation()
    stranger = sign_in(factories.user(role, organisation=own))
    answer = stranger.post(f"/gestion/eventos/{event.slug}/revision/{second.id}/otra-persona")
    assert answer.status_code == (403 if role == Role.READER else 404)
    assert second.is_possible_duplicate
