"""The office's pages of forms: who may, making one, its settings, its fields, templates."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.models import Event
from app.permissions import Role
from app.registration import queries, services
from app.registration.models import Answer, ChosenOption, FieldKind, FieldVersion, RegistrationForm
from app.registration.services import FieldFacts, FormFacts
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
BASE = "/gestion/eventos/foro/formularios"
CHOICES = [{"label": {"es": "Mesa 1"}, "seats": 20}, {"label": {"es": "Mesa 2"}, "seats": None}]
SETTINGS = {
    "title_es": "Ponentes",
    "title_en": "Speakers",
    "slug": "ponentes",
    "intro_es": "Para quienes exponen.",
    "access": "invited",
    "is_moderated": "y",
    "capacity": "12",
    "opens_at": "2026-05-10T09:00",
    "closes_at": "2026-05-11T18:00",
    "entity-label_es": "Comunidad",
    **{f"{name}-asked": "optional" for name in ("document", "email", "phone", "position", "ubigeo")},
    "entity-asked": "required",
}


@pytest.fixture
def event(session: Session) -> Event:
    return factories.event(slug="foro")


@pytest.fixture
def form(event: Event) -> RegistrationForm:
    return services.create_form(event, FormFacts(slug="asistentes", title={"es": "Asistentes"}), at=NOON)


@pytest.fixture
def organiser(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return client


def add(form: RegistrationForm, label: str, kind: FieldKind = FieldKind.SHORT_TEXT, **more: Any) -> Any:
    return services.save_field(form, None, FieldFacts(kind=kind, label={"es": label}, **more), at=NOON)


def errors(answer: Any) -> list[str]:
    assert answer.status_code == 422
    found = re.findall(r'class="field-error"[^>]*>(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()).removeprefix("Error: ") for one in found]


def text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def questions(client: FlaskClient, form: RegistrationForm) -> list[str]:
    return re.findall(r'/campos/\d+">([^<]+)</a>', text(client.get(f"{BASE}/{form.id}")))


def newest(form: RegistrationForm, key: str) -> FieldVersion:
    return next(one for one in queries.current_fields(form) if one.field.key == key)


def addresses(form: RegistrationForm, field_id: int) -> tuple[list[str], list[str]]:
    one = f"{BASE}/{form.id}"
    both = [f"{BASE}/nuevo", f"{one}/ajustes", f"{one}/campos/nuevo", f"{one}/campos/{field_id}"]
    posts = [f"{one}/{what}" for what in ("mover", "eliminar", "plantilla")]
    posts += [f"{one}/campos/{field_id}/{what}" for what in ("mover", "quitar")]
    return [BASE, one, *both], [*both, *posts]


def test_strangers_visitors_and_readers_stay_outside(
    client: FlaskClient, event: Event, form: RegistrationForm, sign_in: Any
) -> None:
    reading, writing = addresses(form, add(form, "Edad").id)
    assert {client.get(one).status_code for one in reading} == {302}
    assert {client.post(one).status_code for one in writing} == {302}
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    assert {stranger.get(one).status_code for one in reading} == {404}
    assert {stranger.post(one).status_code for one in writing} == {404}
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert {reader.get(one).status_code for one in reading} == {403}
    assert {reader.post(one).status_code for one in writing} == {403}


def test_a_form_a_field_or_a_template_of_somebody_else_is_not_found(
    organiser: FlaskClient, event: Event, form: RegistrationForm
) -> None:
    elsewhere = factories.event(event.organisation)
    other = services.create_form(elsewhere, FormFacts(slug="a", title={"es": "A"}), at=NOON)
    reading, writing = addresses(other, add(other, "Edad").id)
    assert {organiser.get(one).status_code for one in [reading[1], *reading[3:]]} == {404}
    assert {organiser.post(one).status_code for one in writing[1:]} == {404}
    field = queries.fields_of(other)[0]
    assert organiser.get(f"{BASE}/{form.id}/campos/{field.id}").status_code == 404
    theirs = services.save_template(other, factories.organisation(), {"es": "Ajena"}, at=NOON)
    assert organiser.post(f"{BASE}/plantillas/{theirs.id}/eliminar").status_code == 404


def test_without_forms_the_page_says_what_the_plain_one_asks(organiser: FlaskClient, event: Event) -> None:
    assert "El evento usa el formulario simple" in text(organiser.get(BASE))


def test_a_form_begins_empty_with_a_shipped_template_or_with_one_of_the_organisation(
    organiser: FlaskClient, event: Event, form: RegistrationForm
) -> None:
    add(form, "Edad")
    own = services.save_template(form, event.organisation, {"es": "La nuestra"}, at=NOON)
    for name, template in (("Vacío", ""), ("Taller", "community"), ("Propio", f"own-{own.id}")):
        answer = organiser.post(f"{BASE}/nuevo", data={"title_es": name, "template": template})
        assert answer.status_code == 303
    forms = {one.slug: len(queries.fields_of(one)) for one in queries.forms_with_fields(event)}
    assert forms == {
        "asistentes": 1,
        "vacio": 0,
        "taller": len(services.shipped()["community"].fields),
        "propio": 1,
    }


def test_a_form_needs_a_name_of_its_own_in_spanish(organiser: FlaskClient, form: RegistrationForm) -> None:
    nameless = organiser.post(f"{BASE}/nuevo", data={"title_en": "Speakers", "template": ""})
    assert errors(nameless) == ["Complete este campo."]
    assert 'value="Speakers"' in text(nameless)
    again = organiser.post(f"{BASE}/nuevo", data={"title_es": "Asistentes", "template": ""})
    assert errors(again) == ["Otro formulario de este evento tiene esta dirección. Elija otra."]
    forged = organiser.post(f"{BASE}/nuevo", data={"title_es": "Otro", "template": "own-99"})
    assert forged.status_code == 422


def test_the_settings_are_kept_with_the_facts_that_are_asked(
    organiser: FlaskClient, event: Event, form: RegistrationForm, session: Session
) -> None:
    answer = organiser.post(f"{BASE}/{form.id}/ajustes", data=SETTINGS)
    assert answer.status_code == 303
    session.refresh(form)
    assert (form.slug, form.title, form.intro) == (
        "ponentes",
        {"es": "Ponentes", "en": "Speakers"},
        {"es": "Para quienes exponen."},
    )
    assert (form.access, form.is_moderated, form.capacity) == ("invited", True, 12)
    assert str(form.opens_at) == "2026-05-10 14:00:00+00:00"
    assert form.core["entity"] == {"asked": "required", "label": {"es": "Comunidad"}}
    assert form.core["email"] == {"asked": "optional"}
    shown = text(organiser.get(f"{BASE}/{form.id}/ajustes"))
    assert 'value="2026-05-10T09:00"' in shown
    assert 'value="Comunidad"' in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "Con Espacios"}, "Use minúsculas sin tildes, números y guiones: semana-abierta-2026"),
        ({"capacity": "-1"}, "Escriba un número entero de 0 a 1000000."),
        ({"closes_at": "2026-05-09T09:00"}, "El formulario debe cerrar después de abrir."),
        ({"entity-asked": "siempre"}, "Elija una opción de la lista."),
    ],
)
def test_bad_settings_are_told_at_their_field(
    organiser: FlaskClient, form: RegistrationForm, wrong: dict[str, str], said: str
) -> None:
    answer = organiser.post(f"{BASE}/{form.id}/ajustes", data=SETTINGS | wrong)
    assert errors(answer) == [said]
    assert next(iter(wrong.values())) in text(answer) or "asked" in next(iter(wrong))


@pytest.mark.parametrize(
    ("kind", "sent", "settings"),
    [
        ("short_text", {"max": "40"}, {"max": 40}),
        ("number", {"min": "0.5", "max": "120"}, {"min": 0.5, "max": 120}),
        ("date", {"min": "2000-01-01"}, {"min": "2000-01-01"}),
        ("yes_no", {"is_sensitive": "y"}, {"is_sensitive": True}),
        ("consent", {"text_es": "Acepto."}, {"text": {"es": "Acepto."}}),
        ("file", {}, {}),
        ("section", {}, {}),
    ],
)
def test_each_kind_keeps_what_is_its_own(
    organiser: FlaskClient, form: RegistrationForm, kind: str, sent: dict[str, str], settings: dict[str, Any]
) -> None:
    page = f"{BASE}/{form.id}/campos/nuevo?tipo={kind}"
    assert organiser.get(page).status_code == 200
    data = {"label_es": "Pregunta", "label_en": "Question", "help_es": "Ayuda", "shown_if": "", **sent}
    assert organiser.post(page, data=data).status_code == 303
    version = newest(form, "pregunta")
    assert (version.kind, version.label, version.help, version.settings) == (
        kind,
        {"es": "Pregunta", "en": "Question"},
        {"es": "Ayuda"},
        settings,
    )
    shown = text(organiser.get(f"{BASE}/{form.id}/campos/{version.field_id}"))
    assert 'value="Pregunta"' in shown


def lines(*labels: str, **more: str) -> dict[str, str]:
    return {f"choices-{number}-label_es": label for number, label in enumerate(labels)} | more


def test_choices_have_seats_and_a_condition_looks_at_an_earlier_one(
    organiser: FlaskClient, form: RegistrationForm
) -> None:
    page = f"{BASE}/{form.id}/campos/nuevo?tipo="
    sent = {"label_es": "Mesa", "shown_if": "", **lines("Agua", "", "Salud"), "choices-0-seats": "20"}
    assert organiser.post(f"{page}one_of", data=sent).status_code == 303
    assert newest(form, "mesa").choices == [
        {"key": "agua", "label": {"es": "Agua"}, "seats": 20},
        {"key": "salud", "label": {"es": "Salud"}, "seats": None},
    ]
    options = re.findall(r'<option[^>]*value="(mesa=[^"]*)"', text(organiser.get(f"{page}number")))
    assert options == ["mesa=agua", "mesa=salud"]
    organiser.post(f"{page}number", data={"label_es": "Litros", "shown_if": "mesa=agua"})
    assert newest(form, "litros").shown_if == {"field": "mesa", "is": "agua"}
    assert "Si «Mesa» es: Agua" in text(organiser.get(f"{BASE}/{form.id}"))


@pytest.mark.parametrize(
    ("kind", "sent", "said"),
    [
        ("short_text", {"label_es": ""}, "Complete este campo."),
        ("short_text", {"label_es": "a" * 201}, "Escriba como máximo 200 caracteres."),
        ("number", {"min": "9", "max": "3"}, "El máximo no puede ser menor que el mínimo."),
        ("number", {"max": "1e12"}, "Escriba un número de -1000000000 a 1000000000."),
        ("one_of", lines("Una"), "Escriba al menos dos opciones."),
        ("some_of", lines("Una", "una"), "Dos opciones tienen el mismo nombre."),
        ("short_text", {"shown_if": "nadie=si"}, "Elija una opción de la lista."),
        (
            "short_text",
            {"is_required": "y", "is_sensitive": "y"},
            "Una pregunta sensible nunca es obligatoria.",
        ),
        ("consent", {"text_es": ""}, "Complete este campo."),
    ],
)
def test_a_field_that_cannot_be_is_told_at_its_place(
    organiser: FlaskClient, form: RegistrationForm, kind: str, sent: dict[str, str], said: str
) -> None:
    data = {"label_es": "Pregunta", "shown_if": "", "text_es": "Texto", **sent}
    answer = organiser.post(f"{BASE}/{form.id}/campos/nuevo?tipo={kind}", data=data)
    assert errors(answer) == [said]
    assert queries.current_fields(form) == []


def test_a_forged_circle_is_refused(organiser: FlaskClient, form: RegistrationForm) -> None:
    first = add(form, "Viaja", FieldKind.YES_NO)
    add(form, "Vuelve", FieldKind.YES_NO, shown_if={"field": "viaja", "is": True})
    answer = organiser.post(
        f"{BASE}/{form.id}/campos/{first.id}", data={"label_es": "Viaja", "shown_if": "vuelve=si"}
    )
    assert errors(answer) == ["Elija una opción de la lista."]
    assert newest(form, "viaja").number == 1


def test_fields_move_by_buttons_and_what_depends_stays_below(
    organiser: FlaskClient, form: RegistrationForm
) -> None:
    add(form, "Viaja", FieldKind.YES_NO)
    second = add(form, "Vuelo", shown_if={"field": "viaja", "is": True})
    third = add(form, "Edad")
    address = f"{BASE}/{form.id}/campos"
    assert organiser.post(f"{address}/{third.id}/mover", data={"hacia": "antes"}).status_code == 303
    assert questions(organiser, form) == ["Viaja", "Edad", "Vuelo"]
    for _ in range(2):
        answer = organiser.post(f"{address}/{second.id}/mover", data={"hacia": "antes"})
    assert answer.status_code == 422
    assert "La condición de «Vuelo» debe mirar una pregunta que esté antes." in text(answer)
    assert organiser.post(f"{address}/{second.id}/mover", data={"hacia": "x"}).status_code == 400


def test_taking_out_says_how_many_answers_stay(
    organiser: FlaskClient, event: Event, form: RegistrationForm, session: Session
) -> None:
    field = add(form, "Mesa", FieldKind.ONE_OF, choices=CHOICES)
    person = factories.registration(event, form_id=form.id)
    given = Answer(
        registration_id=person.id,
        field_id=field.id,
        version=field.versions[-1],
        value="mesa-1",
        answered_at=NOON,
    )
    factories._add(given)
    key = {"answer_id": given.id, "registration_id": person.id}
    factories._add(ChosenOption(**key, field_id=field.id, option="mesa-1"))
    address = f"{BASE}/{form.id}/campos/{field.id}"
    shown = text(organiser.get(address))
    assert "1 persona la eligió" in shown
    assert "1 persona respondió esta pregunta." in shown
    data = {"label_es": "Mesa", "shown_if": "", **lines("Mesa 2", "Mesa 3"), "choices-0-key": "mesa-2"}
    saved = organiser.post(address, data=data, follow_redirects=True)
    assert "1 persona eligió «Mesa 1». Su respuesta queda como la dio." in text(saved)
    gone = organiser.post(f"{address}/quitar", follow_redirects=True)
    assert "La pregunta se retiró. 1 respuesta queda con su persona." in text(gone)
    assert session.scalars(select(Answer.value)).all() == ["mesa-1"]


def test_a_template_is_kept_and_deleted(organiser: FlaskClient, event: Event, form: RegistrationForm) -> None:
    assert organiser.post(f"{BASE}/{form.id}/plantilla", data={"title_es": ""}).status_code == 422
    assert organiser.post(f"{BASE}/{form.id}/plantilla", data={"title_es": "La nuestra"}).status_code == 303
    (template,) = queries.templates_of(event.organisation)
    assert "La nuestra" in text(organiser.get(BASE))
    assert organiser.post(f"{BASE}/plantillas/{template.id}/eliminar").status_code == 303
    assert queries.templates_of(event.organisation) == []


def test_a_form_is_deleted_while_nobody_used_it(
    organiser: FlaskClient, event: Event, form: RegistrationForm
) -> None:
    factories.registration(event, form_id=form.id)
    answer = organiser.post(f"{BASE}/{form.id}/eliminar")
    assert answer.status_code == 422
    assert "no se puede eliminar" in text(answer)
    other = services.create_form(event, FormFacts(slug="b", title={"es": "B"}), at=NOON)
    assert organiser.post(f"{BASE}/{other.id}/eliminar").status_code == 303
    assert [one.slug for one in queries.forms_of(event)] == ["asistentes"]


def test_the_pages_ask_the_same_number_of_queries_for_one_field_and_for_thirty(
    organiser: FlaskClient, event: Event, form: RegistrationForm, count_queries: Callable[[], Any]
) -> None:
    def cost(address: str) -> int:
        with count_queries() as statements:
            assert organiser.get(address).status_code == 200
        return len(statements)

    add(form, "Viaja", FieldKind.YES_NO)
    before = [cost(BASE), cost(f"{BASE}/{form.id}")]
    for number in range(29):
        add(form, f"Dato {number}")
        services.create_form(event, FormFacts(slug=f"f{number}", title={"es": "F"}), at=NOON)
    assert [cost(BASE), cost(f"{BASE}/{form.id}")] == before


def shown(answer: Any) -> list[str]:
    """Return the questions of a preview and their choices, in order, without the form's own name."""
    assert answer.status_code == 200
    found = re.findall(r"<(?:label for|legend)[^>]*>(.*?)<", answer.get_data(as_text=True))
    return [one.strip() for one in found if one.strip()][1:]


