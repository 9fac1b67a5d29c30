"""Making forms: fields and their versions, conditions, templates, copies."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import AuditEntry
from app.errors import DomainError
from app.events import services as events
from app.events.models import Event
from app.registration import errors, queries, services
from app.registration.models import Answer, ChosenOption, FieldKind, FormField, RegistrationForm
from app.registration.services import FieldFacts, FormFacts
from tests import factories
from tests.conftest import NOON

SIZES = [{"label": {"es": "Mesa 1"}, "seats": 20}, {"label": {"es": "Mesa 2"}, "seats": None}]


@pytest.fixture
def event(session: Session) -> Event:
    return factories.event()


@pytest.fixture
def form(event: Event) -> RegistrationForm:
    return services.create_form(event, FormFacts(slug="asistentes", title={"es": "Asistentes"}), at=NOON)


def facts(label: str, kind: FieldKind = FieldKind.SHORT_TEXT, **more: Any) -> FieldFacts:
    return FieldFacts(kind=kind, label={"es": label}, **more)


def add(form: RegistrationForm, label: str, kind: FieldKind = FieldKind.SHORT_TEXT, **more: Any) -> FormField:
    after = more.pop("after", None)
    return services.save_field(form, None, facts(label, kind, **more), at=NOON, after=after)


def keys(form: RegistrationForm) -> list[str]:
    return [one.key for one in queries.fields_of(queries.reloaded(form))]


def answer(field: FormField, event: Event, value: Any) -> Answer:
    row = Answer(
        registration_id=factories.registration(event).id,
        field_id=field.id,
        version=field.versions[-1],
        value=value,
        answered_at=NOON,
    )
    return factories._add(row)


def test_a_form_comes_after_those_that_are_there(event: Event, form: RegistrationForm) -> None:
    second = services.create_form(event, FormFacts(slug="prensa", title={"es": "Prensa"}), at=NOON)
    assert (form.position, second.position) == (0, 1)
    services.move_form(second, by=-1)
    assert [one.slug for one in queries.forms_with_fields(event)] == ["prensa", "asistentes"]


def test_two_forms_of_an_event_have_two_addresses(event: Event, form: RegistrationForm) -> None:
    with pytest.raises(errors.FormSlugTaken):
        services.create_form(event, FormFacts(slug="asistentes", title={"es": "Otro"}), at=NOON)
    with pytest.raises(errors.FormSlugTaken):  # the page that follows every form
        services.create_form(event, FormFacts(slug="recibida", title={"es": "Recibida"}), at=NOON)
    other = factories.event(event.organisation)
    assert services.create_form(other, FormFacts(slug="asistentes", title={"es": "Otro"}), at=NOON).id


@pytest.mark.parametrize(
    ("opens", "closes", "refusal", "field"),
    [
        (0, 0, errors.FormWindowOutOfOrder, "closes_at"),
        (-11, 0, errors.FormWindowOutside, "opens_at"),
        (0, 11, errors.FormWindowOutside, "closes_at"),
        (-10, 10, None, None),
    ],
)
def test_a_form_is_open_within_the_event_s_window(
    event: Event, opens: int, closes: int, refusal: type[DomainError] | None, field: str | None
) -> None:
    event.registration_opens_at, event.registration_closes_at = NOON - timedelta(10), NOON + timedelta(10)
    window = {"opens_at": NOON + timedelta(opens), "closes_at": NOON + timedelta(closes)}
    wanted = FormFacts(slug="a", title={"es": "A"}, **window)
    if refusal is None:
        assert services.create_form(event, wanted, at=NOON).opens_at == window["opens_at"]
        return
    with pytest.raises(refusal) as caught:
        services.create_form(event, wanted, at=NOON)
    assert caught.value.field == field


def test_more_seats_of_a_form_let_those_who_wait_in(event: Event, form: RegistrationForm) -> None:
    """Seats are the seats' business: what counts here is that they are told."""
    changed = services.update_form(
        form, FormFacts(slug="asistentes", title={"es": "Todos"}, capacity=5), at=NOON
    )
    assert changed == ["title", "capacity"]


