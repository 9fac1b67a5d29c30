"""Forms of an event's own, as a browser without JavaScript sees and sends them."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.registration import queries
from app.registration.models import FieldKind, FieldVersion, Registration
from tests import factories
from tests.factories import asks
from tests.registration.test_views import GOOD, error_at

MORE = {
    "f_ponencia": "Datos abiertos",
    "f_mesa": "agua",
    "f_dias": ["lunes", "martes"],
    "f_viene": "yes",
    "f_ruc": "20131312955",
    "f_lugar": "Imaza",
    "f_doc_kind": "ce",
    "f_doc": "001234567",
    "f_foto": "yes",
}


@pytest.fixture
def event(session, frozen_clock):
    return factories.event()


@pytest.fixture
def form(event):
    return factories.form(
        event,
        asks("ponencia", "short_text", is_required=True),
        asks("mesa", "one_of", "agua", "suelo"),
        asks("dias", "some_of", "lunes", "martes"),
        asks("parte", "section", label={"es": "Su viaje", "en": "Your trip"}),
        asks("viene", "yes_no"),
        asks("ruc", "ruc", shown_if={"field": "viene", "is": True}, is_required=True),
        asks("lugar", "ubigeo"),
        asks("doc", "document"),
        asks("foto", "consent", is_required=True, settings={"text": {"es": "Acepto salir en fotos."}}),
        title={"es": "Inscripción de ponentes", "en": "Speakers"},
        intro={"es": "Para quienes presentan."},
        slug="ponentes",
    )


def address(event, form_slug=""):
    return f"/eventos/{event.slug}/inscripcion" + (f"/{form_slug}" if form_slug else "")


def stored(session):
    """Return the one registration's answers by key."""
    row = session.scalars(select(Registration)).one()
    return {answer.version.field.key: answer.value for answer in queries.answers_of(row)}


def test_the_main_form_stands_at_the_events_address(client, event, form):
    page = client.get(address(event))
    assert page.status_code == 200
    assert "<h1>Inscripción de ponentes</h1>" in page.text
    assert "<h2>Su viaje</h2>" in page.text
    assert "Acepto salir en fotos." in page.text
    assert "Solo si «Campo viene» es «Sí»." in page.text
    assert set(re.findall(r'name="(f_[a-z_]+)"', page.text)) >= set(MORE)
    assert "Only if «Field viene» is «Yes»." in client.get(f"{address(event)}?lang=en").text


def test_answers_are_kept(client, session, event, form):
    answer = client.post(address(event), data=GOOD | MORE)
    assert (answer.status_code, answer.location) == (
        303,
        f"{address(event)}/recibida?estado=inscrito",
    )
    assert stored(session) == {
        "ponencia": "Datos abiertos",
        "mesa": "agua",
        "dias": ["lunes", "martes"],
        "viene": True,
        "ruc": "20131312955",
        "lugar": "010205",
        "doc": "ce 001234567",
        "foto": True,
    }


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("f_ponencia", "", "Complete este campo."),
        ("f_mesa", "cama", "Elija una opción de la lista."),
        ("f_dias", ["lunes", "domingo"], "Elija una opción de la lista."),
        ("f_viene", "tal vez", "Responda sí o no."),
        ("f_ruc", "1", "Un RUC tiene 11 dígitos"),
        ("f_ruc", "", "Complete este campo."),
        ("f_lugar", "Atlántida", "No conocemos este distrito"),
        ("f_lugar", "Miraflores", "Hay varios"),
        ("f_doc", "1", "carné de extranjería"),
        ("f_foto", "", "Marque esta casilla para continuar."),
    ],
)
def test_an_error_stands_at_its_question(client, session, event, form, field, typed, message):
    page = client.post(address(event), data=GOOD | MORE | {field: typed})
    assert page.status_code == 422
    assert message in error_at(page, field)
    assert 'value="Municipalidad Distrital de Imaza"' in page.text
    assert session.scalars(select(Registration)).all() == []