def test_the_preview_shows_what_is_written_and_keeps_nothing(
    organiser: FlaskClient, form: RegistrationForm, count_queries: Callable[[], Any]
) -> None:
    first = add(form, "Viaja", FieldKind.YES_NO)
    add(form, "Edad", FieldKind.NUMBER)
    address = f"{BASE}/{form.id}/vista?parte=si"
    changed = organiser.post(f"{address}&campo={first.id}", data={"label_es": "¿Viaja usted?"})
    assert shown(changed) == ["¿Viaja usted?", "Sí", "No", "Edad"]
    assert f'data-edited="vista-f_{first.key}"' in text(changed)
    fresh = organiser.post(
        f"{address}&tipo=one_of&despues={first.id}", data={"label_es": "", **lines("Agua", "Salud")}
    )
    assert shown(fresh) == ["Viaja", "Sí", "No", "Su pregunta", "Agua", "Salud", "Edad"]
    assert [one.label["es"] for one in queries.current_fields(form)] == ["Viaja", "Edad"]
    assert organiser.post(f"{address}&tipo=nada").status_code == 404
    assert organiser.post(f"{address}&campo=999").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"label_es": "<script>alert(1)</script>", "shown_if": "nadie=si", "max": "x"},
        {"label_es": "a" * 5000, "is_required": "y", "is_sensitive": "y", "choices-0-seats": "x"},
    ],
)
def test_a_preview_of_nonsense_shows_what_it_can(
    organiser: FlaskClient, form: RegistrationForm, sent: dict[str, str]
) -> None:
    for kind in FieldKind:
        answer = organiser.post(f"{BASE}/{form.id}/vista?parte=si&tipo={kind}", data=sent)
        assert answer.status_code == 200
        assert "<script>" not in text(answer)


