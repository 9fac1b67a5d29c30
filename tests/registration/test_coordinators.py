"""A coordinator's link: register a group without an account, correct names, print; and when it ends."""

import re

import pytest
from sqlalchemy import select

from app.events.models import Day
from app.extensions import limiter
from app.mail import letters
from app.mail.models import OutgoingLetter
from app.permissions import Role
from app.registration import queries, services
from app.registration.models import Registration
from tests import factories
from tests.conftest import NOON
from tests.registration.groups import group, row, table, text_of

BEFORE = NOON.replace(day=8)


@pytest.fixture
def event(session, frozen_clock):
    event = factories.event(slug="foro")
    for index, day in enumerate(event.days):
        day.date = day.date.replace(day=20 + index)
    session.commit()
    return event


@pytest.fixture
def made(event):
    made = group(event)
    services.open_link(made, at=BEFORE)
    return made


@pytest.fixture
def base(made):
    return f"/grupos/{queries.group_token(made)}"


def people(session):
    session.expire_all()
    return list(session.scalars(select(Registration).order_by(Registration.id)))


def test_a_group_is_registered_without_an_account(client, session, made, base):
    answer = client.post(f"{base}/personas", data=table(row(0, "00000001"), row(1, "", "Zoë", "Ñahui")))
    assert (answer.status_code, answer.location) == (303, base)
    assert [(one.group_id, one.consent_kind, one.status) for one in people(session)] == [
        (made.id, "oral", "confirmed")
    ] * 2
    page = client.get(base)
    assert "Ñahui, Zoë" in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert client.post(f"{base}/papeletas").data[:5] == b"%PDF-"


def test_who_is_registered_elsewhere_is_not_told(client, session, event, base):
    factories.registration(event, document_number="00000009", group_id=None)
    answer = client.post(f"{base}/personas", data=table(row(0, "00000009"), row(1, "00000001")))
    assert answer.status_code == 422
    assert "No se puede agregar a esta persona aquí." in answer.text
    assert "mismo documento" not in answer.text
    assert len(people(session)) == 1


def test_who_is_in_the_group_already_is_told(client, session, base):
    client.post(f"{base}/personas", data=table(row(0, "00000009")))
    again = table(row(0, "00000009"), idempotency_key="another-key-here")
    answer = client.post(f"{base}/personas", data=again)
    assert (answer.status_code, "mismo documento" in answer.text) == (422, True)
    assert len(people(session)) == 1


def test_names_are_corrected_before_the_event(client, session, event, base):
    client.post(f"{base}/personas", data=table(row(0, "00000009")))
    (person,) = people(session)
    names = {"given_names": "Rosa María", "first_surname": "Quispe", "second_surname": ""}
    path = f"{base}/personas/{person.id}"
    assert client.post(path, data=names | {"first_surname": "7"}).status_code == 422
    # Whatever else is sent is not taken.
    assert client.post(path, data=names | {"document_number": "00000010", "entity": "X"}).status_code == 303
    (person,) = people(session)
    assert (person.full_name, person.document_number) == ("Rosa María Quispe", "00000009")
    assert person.search_text.startswith("rosa maria quispe")
    session.get(Day, event.days[0].id).date = NOON.date()
    session.commit()
    answer = client.post(path, data=names)
    assert (answer.status_code, "El evento ya empezó." in answer.text) == (422, True)


def test_people_of_another_group_are_not_found(client, session, event, base):
    other = factories.registration(event, group_id=group(event, name="Otro").id)
    alone = factories.registration(event)
    assert {client.get(f"{base}/personas/{one.id}").status_code for one in (other, alone)} == {404}


def test_a_closed_a_replaced_and_a_foreign_link_say_what_to_do(client, session, made, base):
    assert client.get(base).status_code == 200
    services.open_link(made, at=NOON)
    newer = f"/grupos/{queries.group_token(made)}"
    assert "Este enlace ya no funciona" in text_of(client, base, 404)
    assert client.get(newer).status_code == 200
    services.close_link(made, at=NOON)
    assert "Este enlace ya no funciona" in text_of(client, newer, 404)
    # No link is that of version nought.
    assert "Este enlace ya no funciona" in text_of(client, f"/grupos/{queries.group_token(made)}", 404)
    services.open_link(made, at=NOON)
    assert f"/grupos/{queries.group_token(made)}" not in {base, newer}
    assert {client.get(path).status_code for path in (base, newer, "/grupos/x", "/grupos/AAAAAAAB")} == {404}


def test_the_link_ends_with_the_window_and_the_event(client, session, event, base):
    event.registration_closes_at = BEFORE
    session.commit()
    assert "La inscripción no está abierta" in text_of(client, base)
    refused = client.post(f"{base}/personas", data=table(row(0, "00000001")))
    assert (refused.status_code, refused.location) == (303, base)
    event.days[0].date = NOON.date()
    session.commit()
    assert "La inscripción cerró y el evento empezó." in text_of(client, base, 410)
    assert client.post(f"{base}/papeletas").status_code == 410
    assert people(session) == []


def test_refused_tables_are_bounded(client, base):
    limiter.enabled = True
    answers = [client.post(f"{base}/personas", data=table()).status_code for _ in range(22)]
    assert answers == [422] * 20 + [429] * 2


def test_the_link_is_shown_sent_and_closed_by_the_office(client, session, event, sign_in):
    made = group(event)
    office = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    path = f"/gestion/eventos/foro/grupos/{made.id}/enlace"
    refused = office.post(path, data={"action": "send"})
    assert (refused.status_code, "no tiene un enlace que funcione" in refused.text) == (422, True)
    assert office.post(path, data={"action": "open"}).location == path
    page = office.get(path)
    address = re.search(r'<a class="code[^>]*href="([^"]+)"', page.text)[1]
    assert "<svg" in page.text
    assert client.get(address).status_code == 200
    office.post(path, data={"action": "send"})
    row_ = session.scalars(select(OutgoingLetter)).one()
    assert (row_.recipient, row_.letter) == ("ana@example.pe", "registration.group_link")
    session.expire_all()
    letter = letters.build(row_.letter, row_.payload)
    assert address in letter.text
    assert address in letter.html
    office.post(path, data={"action": "close"})
    assert client.get(address).status_code == 404
    session.expire_all()
    assert letters.build(row_.letter, row_.payload) is None