def test_what_was_typed_is_there_again(client, event, form):
    page = client.post(address(event), data=GOOD | MORE | {"email": ""})
    assert page.status_code == 422
    assert 'value="Datos abiertos"' in page.text
    checked = re.findall(r'<input checked[^>]* name="(f_\w+)"[^>]* value="(\w+)"', page.text)
    assert set(checked) == {
        ("f_mesa", "agua"),
        ("f_dias", "lunes"),
        ("f_dias", "martes"),
        ("f_viene", "yes"),
        ("f_foto", "yes"),
    }
    assert '<option selected value="ce">' in page.text


def test_of_several_districts_one_is_chosen(client, session, event, form):
    page = client.post(address(event), data=GOOD | MORE | {"f_lugar": "Miraflores"})
    assert 'name="f_lugar_choice" id="f_lugar_choice-150122"' in page.text
    client.post(address(event), data=GOOD | MORE | {"f_lugar": "Miraflores", "f_lugar_choice": "150122"})
    assert stored(session)["lugar"] == "150122"


def test_a_hidden_answer_is_dropped(client, session, event, form):
    client.post(address(event), data=GOOD | MORE | {"f_viene": "no", "f_ruc": "forged"})
    assert {key: stored(session).get(key) for key in ("viene", "ruc")} == {"viene": False, "ruc": None}


def test_what_another_form_asks_is_not_taken(client, session, event, form):
    factories.form(event, asks("prensa", "short_text"), slug="prensa", position=1)
    client.post(address(event), data=GOOD | MORE | {"f_prensa": "forged", "f_parte": "forged"})
    assert sorted(stored(session)) == sorted(key.removeprefix("f_") for key in MORE if key != "f_doc_kind")


def test_a_further_form_has_an_address_of_its_own(client, session, event, form):
    factories.form(event, asks("medio", "short_text"), slug="prensa", position=1, title={"es": "Prensa"})
    assert "<h1>Prensa</h1>" in client.get(address(event, "prensa")).text
    assert client.post(address(event, "prensa"), data=GOOD | {"f_medio": "Radio"}).status_code == 303
    assert stored(session) == {"medio": "Radio"}
    for foreign in ("publico", "../x", "%00"):
        assert client.get(address(event, foreign)).status_code == 404
    assert client.post(address(factories.event(), "prensa"), data=GOOD).status_code == 404


def test_the_core_is_asked_as_the_office_wants_it(client, session, event):
    factories.form(
        event,
        core={
            "document": {"asked": "no"},
            "email": {"asked": "optional"},
            "phone": {"asked": "no"},
            "entity": {"asked": "required", "label": {"es": "Comunidad", "en": "Community"}},
            "position": {"asked": "no"},
        },
    )
    page = client.get(address(event))
    names = set(re.findall(r'name="([a-z_]+)"', page.text))
    assert names & set(GOOD) == {
        "given_names",
        "first_surname",
        "second_surname",
        "email",
        "entity",
        "ubigeo",
        "consent",
        "idempotency_key",
    }
    assert '<label for="entity">Comunidad<span' in page.text
    refused = client.post(address(event), data=GOOD | {"entity": ""})
    assert (refused.status_code, error_at(refused, "entity")) == (422, "Complete este campo.")
    assert client.post(address(event), data=GOOD | {"email": ""}).status_code == 303
    row = session.scalars(select(Registration)).one()
    assert (row.document_type, row.document_number, row.email, row.phone) == ("none", "", "", "")


def test_a_document_can_be_demanded(client, event):
    factories.form(event, core={"document": {"asked": "required"}})
    refused = client.post(address(event), data=GOOD | {"document_type": "none", "document_number": ""})
    assert (refused.status_code, error_at(refused, "document_type")) == (422, "Elija una opción de la lista.")


