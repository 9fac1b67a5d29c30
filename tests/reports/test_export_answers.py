"""What people answered to a form, in the files that an office exports."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.events.models import Event
from app.permissions import Role
from app.registration import services
from app.registration.models import FieldKind, FormField, RegistrationForm
from app.registration.services import FieldFacts, FormFacts
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
CHOICES = [{"label": {"es": "Mesa de agua", "en": "Water"}}, {"label": {"es": "=Mesa 2"}}]


@pytest.fixture
def event(session: Session) -> Event:
    return factories.event(days=1)


@pytest.fixture
def form(event: Event) -> RegistrationForm:
    return services.create_form(event, FormFacts(slug="a", title={"es": "Asistentes"}), at=NOON)


@pytest.fixture
def organiser(event: Event, sign_in: Any) -> FlaskClient:
    client: FlaskClient = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    return client


def add(form: RegistrationForm, label: str, kind: FieldKind, **more: Any) -> FormField:
    return services.save_field(form, None, FieldFacts(kind=kind, label={"es": label}, **more), at=NOON)


def answered(event: Event, form: RegistrationForm, **values: Any) -> None:
    person = factories.registration(event, form_id=form.id)
    services.save_answers(person, form, values, at=NOON)


def export(client: FlaskClient, event: Event, *fields: FormField, kind: str = "csv") -> bytes:
    wanted = {"columns": [f"field-{one.id}" for one in fields], "kind": kind, "statuses": ["confirmed"]}
    with client.post(f"/gestion/eventos/{event.slug}/exportar", data=wanted) as answer:
        assert answer.status_code == 200
        return answer.get_data()


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_each_question_is_a_column_of_words_in_the_form_s_order(
    organiser: FlaskClient, event: Event, form: RegistrationForm
) -> None:
    table = add(form, "Mesa", FieldKind.SOME_OF, choices=CHOICES)
    age, comes = add(form, "Edad", FieldKind.NUMBER), add(form, "Viaja", FieldKind.YES_NO)
    add(form, "Un título", FieldKind.SECTION)
    answered(event, form, mesa=["mesa-de-agua", "mesa-2"], edad=40, viaja=True)
    answered(event, form, mesa=["mesa-2"], edad=-3)
    factories.registration(event)
    assert rows(export(organiser, event, comes, age, table)) == [
        ["Mesa", "Edad", "Viaja"],
        ["Mesa de agua; =Mesa 2", "40", "Sí"],
        ["'=Mesa 2", "-3", ""],
        ["", "", ""],
    ]
    book = load_workbook(io.BytesIO(export(organiser, event, table, age, kind="xlsx")))
    cells = [[(cell.value, cell.data_type) for cell in row] for row in book.active.iter_rows(min_row=3)]
    assert cells[0] == [("=Mesa 2", "s"), (-3, "n")]
    page = organiser.get(f"/gestion/eventos/{event.slug}/exportar").get_data(as_text=True)
    assert "Un título" not in page


def test_an_answer_keeps_its_words_and_a_question_taken_out_says_so(
    organiser: FlaskClient, event: Event, form: RegistrationForm
) -> None:
    table = add(form, "Mesa", FieldKind.ONE_OF, choices=CHOICES)
    answered(event, form, mesa="mesa-de-agua")
    changed = [{"key": "mesa-de-agua", "label": {"es": "Saneamiento"}}, CHOICES[1]]
    facts = FieldFacts(kind=FieldKind.ONE_OF, label={"es": "Grupo"}, choices=changed)
    services.save_field(form, table, facts, at=NOON)
    services.remove_field(form, table, at=NOON)
    other = services.create_form(event, FormFacts(slug="b", title={"es": "Prensa"}), at=NOON)
    medium = add(other, "Medio", FieldKind.SHORT_TEXT)
    assert rows(export(organiser, event, table, medium)) == [
        ["Asistentes: Grupo (ya no se pregunta)", "Prensa: Medio"],
        ["Mesa de agua", ""],
    ]


def test_questions_of_another_event_are_no_columns(organiser: FlaskClient, event: Event) -> None:
    other = factories.event(event.organisation)
    form = services.create_form(other, FormFacts(slug="a", title={"es": "A"}), at=NOON)
    field = add(form, "Edad", FieldKind.NUMBER)
    wanted = {"columns": [f"field-{field.id}"], "kind": "csv", "statuses": ["confirmed"]}
    assert organiser.post(f"/gestion/eventos/{event.slug}/exportar", data=wanted).status_code == 422


def test_the_number_of_queries_grows_neither_with_people_nor_with_questions(
    organiser: FlaskClient, event: Event, form: RegistrationForm, count_queries: Callable[[], Any]
) -> None:
    fields = [add(form, "Dato 0", FieldKind.SHORT_TEXT)]
    answered(event, form, **{"dato-0": "x"})

    def cost() -> int:
        with count_queries() as statements:
            export(organiser, event, *fields)
        return len(statements)

    once = cost()
    fields += [add(form, f"Dato {number}", FieldKind.SHORT_TEXT) for number in range(1, 15)]
    for _ in range(29):
        answered(event, form, **{f"dato-{number}": "x" for number in range(15)})
    assert cost() == once
