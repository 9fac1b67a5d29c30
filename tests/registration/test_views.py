"""The public form, as a browser without JavaScript sends it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.extensions import limiter
from app.registration.models import Registration
from tests import factories

GOOD = {
    "document_type": "dni",
    "document_number": "00000001",
    "given_names": "Rosa",
    "first_surname": "Quispe",
    "second_surname": "Mamani",
    "email": "rosa@example.pe",
    "phone": "987 654 321",
    "entity": "Municipalidad Distrital de Imaza",
    "position": "Especialista",
    "ubigeo": "Imaza",
    "consent": "y",
    "idempotency_key": "0123456789abcdef",
}


@pytest.fixture
def event(session, frozen_clock):
    return factories.event()


def address(event):
    return f"/eventos/{event.slug}/inscripcion"


def total(session):
    return session.scalar(select(func.count()).select_from(Registration))


def error_at(page, field):
    found = re.search(rf'<p class="field-error" id="{field}-error">(.*?)</p>', page.text, re.S)
    return re.sub(r"<[^>]+>", "", found[1]).split("Error:")[1].strip() if found else None


def test_the_form_has_every_field(client, event):
    page = client.get(address(event))
    assert page.status_code == 200
    names = set(re.findall(r'name="([a-z_]+)"', page.text))
    assert names >= set(GOOD)
    assert "Set-Cookie" not in page.headers


def test_a_good_form_leads_to_what_happens_next(client, session, event):
    answer = client.post(address(event), data=GOOD)
    assert (answer.status_code, answer.location) == (303, f"{address(event)}/recibida?estado=inscrito")
    row = session.scalars(select(Registration)).one()
    assert (row.ubigeo, row.document_number, row.email) == ("010205", "00000001", "rosa@example.pe")
    assert client.get(answer.location).status_code == 200


def test_a_full_event_says_so(client, session, frozen_clock):
    event = factories.event(capacity=0)
    assert "lista de espera" in client.get(address(event)).text
    answer = client.post(address(event), data=GOOD)
    assert answer.location.endswith("estado=en-espera")
    assert "Está en la lista de espera" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("document_type", "otro", "Elija una opción de la lista."),
        ("document_number", "1", "El DNI tiene 8 dígitos, con sus ceros."),
        ("document_number", "", "Escriba el número del documento."),
        ("given_names", "  ", "Complete este campo."),
        ("given_names", "<script>alert(1)</script>", "Escriba el nombre con letras"),
        ("given_names", "=cmd()", "Escriba el nombre con letras"),
        ("given_names", "Rosa 🙂", "Escriba el nombre con letras"),
        ("first_surname", "'; DROP TABLE registrations", "Escriba el nombre con letras"),
        ("first_surname", "Q" * 10_000, "120"),
        ("first_surname", "Quispe\u202eimamaM", "caracteres de control"),
        ("second_surname", "Mam\0ani", "caracteres de control"),
        ("email", "rosa", "correo"),
        ("email", "rosa@localhost", "correo"),
        ("phone", "llámeme", "solo con dígitos"),
        ("ubigeo", "Atlántida", "No conocemos este distrito"),
        ("ubigeo", "Miraflores", "Hay varios"),
        ("consent", "", "Sin su aceptación"),
    ],
)
def test_an_error_stands_at_its_field_and_keeps_what_was_typed(client, session, event, field, typed, message):
    page = client.post(address(event), data=GOOD | {field: typed})
    assert page.status_code == 422
    assert message in error_at(page, field)
    assert 'value="Municipalidad Distrital de Imaza"' in page.text
    assert "<script>alert" not in page.text
    assert total(session) == 0


def test_of_several_districts_one_is_chosen(client, session, event):
    page = client.post(address(event), data=GOOD | {"ubigeo": "Miraflores"})
    assert 'value="150122"' in page.text
    client.post(address(event), data=GOOD | {"ubigeo": "Miraflores", "ubigeo_choice": "150122"})
    assert session.scalars(select(Registration)).one().ubigeo == "150122"


def test_no_document_needs_no_number(client, session, event):
    client.post(address(event), data=GOOD | {"document_type": "none", "document_number": ""})
    assert session.scalars(select(Registration)).one().document_number == ""


def test_a_second_registration_answers_like_a_first(client, session, event):
    first = client.post(address(event), data=GOOD)
    again = client.post(address(event), data=GOOD | {"idempotency_key": "another-key-entirely"})
    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert total(session) == 1


def test_not_yet_open_says_when(client, session, frozen_clock):
    event = factories.event(registration_opens_at=frozen_clock.replace(day=13))
    page = client.get(address(event))
    assert "Abre el 13 de mayo de 2026, 12:00" in page.text
    assert client.post(address(event), data=GOOD).status_code == 422
    assert total(session) == 0


def test_unknown_and_draft_events_are_not_found(client, session, frozen_clock):
    draft = factories.event(status="draft")
    assert client.get(address(draft)).status_code == 404
    assert client.post(address(draft), data=GOOD).status_code == 404
    assert client.get("/eventos/nada/inscripcion").status_code == 404
    assert client.put(address(draft)).status_code == 405


def test_an_oversized_body_is_refused(client, event):
    assert client.post(address(event), data=GOOD | {"entity": "x" * 3_000_000}).status_code == 413


def test_broken_utf8_is_no_failure(client, event):
    body = b"given_names=%FF%FE&first_surname=%C3%28"
    answer = client.post(address(event), data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


def test_the_rate_is_limited_far_above_what_an_office_does(client, event):
    limiter.enabled = True
    answers = [client.post(address(event), data={}).status_code for _ in range(61)]
    assert answers == [422] * 60 + [429]


def test_queries_do_not_grow_with_registrations(client, session, event, count_queries):
    page = address(event)

    def statements():
        with count_queries() as found:
            client.get(page)
        return len(found)

    few = statements()
    for _ in range(30):
        factories.registration(event)
    assert statements() == few


TEXT = st.text(max_size=300)


@settings(max_examples=60)
@given(
    typed=st.fixed_dictionaries(
        {}, optional={name: st.one_of(TEXT, st.just(good)) for name, good in GOOD.items()}
    )
)
def test_whatever_is_typed_gets_an_answer(client, event, typed):
    assert client.post(address(event), data=typed).status_code in {303, 422}


def test_districts_are_suggested(client, session):
    found = client.get("/ubigeo.json?q=imaz").json
    assert found == [{"code": "010205", "label": "Imaza, Bagua, Amazonas"}]


@pytest.mark.parametrize(
    ("code", "number", "first"),
    [
        ("", 25, {"code": "01", "label": "Amazonas"}),
        ("01", 7, {"code": "0102", "label": "Bagua"}),
        ("0102", 6, {"code": "010202", "label": "Aramango"}),
        ("010205", 0, None),
        ("99", 0, None),
        ("x" * 5000, 0, None),
    ],
)
def test_what_lies_in_a_place(client, session, code, number, first):
    found = client.get(f"/ubigeo.json?en={code}").json
    assert (len(found), found[0] if found else None) == (number, first)