def test_what_an_office_writes_is_no_markup_for_the_public(
    client: FlaskClient, event: Event, form: RegistrationForm
) -> None:
    bold = {"es": "<b>x</b>"}
    choices = [{"label": bold}, {"label": {"es": "<i>"}}]
    for kind in FieldKind:
        settings = {"text": bold} if kind == FieldKind.CONSENT else {}
        asked = FieldFacts(kind=kind, label=bold, help=bold, choices=choices, settings=settings)
        services.save_field(form, None, asked, at=NOON)
    services.update_form(
        form,
        FormFacts(slug="a", title=bold, intro=bold, core={"entity": {"asked": "required", "label": bold}}),
        at=NOON,
    )
    answer = client.get("/eventos/foro/inscripcion")
    assert answer.status_code == 200
    assert "&lt;b&gt;" in text(answer)
    assert "<b>" not in text(answer)
    assert "<i>" not in text(answer)


def test_the_page_of_how_it_looks_is_the_public_form(organiser: FlaskClient, form: RegistrationForm) -> None:
    services.update_form(
        form, FormFacts(slug="a", title={"es": "A"}, core={"position": {"asked": "no"}}), at=NOON
    )
    add(form, "Edad")
    page = organiser.get(f"{BASE}/{form.id}/vista")
    assert [one for one in shown(page) if one in {"Nombres", "Cargo o función", "Edad"}] == [
        "Nombres",
        "Edad",
    ]
    assert "Todavía no se ha guardado nada" not in text(page)


