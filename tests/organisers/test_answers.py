"""What people answered to a form, in the back office: corrected, and looked for in the list."""

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
from app.registration.models import Answer, ChosenOption, FieldKind, FormField, Registration, RegistrationForm
from app.registration.services import FieldFacts, FormFacts
from tests import factories
from tests.conftest import NOON
from tests.organisers.registrations import BASE, PERSON, error_at, listed, page

pytestmark = pytest.mark.usefixtures("frozen_clock")
CHOICES = [{"label": {"es": "Agua"}, "seats": 1}, {"label": {"es": "Salud"}}]


@pytest.fixture
def form(event: Event) -> RegistrationForm:
    return services.create_form(event, FormFacts(slug="a", title={"es": "Asistentes"}), at=NOON)


@pytest.fixture
def table(form: RegistrationForm) -> FormField:
    return add(form, "Mesa", FieldKind.ONE_OF, choices=CHOICES, is_required=True)


def add(form: RegistrationForm, label: str, kind: FieldKind, **more: Any) -> FormField:
    return services.save_field(form, None, FieldFacts(kind=kind, label={"es": label}, **more), at=NOON)


def registered(event: Event, form: RegistrationForm, surname: str = "Quispe", **values: Any) -> Registration:
    person = factories.registration(event, form_id=form.id, first_surname=surname)
    services.save_answers(person, form, values, at=NOON)
    return person


def answers(person: Registration) -> dict[str, Any]:
    return {one.version.field.key: one.value for one in queries.answers_of(person)}


def correct(client: FlaskClient, person: Registration, **sent: str) -> Any:
    return client.post(f"{BASE}/{person.id}/corregir", data=PERSON | sent)


def test_answers_are_corrected_with_the_data(
    organiser: FlaskClient, event: Event, form: RegistrationForm, table: FormField, session: Session
) -> None:
    add(form, "Edad", FieldKind.NUMBER, settings={"min": 18})
    person = registered(event, form, mesa="agua", edad=20)
    shown = page(organiser, f"{BASE}/{person.id}/corregir")
    assert re.search(r'<input checked[^>]*value="agua"', shown)
    assert 'value="20"' in shown
    wrong = correct(organiser, person, f_mesa="salud", f_edad="12")
    assert error_at(wrong, "f_edad") == "Error: Debe ser 18 como mínimo."
    assert answers(person) == {"mesa": "agua", "edad": 20}
    assert correct(organiser, person, f_mesa="salud", f_edad="33").status_code == 303
    session.expire_all()
    assert answers(person) == {"mesa": "salud", "edad": 33}
    assert session.scalars(select(ChosenOption.option)).all() == ["salud"]


def test_what_the_office_does_not_know_may_stay_open(
    organiser: FlaskClient, event: Event, form: RegistrationForm, table: FormField
) -> None:
    person = registered(event, form)
    assert correct(organiser, person).status_code == 303
    assert answers(person) == {}


def test_files_and_consents_are_the_person_s_own(
    organiser: FlaskClient, event: Event, form: RegistrationForm
) -> None:
    letter = add(form, "Carta", FieldKind.FILE)
    add(form, "Imagen", FieldKind.CONSENT, settings={"text": {"es": "Acepto."}})
    person = registered(event, form, imagen=True)
    sent = {"version": letter.versions[-1], "value": 7, "answered_at": NOON}
    factories._add(Answer(registration_id=person.id, field_id=letter.id, **sent))
    assert "Acepto." not in page(organiser, f"{BASE}/{person.id}/corregir")
    assert correct(organiser, person, f_imagen="", f_carta="9").status_code == 303
    assert answers(person) == {"carta": 7, "imagen": True}


def test_a_choice_that_was_taken_out_stays_with_whoever_made_it(
    organiser: FlaskClient, event: Event, form: RegistrationForm, table: FormField, session: Session
) -> None:
    person = registered(event, form, mesa="agua")
    other = [{"key": "salud", "label": {"es": "Salud"}}, {"label": {"es": "Riego"}}]
    facts = FieldFacts(kind=FieldKind.ONE_OF, label={"es": "Mesa"}, choices=other)
    services.save_field(form, table, facts, at=NOON)
    assert re.search(r'<input checked[^>]*value="agua"', page(organiser, f"{BASE}/{person.id}/corregir"))
    assert correct(organiser, person, f_mesa="agua").status_code == 303
    kept = session.scalars(select(Answer)).one()
    assert (kept.value, kept.version.number) == ("agua", 1)


def test_the_office_gives_no_seat_of_a_choice_that_is_full(
    organiser: FlaskClient, event: Event, form: RegistrationForm, table: FormField
) -> None:
    registered(event, form, mesa="agua")
    late = registered(event, form, mesa="salud")
    answer = correct(organiser, late, f_mesa="agua")
    assert answer.status_code == 422
    assert "«Agua»" in answer.get_data(as_text=True)
    assert answers(late) == {"mesa": "salud"}


def test_the_list_is_filtered_by_form_and_by_a_choice(
    organiser: FlaskClient, event: Event, form: RegistrationForm, table: FormField
) -> None:
    other = services.create_form(event, FormFacts(slug="b", title={"es": "Prensa"}), at=NOON)
    water, health = (
        registered(event, form, "Apaza", mesa="agua"),
        registered(event, form, "Condori", mesa="salud"),
    )
    press = registered(event, other, "Flores")
    factories.registration(event, first_surname="Zárate")
    names = [water.listed_name, health.listed_name, press.listed_name]
    assert listed(organiser, formulario=str(form.id)) == names[:2]
    assert listed(organiser, formulario=str(other.id)) == names[2:]
    assert listed(organiser, respuesta=f"{table.id}:agua") == names[:1]
    assert listed(organiser, respuesta=f"{table.id}:agua", formulario=str(other.id)) == []
    nonsense = ("x", ":", f"{table.id}:", "9999999999:agua", "²:agua")
    assert [len(listed(organiser, respuesta=one)) for one in nonsense] == [4, 4, 4, 0, 4]
    shown = page(organiser, respuesta=f"{table.id}:salud")
    assert f'<option value="{table.id}:salud" selected>Salud</option>' in shown


def test_the_filters_cost_the_same_for_one_person_and_for_thirty(
    organiser: FlaskClient,
    event: Event,
    form: RegistrationForm,
    table: FormField,
    count_queries: Callable[[], Any],
) -> None:
    def cost() -> int:
        with count_queries() as statements:
            listed(organiser, respuesta=f"{table.id}:salud")
        return len(statements)

    registered(event, form, mesa="salud")
    once = cost()
    for _ in range(29):
        registered(event, form, mesa="salud")
    add(form, "Turno", FieldKind.SOME_OF, choices=CHOICES)
    assert cost() == once


def test_a_reader_sees_and_does_not_correct(event: Event, form: RegistrationForm, sign_in: Any) -> None:
    reader = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert correct(reader, registered(event, form)).status_code == 403