def test_a_form_by_which_somebody_registered_stays(event: Event, form: RegistrationForm) -> None:
    factories.registration(event, form_id=form.id)
    with pytest.raises(errors.FormInUse):
        services.delete_form(form)


def test_a_form_that_nobody_used_goes_with_its_fields(
    event: Event, form: RegistrationForm, session: Session
) -> None:
    add(form, "Edad")
    services.delete_form(form)
    session.flush()
    assert session.scalars(select(FormField)).all() == []


def test_a_field_stands_at_the_end_or_where_it_was_asked_for(form: RegistrationForm) -> None:
    first = add(form, "Uno")
    add(form, "Tres")
    add(form, "Dos", after=first)
    assert keys(form) == ["uno", "dos", "tres"]


def test_a_change_of_what_is_asked_makes_a_version_and_the_same_again_does_not(
    form: RegistrationForm,
) -> None:
    field = add(form, "Edad", FieldKind.NUMBER)
    services.save_field(form, field, facts("Edad", FieldKind.NUMBER), at=NOON)
    assert [one.number for one in field.versions] == [1]
    services.save_field(form, field, facts("Edad en años", FieldKind.NUMBER, is_required=True), at=NOON)
    assert [(one.number, one.label["es"], one.is_required) for one in field.versions] == [
        (1, "Edad", False),
        (2, "Edad en años", True),
    ]
    assert field.key == "edad"


def test_a_move_makes_no_version(form: RegistrationForm) -> None:
    add(form, "Uno")
    second = add(form, "Dos")
    services.move_field(form, second, by=-1)
    assert keys(form) == ["dos", "uno"]
    services.move_field(form, second, by=-1)
    assert keys(form) == ["dos", "uno"]
    assert len(second.versions) == 1


def test_an_answer_keeps_the_words_it_was_given_under(event: Event, form: RegistrationForm) -> None:
    field = add(form, "Mesa", FieldKind.ONE_OF, choices=SIZES)
    given = answer(field, event, "mesa-1")
    services.save_field(form, field, facts("Grupo", FieldKind.ONE_OF, choices=SIZES[1:]), at=NOON)
    assert services.remove_field(form, field, at=NOON) == 1
    assert keys(form) == []
    assert given.version.label == {"es": "Mesa"}
    assert [choice["key"] for choice in given.version.choices] == ["mesa-1", "mesa-2"]


def test_a_choice_keeps_its_key_whatever_it_is_called(form: RegistrationForm) -> None:
    field = add(form, "Mesa", FieldKind.ONE_OF, choices=SIZES)
    renamed = [{"key": "mesa-1", "label": {"es": "Mesa de agua"}, "seats": 30}, {"label": {"es": "Mesa 1"}}]
    services.save_field(form, field, facts("Mesa", FieldKind.ONE_OF, choices=renamed), at=NOON)
    assert field.versions[-1].choices == [
        {"key": "mesa-1", "label": {"es": "Mesa de agua"}, "seats": 30},
        {"key": "mesa-1-2", "label": {"es": "Mesa 1"}, "seats": None},
    ]


def test_how_many_chose_what(event: Event, form: RegistrationForm) -> None:
    field = add(form, "Mesa", FieldKind.ONE_OF, choices=SIZES)
    for _ in range(2):
        given = answer(field, event, "mesa-2")
        key = {"answer_id": given.id, "registration_id": given.registration_id}
        factories._add(ChosenOption(**key, field_id=field.id, option="mesa-2"))
    assert queries.chosen(field) == {"mesa-2": 2}


def test_a_key_is_not_given_twice_even_after_a_field_is_gone(form: RegistrationForm) -> None:
    services.remove_field(form, add(form, "Edad"), at=NOON)
    assert add(form, "Edad").key == "edad-2"


def test_sensitive_questions_are_never_required(form: RegistrationForm) -> None:
    with pytest.raises(errors.NeverRequired):
        add(form, "Pueblo", is_required=True, settings={"is_sensitive": True})


def condition(key: str, value: Any = True) -> dict[str, Any]:
    return {"field": key, "is": value}