def test_a_form_that_is_not_open_says_when(client, session, frozen_clock, event):
    later = frozen_clock + timedelta(hours=2)
    factories.form(event, opens_at=later)
    assert "Abre el 12 de mayo de 2026, 2:00" in client.get(address(event)).text
    factories.form(event, slug="prensa", position=1, closes_at=frozen_clock)
    assert "Cerró el 12 de mayo de 2026, 12:00" in client.get(address(event, "prensa")).text
    assert client.post(address(event, "prensa"), data=GOOD).status_code == 422
    assert session.scalars(select(Registration)).all() == []


def test_a_forms_seats_are_told(client, session, event):
    form = factories.form(event, capacity=1)
    assert "Queda 1 vacante." in client.get(address(event)).text
    factories.registration(event, form_id=form.id)
    assert "lista de espera" in client.get(address(event)).text


def test_a_changed_form_is_asked_at_once(client, session, event, form):
    client.get(address(event))
    field = form.fields[0]
    session.add(
        FieldVersion(
            field_id=field.id, number=2, kind="short_text", label={"es": "Su tema"}, created_at=factories.THEN
        )
    )
    session.commit()
    assert "Su tema" in client.get(address(event)).text
    assert client.post(address(event), data=GOOD | MORE | {"f_ponencia": ""}).status_code == 303


def test_the_query_count_does_not_grow(client, session, event, count_queries):
    def asked(number):
        form = factories.form(
            event, *(asks(f"campo-{n}", "short_text") for n in range(number)), slug=f"con-{number}"
        )
        with count_queries() as statements:
            assert client.get(address(event, form.slug)).status_code == 200
        return len(statements)

    assert asked(1) == asked(30)


def leads(client, event):
    """Return the event page's ways to register: address and words."""
    page = client.get(f"/eventos/{event.slug}").text
    found = re.findall(r'href="(/eventos/[^"]+/inscripcion[^"]*)">\s*([^<]*?)\s*<', page)
    return [(path.removeprefix(f"/eventos/{event.slug}/inscripcion"), text) for path, text in found]


def test_the_events_page_leads_to_each_form_that_is_open(client, session, event, frozen_clock):
    assert leads(client, event) == [("", "Inscribirme")]
    factories.form(event, slug="asistentes", title={"es": "Asistentes"})
    assert leads(client, event) == [("/asistentes", "Inscribirme")]
    factories.form(event, slug="prensa", title={"es": "Prensa"}, position=1)
    factories.form(
        event, slug="tarde", title={"es": "Tarde"}, position=2, opens_at=frozen_clock + timedelta(hours=1)
    )
    factories.form(event, slug="antes", title={"es": "Antes"}, position=3, closes_at=frozen_clock)
    factories.form(event, slug="invitados", title={"es": "Invitados"}, position=4, access="invited")
    assert leads(client, event) == [("/asistentes", "Asistentes"), ("/prensa", "Prensa")]
    page = client.get(f"/eventos/{event.slug}").text
    assert "Tarde: desde el 12 de mayo de 2026, 1:00" in page
    assert "Antes: cerrada." in page
    assert "Invitados" not in page


EVERY_KIND = [
    asks(str(kind).replace("_", "-"), kind, "agua", "suelo", is_required=kind in {"number", "consent"})
    for kind in FieldKind
]
TYPED = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["yes", "no", "agua", "1", "2026-05-12", "20131312955", "Imaza", "dni", "\0", "٣"]),
    st.lists(st.text(max_size=8), max_size=3),
)


def test_nothing_typed_breaks_a_form_of_every_kind(client, event):
    form = factories.form(event, *EVERY_KIND)
    names = [
        f"f_{version.field.key}{suffix}"
        for version in EVERY_KIND
        for suffix in ("", "_kind", "_choice", "_kept")
    ]

    @settings(max_examples=60)
    @given(st.dictionaries(st.sampled_from(names), TYPED))
    def check(typed):
        assert client.post(address(event, form.slug), data=GOOD | typed).status_code in {303, 422}

    check()
