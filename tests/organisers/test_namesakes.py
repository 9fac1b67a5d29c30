"""Perhaps the same person twice: shown to the office, never to a visitor."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.permissions import Role
from app.registration import importing, queries, services
from app.registration.models import ConsentKind, DocumentType, Registration, RegistrationStatus
from app.registration.services import Person, imports
from tests import factories
from tests.conftest import NOON
from tests.registration import groups

ROSA: dict[str, Any] = {
    "document_type": DocumentType.DNI,
    "document_number": "40000001",
    "given_names": "Rosa",
    "first_surname": "Quispe",
    "email": "rosa@example.pe",
    "phone": "987654321",
    "entity": "Municipalidad de Imaza",
}

HEADINGS = "DNI,Nombres,Apellidos,Correo"
STRANGE: dict[str, Any] = {"email": "otra@example.pe", "phone": "", "entity": ""}  # nothing of ROSA's


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
        ({"document_number": "40000007"} | STRANGE, True),
        ({"document_number": "40000010", "given_names": "Roza"} | STRANGE, True),
        ({"document_number": "40000010", "second_surname": "Mamani"} | STRANGE, True),
        ({"document_number": "40000017"} | STRANGE, False),
        ({"document_number": "40000007", "given_names": "Elena"} | STRANGE, False),
        ({"document_type": DocumentType.CE, "document_number": "40000007"} | STRANGE, False),
    ],
)
def test_only_who_looks_the_same_is_flagged(event: Any, values: dict[str, Any], is_flagged: bool) -> None:
    first = register(event)
    second = register(event, **{"document_number": "40009922"} | values)
    assert (first.is_possible_duplicate, second.is_possible_duplicate) == (False, is_flagged)


def test_people_of_other_events_and_who_cancelled_are_no_namesakes(event: Any) -> None:
    register(factories.event())
    services.cancel(register(event), at=NOON, by_participant=True)
    assert not register(event, document_number="40000002").is_possible_duplicate


def take_up(event: Any, *rows: str) -> None:
    received = imports.receive(io.BytesIO("\n".join([HEADINGS, *rows]).encode()), "lista.csv")
    run = imports.create(event, received, by=factories.user(), language="es", at=NOON)
    chosen = {"is_all_or_nothing": True, "updates": False, "sends_letters": False, "language": "es"}
    imports.start(run, **chosen, at=NOON)
    db.session.commit()
    assert importing.work_on(run.id) is True


def test_an_import_flags_who_was_there_before_and_who_stands_above(
    session: Any, event: Any, count_queries: Any
) -> None:
    register(event)
    take_up(event, "40000007,Rosa,Quispe,")
    with count_queries() as few:
        take_up(event, "41234567,Inés,Huamán,")
    others = [f"4{n:02}{n:02}{n:02}5,Eva{chr(97 + n % 26) * 9},Ríos," for n in range(1, 40)]
    twice = [
        "50000001,Juan,Pari,juan@example.pe",
        "60000022,JUAN,Pari,juan@example.pe",
        "60000023,Juan,Pari,",
    ]
    with count_queries() as many:
        take_up(event, *others, *twice)
    flagged = select(Registration.document_number).where(Registration.is_possible_duplicate)
    assert sorted(session.scalars(flagged)) == ["40000007", "60000022", "60000023"]
    assert len(few) == len(many)


def test_a_group_flags_them_too(event: Any) -> None:
    first = register(event)
    group = groups.group(event)
    person = Person(**ROSA | STRANGE | {"document_number": "40000007"})
    consent = services.Consent(ConsentKind.WRITTEN, "", "", NOON.date())
    [second] = services.register_group(
        group, [person], consent, idempotency_key="k", language="es", at=NOON, by_link=True
    )
    assert (first.is_possible_duplicate, second.is_possible_duplicate) == (False, True)
    assert queries.namesakes(second) == [first]


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