def _line(number: int, name: str, *, key: str = "", seats: str = "") -> dict[str, str]:
    place = f"choices-{number}"
    return {f"{place}-key": key, f"{place}-label_es": name, f"{place}-label_en": "", f"{place}-seats": seats}


def test_choices_are_put_in_another_order_with_what_is_typed_kept_and_nothing_saved(
    organiser: FlaskClient, form: RegistrationForm
) -> None:
    field = add(form, "Mesa", FieldKind.ONE_OF, choices=CHOICES)
    address = f"{BASE}/{form.id}/campos/{field.id}"
    old = [choice["key"] for choice in field.versions[-1].choices]
    typed = {
        "label_es": "Mesa de trabajo",
        **_line(0, "Uno", key=old[0], seats="muchos"),
        **_line(1, "Dos", key=old[1]),
        **_line(2, "Tres"),
    }
    moved = organiser.post(address, data=typed | {"mover": "despues-1"})
    assert moved.status_code == 200
    shown = re.findall(r'name="choices-(\d)-(?:label_es|seats)"[^>]* value="([^"]*)"', text(moved))
    assert shown[:6] == [("0", "Dos"), ("0", ""), ("1", "Uno"), ("1", "muchos"), ("2", "Tres"), ("2", "")]
    assert [one.label for one in field.versions] == [{"es": "Mesa"}]
    for nothing in ("despues-3", "antes-1", "antes-9", "arriba-2", "antes-²"):
        assert organiser.post(address, data=typed | {"mover": nothing}).status_code == 422
    new = {**_line(0, "Dos", key=old[1]), **_line(1, "Uno", key=old[0]), "label_es": "Mesa"}
    assert organiser.post(address, data=new).status_code == 303
    assert [choice["key"] for choice in newest(form, "mesa").choices] == [old[1], old[0]]