def test_a_condition_in_a_circle_is_refused_with_the_field_s_name(form: RegistrationForm) -> None:
    first = add(form, "Viaja", FieldKind.YES_NO)
    add(form, "Pernocta", FieldKind.YES_NO, shown_if=condition("viaja"))
    for key in ("pernocta", "viaja", "nadie"):
        wanted = facts("Viaja", FieldKind.YES_NO, shown_if=condition(key))
        with pytest.raises(errors.OutOfOrder) as caught:
            services.save_field(form, first, wanted, at=NOON)
        assert "«Viaja»" in str(caught.value)


def test_what_others_depend_on_neither_moves_below_nor_goes(form: RegistrationForm) -> None:
    first = add(form, "Viaja", FieldKind.YES_NO)
    second = add(form, "Vuelo", shown_if=condition("viaja"))
    with pytest.raises(errors.OutOfOrder):
        services.move_field(form, second, by=-1)
    with pytest.raises(errors.FieldInCondition) as caught:
        services.remove_field(form, first, at=NOON)
    assert "«Vuelo»" in str(caught.value)


def test_a_choice_for_which_a_field_waits_stays(form: RegistrationForm) -> None:
    field = add(form, "Mesa", FieldKind.ONE_OF, choices=SIZES)
    add(form, "Tema", shown_if=condition("mesa", "mesa-1"))
    with pytest.raises(errors.ChoiceInCondition):
        services.save_field(form, field, facts("Mesa", FieldKind.ONE_OF, choices=SIZES[1:]), at=NOON)


def test_a_template_is_kept_and_started_from(event: Event, form: RegistrationForm) -> None:
    add(form, "Mesa", FieldKind.ONE_OF, choices=SIZES)
    services.remove_field(form, add(form, "Fuera"), at=NOON)
    template = services.save_template(form, event.organisation, {"es": "Mesas"}, at=NOON)
    assert queries.templates_of(event.organisation) == [template]
    other = factories.event(event.organisation)
    wanted = FormFacts(slug="nuevo", title={"es": "Nuevo"})
    started = services.start_form(other, wanted, template, at=NOON)
    assert (started.slug, started.title, started.event_id) == ("nuevo", {"es": "Nuevo"}, other.id)
    assert keys(started) == ["mesa"]
    assert started.fields[0].versions[-1].choices == form.fields[0].versions[-1].choices


def test_a_shipped_template_brings_its_fields_and_facts(event: Event) -> None:
    community = services.shipped()["community"]
    started = services.start_form(event, FormFacts(slug="taller", title={"es": "Taller"}), community, at=NOON)
    assert keys(started) == [key for key, _facts in community.fields]
    assert started.core == community.core


def test_an_event_made_anew_has_the_forms_of_the_earlier_one(event: Event, form: RegistrationForm) -> None:
    event.starts_on  # noqa: B018 - loads the dates before they are shifted
    window = {"opens_at": NOON, "closes_at": NOON + timedelta(1)}
    services.update_form(form, FormFacts(slug="asistentes", title={"es": "Todos"}, **window), at=NOON)
    add(form, "Edad", FieldKind.NUMBER)
    answer(form.fields[0], event, 30)
    later = factories.FIRST_DAY + timedelta(days=365)
    copy = events.duplicate(event, title="Otra vez", slug="otra-vez", first_day=later, at=NOON)
    copied = queries.forms_with_fields(copy)
    assert [(one.slug, one.title, keys(one)) for one in copied] == [("asistentes", {"es": "Todos"}, ["edad"])]
    assert copied[0].opens_at == NOON + timedelta(days=365)
    assert queries.answers_to(copied[0].fields[0]) == 0


def test_every_change_is_written_down_without_anything_that_people_wrote(
    form: RegistrationForm, session: Session
) -> None:
    field = add(form, "Edad", FieldKind.NUMBER)
    services.save_field(form, field, facts("Años", FieldKind.NUMBER), at=NOON)
    services.move_field(form, field, by=1)
    services.remove_field(form, field, at=NOON)
    rows = session.execute(select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in rows] == [
        ("form.created", {}),
        ("form.field_added", {"version": 1}),
        ("form.field_changed", {"version": 2}),
        ("form.field_moved", {}),
        ("form.field_removed", {}),
    ]
