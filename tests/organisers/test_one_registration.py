"""One registration in the back office: its page, corrections, by hand, link, cancelling; and seats that are added."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit import AuditEntry
from app.certificates import issuing
from app.certificates import services as certificates
from app.events.models import Event, EventStatus
from app.mail.models import OutgoingLetter
from app.registration import emails, queries
from app.registration.models import DocumentType, Registration
from tests import factories
from tests.conftest import NOON
from tests.organisers.registrations import (
    BASE,
    BY_HAND,
    CANCELLED,
    CONFIRMED,
    PERSON,
    WAITLISTED,
    actions,
    error_at,
    letters,
    listed,
    page,
    registered,
    scan,
    states,
)

pytestmark = pytest.mark.usefixtures("frozen_clock")


# One person


def test_one_person_s_page_tells_all_that_is_known(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    event.hours = Decimal(6)
    event.minimum_percent = 30
    organiser.post(f"{BASE}/nueva", data=BY_HAND)
    person = session.scalars(select(Registration)).one()
    scan(event, person)
    certificates.save_terms(event, certificates.terms_of(event), at=NOON)
    issuing.issue_here(event, by=None, at=NOON)
    session.commit()
    text = page(organiser, f"{BASE}/{person.id}")
    for known in (
        "Zoë Ñahui Túpac",
        "Confirmada",
        "DNI 00000077",
        "zoe@example.pe",
        "987 654 321",
        "Lideresa",
        "Imaza, Bagua, Amazonas",
        f"{person.code[:4]}-{person.code[4:]}",
        "Versión 1 del aviso de privacidad, 12 de mayo de 2026",
        "Puerta 9:00",
        "150 de 150 min",
        "1 lectura en puerta",
        "Ingresó",
        "Válida",
        "Confirmación",
        "En camino",
    ):
        assert known in text, known
    assert re.search(r"/certificados/[0-9A-Z-]{14}\.pdf", text)


def test_who_waits_sees_their_place_and_letters_their_fate(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    factories.registration(event, status=WAITLISTED)
    person = factories.registration(event, status=WAITLISTED, email="x@example.pe")
    for _ in range(3):
        emails.registered_already(person)
    sent, failed, retried = session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))
    sent.sent_at, failed.failed_at, retried.last_error = NOON, NOON, "450 later"
    failed.last_error = "550 no such mailbox"
    session.commit()
    text = page(organiser, f"{BASE}/{person.id}")
    assert "Lugar 2 en la lista de espera" in text
    assert re.findall(r"chip[^>]*>(Enviada|No se entregó|Reintentando)<", text) == [
        "Reintentando",
        "No se entregó",
        "Enviada",
    ]
    assert "550 no such mailbox" in text


def test_one_person_s_page_takes_the_same_number_of_queries(
    organiser: FlaskClient, event: Event, count_queries: Callable[[], Any]
) -> None:
    person = factories.registration(event)
    costs = []
    for number in range(3):
        emails.registered_already(person)
        scan(event, person, day=number)
        factories.registration(event)
        with count_queries() as statements:
            page(organiser, f"{BASE}/{person.id}")
        costs.append(len(statements))
    assert costs == [costs[0]] * 3


# Correcting


def test_data_are_corrected_and_the_search_follows(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    person = factories.registration(event, email="mal@example.pe")
    form = page(organiser, f"{BASE}/{person.id}/corregir")
    assert 'value="mal@example.pe"' in form
    answer = organiser.post(f"{BASE}/{person.id}/corregir", data=PERSON)
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{person.id}")
    assert "Renuévelo" in page(organiser, answer.location)
    session.refresh(person)
    assert (person.full_name, person.document_number) == ("Zoë Ñahui Túpac", "00000077")
    assert (person.email, person.ubigeo, person.phone) == ("zoe@example.pe", "010205", "987 654 321")
    assert listed(organiser, q="nahui") == ["Ñahui Túpac, Zoë"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.corrected")).one()
    assert entry.target == f"registrations:{person.id}"
    assert "email" in entry.details["changed"]
    assert "zoe" not in str(entry.details)


def test_the_form_comes_back_as_it_is_known(organiser: FlaskClient, event: Event, session: Session) -> None:
    organiser.post(f"{BASE}/nueva", data=BY_HAND)
    person = session.scalars(select(Registration)).one()
    text = page(organiser, f"{BASE}/{person.id}/corregir")
    sent = dict(re.findall(r'name="(\w+)" [^>]*?value="([^"]*)"', text))
    assert sent["ubigeo"] == "Imaza, Bagua, Amazonas"
    organiser.post(f"{BASE}/{person.id}/corregir", data=sent | {"document_type": "dni"})
    assert "registration.corrected" not in actions(session)


def test_an_unknown_new_district_survives_a_correction(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    person = factories.registration(event, ubigeo="010299")
    text = page(organiser, f"{BASE}/{person.id}/corregir")
    assert 'value="010299"' in text
    answer = organiser.post(f"{BASE}/{person.id}/corregir", data=PERSON | {"ubigeo": "010299"})
    assert answer.status_code == 303
    session.refresh(person)
    assert person.ubigeo == "010299"


WRONG = [
    ({"given_names": ""}, "given_names"),
    ({"given_names": "x" * 10_000}, "given_names"),
    ({"given_names": "<script>"}, "given_names"),
    ({"first_surname": "=cmd()"}, "first_surname"),
    ({"first_surname": "\u202eabc"}, "first_surname"),
    ({"first_surname": "a\0b"}, "first_surname"),
    ({"second_surname": "🙂"}, "second_surname"),
    ({"document_number": "123"}, "document_number"),
    ({"document_type": "x"}, "document_type"),
    ({"email": "no"}, "email"),
    ({"phone": "no"}, "phone"),
    ({"ubigeo": "ninguna parte"}, "ubigeo"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
@pytest.mark.parametrize("where", ["nueva", "corregir"])
def test_a_wrong_answer_stands_at_its_field_and_nothing_is_lost(
    organiser: FlaskClient, event: Event, session: Session, where: str, wrong: dict[str, str], field: str
) -> None:
    person = factories.registration(event)
    name = person.full_name
    address = f"{BASE}/nueva" if where == "nueva" else f"{BASE}/{person.id}/corregir"
    answer = organiser.post(address, data=BY_HAND | wrong)
    assert answer.status_code == 422
    assert error_at(answer, field)
    kept = "Comunidad San Rafael"
    assert kept in answer.get_data(as_text=True)
    session.refresh(person)
    assert person.full_name == name
    assert len(registered(event)) == 1


@pytest.mark.parametrize("where", ["nueva", "corregir"])
def test_a_district_of_several_is_chosen(
    organiser: FlaskClient, event: Event, session: Session, where: str
) -> None:
    person = factories.registration(event)
    address = f"{BASE}/nueva" if where == "nueva" else f"{BASE}/{person.id}/corregir"
    answer = organiser.post(address, data=BY_HAND | {"ubigeo": "Miraflores"})
    assert answer.status_code == 422
    assert 'name="ubigeo_choice"' in answer.get_data(as_text=True)
    answer = organiser.post(address, data=BY_HAND | {"ubigeo": "Miraflores", "ubigeo_choice": "150122"})
    assert answer.status_code == 303
    assert session.scalar(select(Registration.ubigeo).where(Registration.given_names == "Zoë")) == "150122"


@pytest.mark.parametrize(
    ("who", "field", "said"),
    [
        ({}, "document_number", "mismo documento"),
        ({"document_type": "none", "document_number": ""}, "given_names", "estos nombres"),
    ],
)
def test_a_person_is_not_made_another_one(
    organiser: FlaskClient, event: Event, session: Session, who: dict[str, str], field: str, said: str
) -> None:
    organiser.post(f"{BASE}/nueva", data=BY_HAND | who)
    person = factories.registration(event)
    answer = organiser.post(f"{BASE}/{person.id}/corregir", data=PERSON | who)
    assert answer.status_code == 422
    assert said in error_at(answer, field)
    answer = organiser.post(f"{BASE}/nueva", data=BY_HAND | who | {"idempotency_key": "another-key"})
    assert answer.status_code == 422
    assert said in error_at(answer, field)
    session.refresh(person)
    assert person.given_names == "Rosa"


# By hand


def test_somebody_is_registered_by_hand(organiser: FlaskClient, event: Event, session: Session) -> None:
    assert "Inscribir a una persona" in page(organiser, f"{BASE}/nueva")
    answer = organiser.post(f"{BASE}/nueva", data=BY_HAND)
    person = session.scalars(select(Registration)).one()
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{person.id}/entrega")
    assert (person.status, person.email, person.consented_at) == (CONFIRMED, "zoe@example.pe", NOON)
    assert person.consent_text is not None
    assert letters(session) == ["registration.received"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.created")).one()
    assert entry.details == {"status": "confirmed", "by_office": True}
    assert entry.user_id is not None


def test_without_e_mail_the_page_shows_what_to_hand_over(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    who = {"email": "", "document_type": "none", "document_number": ""}
    answer = organiser.post(f"{BASE}/nueva", data=BY_HAND | who, follow_redirects=True)
    person = session.scalars(select(Registration)).one()
    text = answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert f"{person.code[:4]}-{person.code[4:]}" in text
    assert emails.personal_url(person) in text
    assert "slip-code" in text
    assert letters(session) == []


def test_the_window_does_not_bind_the_office_but_the_seats_do(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    event.registration_closes_at = factories.THEN
    event.capacity = 1
    session.commit()
    assert "No quedan cupos" not in page(organiser, f"{BASE}/nueva")
    organiser.post(f"{BASE}/nueva", data=BY_HAND)
    assert "No quedan cupos" in page(organiser, f"{BASE}/nueva")
    second = {"document_number": "00000078", "email": "", "idempotency_key": "key-of-another"}
    answer = organiser.post(f"{BASE}/nueva", data=BY_HAND | second, follow_redirects=True)
    people = session.scalars(select(Registration).order_by(Registration.id)).all()
    assert [person.status for person in people] == [CONFIRMED, WAITLISTED]
    text = answer.get_data(as_text=True)
    assert "Inscripción en lista de espera" in text
    assert "slip-code" not in text


def test_the_same_form_twice_is_one_registration(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    places = {organiser.post(f"{BASE}/nueva", data=BY_HAND).location for _ in range(2)}
    assert len(places) == len(registered(event)) == 1
    assert letters(session) == ["registration.received"]


def test_without_agreement_nobody_is_registered(organiser: FlaskClient, event: Event) -> None:
    answer = organiser.post(f"{BASE}/nueva", data=PERSON)
    assert answer.status_code == 422
    assert "consentimiento" in error_at(answer, "consent")
    assert registered(event) == []


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.CANCELLED])
def test_nobody_is_registered_for_what_is_not_public(
    organiser: FlaskClient, event: Event, session: Session, status: EventStatus
) -> None:
    event.status = status
    session.commit()
    assert f"{BASE}/nueva" not in page(organiser)
    answer = organiser.post(f"{BASE}/nueva", data=BY_HAND)
    assert answer.status_code == 422
    assert "cuando el evento está publicado" in answer.get_data(as_text=True)
    assert registered(event) == []


# The personal link


def test_the_link_is_sent_again(organiser: FlaskClient, event: Event, session: Session) -> None:
    person = factories.registration(event)
    answer = organiser.post(f"{BASE}/{person.id}/enlace")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{person.id}")
    assert letters(session) == ["registration.again"]
    assert actions(session) == ["registration.link_sent"]


@pytest.mark.parametrize(
    ("values", "said"),
    [({"email": ""}, "no dio un correo"), ({"status": CANCELLED}, "ya estaba cancelada|fue cancelada")],
)
def test_a_link_that_helps_nobody_is_not_sent(
    organiser: FlaskClient, event: Event, session: Session, values: dict[str, Any], said: str
) -> None:
    person = factories.registration(event, **values)
    answer = organiser.post(f"{BASE}/{person.id}/enlace")
    assert answer.status_code == 422
    assert re.search(said, answer.get_data(as_text=True))
    assert letters(session) == []


def test_a_renewed_link_ends_the_old_one(
    organiser: FlaskClient, client: FlaskClient, event: Event, session: Session
) -> None:
    person = factories.registration(event)
    old = f"/mi/{queries.personal_token(person)}"
    answer = organiser.post(f"{BASE}/{person.id}/renovar")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{person.id}")
    session.refresh(person)
    assert client.get(old).status_code == 404
    assert client.get(f"/mi/{queries.personal_token(person)}").status_code == 200
    assert letters(session) == ["registration.link_renewed"]


def test_without_e_mail_a_renewed_link_is_shown(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    person = factories.registration(event, email="")
    answer = organiser.post(f"{BASE}/{person.id}/renovar", follow_redirects=True)
    session.refresh(person)
    assert person.link_version == 2
    assert emails.personal_url(person) in answer.get_data(as_text=True)


# Cancelling


def test_one_registration_is_cancelled_after_a_question(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    event.capacity = 1
    person, next_one = factories.registration(event), factories.registration(event, status=WAITLISTED)
    assert "lista de espera" in page(organiser, f"{BASE}/{person.id}/cancelar")
    assert states(person) == [CONFIRMED]
    answer = organiser.post(f"{BASE}/{person.id}/cancelar")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{person.id}")
    assert states(person, next_one) == [CANCELLED, CONFIRMED]
    assert letters(session) == ["registration.cancelled", "registration.promoted"]
    assert actions(session) == ["registration.cancelled", "registration.promoted"]
    again = organiser.post(f"{BASE}/{person.id}/cancelar")
    assert again.status_code == 422
    assert "cancelar" not in re.findall(
        rf'href="{BASE}/{person.id}/(\w+)"', page(organiser, f"{BASE}/{person.id}")
    )


def test_after_the_event_nothing_is_cancelled(
    organiser: FlaskClient, event: Event, frozen_clock: datetime
) -> None:
    person = factories.registration(event)
    with clock.freeze(frozen_clock + timedelta(days=3)):
        assert "/cancelar" not in page(organiser) + page(organiser, f"{BASE}/{person.id}")
        assert organiser.post(f"{BASE}/{person.id}/cancelar").status_code == 422
        both = {"people": str(person.id), "sure": "1"}
        assert organiser.post(f"{BASE}/cancelar", data=both).status_code == 422
    assert states(person) == [CONFIRMED]


# Seats that an organiser adds


def test_raising_the_capacity_promotes_the_waitlist_at_once(
    organiser: FlaskClient, event: Event, session: Session
) -> None:
    event.capacity = 1
    factories.registration(event)
    waiting = [factories.registration(event, status=WAITLISTED) for _ in range(3)]
    facts = {
        "title": event.title,
        "slug": event.slug,
        "modality": "virtual",
        "timezone": "America/Lima",
        "hours": "",
        "hour_unit": "chronological",
        "minimum_percent": "80",
    }
    address = "/gestion/eventos/foro/configuracion"
    assert organiser.post(address, data=facts | {"capacity": "3"}).status_code == 303
    assert states(*waiting) == [CONFIRMED, CONFIRMED, WAITLISTED]
    assert letters(session) == ["registration.promoted"] * 2
    assert organiser.post(address, data=facts | {"capacity": "2"}).status_code == 303
    assert organiser.post(address, data=facts | {"capacity": ""}).status_code == 303
    assert states(*waiting) == [CONFIRMED] * 3


def test_a_cancelled_event_gives_no_seats(organiser: FlaskClient, event: Event, session: Session) -> None:
    event.capacity, event.status = 1, EventStatus.CANCELLED
    person, waits = factories.registration(event), factories.registration(event, status=WAITLISTED)
    assert organiser.post(f"{BASE}/{person.id}/cancelar").status_code == 303
    assert states(waits) == [WAITLISTED]
    assert person.document_type == DocumentType.DNI
    assert letters(session) == ["registration.cancelled"]
