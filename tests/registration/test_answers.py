"""Keeping answers: versions, options, what belongs to another form."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit import AuditEntry
from app.events.rules import RegistrationWindow
from app.registration import queries, rules, services
from app.registration.errors import RegistrationClosed, UnknownField
from app.registration.models import Answer, ChosenOption, DocumentType, FieldVersion, Registration
from app.registration.rules.answers import as_text
from app.registration.services import Person
from tests import factories
from tests.factories import asks

ROSA = Person(DocumentType.DNI, "00000001", "Rosa", "Quispe", "Mamani", "rosa@example.pe")


@pytest.fixture
def event(session, frozen_clock):
    return factories.event()


@pytest.fixture
def form(event):
    return factories.form(
        event,
        asks("mesa", "one_of", "agua", "suelo"),
        asks("dias", "some_of", "lunes", "martes"),
        asks("viene", "yes_no"),
        asks("bus", "short_text", shown_if={"field": "viene", "is": True}),
    )


def given(registration):
    return {answer.version.field.key: answer.value for answer in queries.answers_of(registration)}


def newer(session, form, key, **values):
    """Store the next version of a field."""
    [old] = [version for version in queries.current_fields(form) if version.field.key == key]
    kept = {
        name: getattr(old, name)
        for name in ("kind", "label", "help", "is_required", "choices", "shown_if", "settings")
    }
    row = FieldVersion(
        field_id=old.field_id, number=old.number + 1, created_at=factories.THEN, **kept | values
    )
    session.add(row)
    session.commit()
    return row


def test_answers_are_kept_in_the_order_of_the_form(session, event, form, frozen_clock):
    row = factories.registration(event)
    changed = services.save_answers(
        row,
        form,
        {"viene": True, "bus": "Imaza", "mesa": "agua", "dias": ["lunes", "martes"]},
        at=frozen_clock,
    )
    assert changed == ["mesa", "dias", "viene", "bus"]
    assert list(given(row).items()) == [
        ("mesa", "agua"),
        ("dias", ["lunes", "martes"]),
        ("viene", True),
        ("bus", "Imaza"),
    ]
    options = session.scalars(select(ChosenOption.option).order_by(ChosenOption.option)).all()
    assert options == ["agua", "lunes", "martes"]


def test_only_what_changed_is_written_and_told(session, event, form, frozen_clock):
    row = factories.registration(event)
    services.save_answers(row, form, {"mesa": "agua", "viene": False}, at=frozen_clock)
    later = frozen_clock + timedelta(hours=1)
    assert services.save_answers(row, form, {"mesa": "suelo", "viene": False}, at=later) == ["mesa"]
    stamps = {answer.version.field.key: answer.answered_at for answer in queries.answers_of(row)}
    assert stamps == {"mesa": later, "viene": frozen_clock}
    assert session.scalars(select(ChosenOption.option)).all() == ["suelo"]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.details) == ("registration.answers_changed", {"changed": ["mesa"]})
    assert services.save_answers(row, form, {}, at=later) == []


def test_none_takes_an_answer_back(session, event, form, frozen_clock):
    row = factories.registration(event)
    services.save_answers(row, form, {"mesa": "agua"}, at=frozen_clock)
    assert services.save_answers(row, form, {"mesa": None}, at=frozen_clock) == ["mesa"]
    assert given(row) == {}
    assert session.scalars(select(ChosenOption)).all() == []


def test_what_is_hidden_loses_its_answer(session, event, form, frozen_clock):
    row = factories.registration(event)
    services.save_answers(row, form, {"viene": True, "bus": "Imaza"}, at=frozen_clock)
    assert services.save_answers(row, form, {"viene": False}, at=frozen_clock) == ["viene", "bus"]
    assert given(row) == {"viene": False}
    assert services.save_answers(row, form, {"bus": "forged"}, at=frozen_clock) == []


def test_an_answer_keeps_the_version_under_which_it_was_given(session, event, form, frozen_clock):
    row = factories.registration(event)
    services.save_answers(row, form, {"mesa": "agua", "bus": None}, at=frozen_clock)
    newer(
        session, form, "mesa", label={"es": "Otra cosa"}, choices=[{"key": "aire", "label": {"es": "Aire"}}]
    )
    services.save_answers(row, form, {"mesa": "agua", "viene": True}, at=frozen_clock)
    [answer, _viene] = queries.answers_of(row)
    assert (answer.version.number, as_text(answer.version, answer.value, "es")) == (1, "Agua")
    services.save_answers(row, form, {"mesa": "aire"}, at=frozen_clock)
    [answer, _viene] = queries.answers_of(row)
    assert (answer.version.number, as_text(answer.version, answer.value, "es")) == (2, "Aire")


def test_the_answer_to_a_field_that_was_taken_out_stays(session, event, form, frozen_clock):
    row = factories.registration(event)
    services.save_answers(row, form, {"mesa": "agua", "viene": True}, at=frozen_clock)
    form.fields[0].removed_at = frozen_clock
    session.commit()
    assert [version.field.key for version in queries.current_fields(form)] == ["dias", "viene", "bus"]
    services.save_answers(row, form, {"viene": False}, at=frozen_clock)
    assert given(row) == {"mesa": "agua", "viene": False}
    with pytest.raises(UnknownField, match="mesa"):
        services.save_answers(row, form, {"mesa": "suelo"}, at=frozen_clock)


def test_an_answer_to_a_field_of_another_form_is_refused(session, event, form, frozen_clock):
    factories.form(event, asks("ponencia", "short_text"))
    row = factories.registration(event)
    with pytest.raises(UnknownField, match="ponencia"):
        services.save_answers(row, form, {"mesa": "agua", "ponencia": "x"}, at=frozen_clock)
    assert session.scalars(select(Answer)).all() == []


def test_registering_keeps_form_and_answers(session, event, form, frozen_clock):
    services.register(
        event,
        ROSA,
        form=form,
        values={"mesa": "suelo"},
        idempotency_key="k" * 20,
        language="es",
        at=frozen_clock,
    )
    row = session.scalars(select(Registration)).one()
    assert (row.form_id, given(row)) == (form.id, {"mesa": "suelo"})
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.target.startswith("registrations"))
    ).all()
    assert actions == ["registration.created"]


def test_the_main_form_is_the_first(session, event, form):
    speakers = factories.form(event, slug="ponentes", position=1)
    factories.form(factories.event(), slug="ponentes")
    assert queries.forms_of(event) == [form, speakers]
    assert queries.main_form(event) == form
    assert queries.form_of(event, "ponentes") == speakers
    assert queries.form_of(event, "prensa") is None
    assert queries.main_form(factories.event()) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, RegistrationWindow.OPEN),
        ({"opens_at": timedelta(hours=1)}, RegistrationWindow.NOT_YET),
        ({"closes_at": timedelta(0)}, RegistrationWindow.CLOSED),
        ({"closes_at": timedelta(hours=1)}, RegistrationWindow.OPEN),
    ],
)
def test_a_form_narrows_the_window(session, event, frozen_clock, values, expected):
    form = factories.form(event, **{name: frozen_clock + delta for name, delta in values.items()})
    assert rules.window(event, form, at=frozen_clock) == expected
    if expected != RegistrationWindow.OPEN:
        with pytest.raises(RegistrationClosed):
            services.register(
                event, ROSA, form=form, idempotency_key="k" * 20, language="es", at=frozen_clock
            )


def test_the_query_count_does_not_grow(session, event, form, frozen_clock, count_queries):
    row = factories.registration(event)
    services.save_answers(row, form, {"mesa": "agua", "viene": True, "bus": "x"}, at=frozen_clock)
    session.expire_all()
    with count_queries() as statements:
        assert len(given(row)) == 3
    assert len(statements) == 2  # the registration's own row, then everything at once
