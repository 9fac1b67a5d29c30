"""The limits of an event, of institutions, forms and options, and who has a seat that becomes free."""

import types
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.events.models import EventStatus
from app.registration import queries, services
from app.registration.errors import ChoiceFull, EntityFull, EntityNotListed, RucTaken
from app.registration.models import (
    Answer,
    ChosenOption,
    FieldKind,
    FieldVersion,
    FormField,
    Registration,
    RegistrationForm,
    RegistrationStatus,
)
from app.registration.services import seats
from app.registration.services.upkeep import correct_answers
from tests import factories
from tests.registration.test_services import person

PENDING, CONFIRMED = RegistrationStatus.PENDING, RegistrationStatus.CONFIRMED
WAITLISTED, CANCELLED = RegistrationStatus.WAITLISTED, RegistrationStatus.CANCELLED


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(capacity=4)


@pytest.fixture
def form(session, event):
    """A form that asks for a table: two places at the first, one at the second, any number at the third."""
    field = FormField(key="mesa", position=0)
    field.versions = [version(1, a=9, b=9, c=9), version(2, a=2, b=1, c=None)]
    row = RegistrationForm(
        event_id=event.id, slug="general", title={"es": "General"}, created_at=factories.THEN, fields=[field]
    )
    session.add(row)
    session.flush()
    return row


def version(number, **seats_of):
    choices = [{"key": key, "label": {"es": f"Mesa {key}"}, "seats": left} for key, left in seats_of.items()]
    return FieldVersion(
        number=number,
        kind=FieldKind.ONE_OF,
        label={"es": "Mesa"},
        choices=choices,
        created_at=factories.THEN,
    )


def chosen(session, form, option, **values):
    """Return a registration that chose a table."""
    row = factories.registration(form.event, form_id=form.id, **values)
    field = form.fields[0]
    answer = Answer(
        registration_id=row.id,
        field_id=field.id,
        version_id=field.versions[-1].id,
        value=option,
        answered_at=factories.THEN,
    )
    session.add(answer)
    session.flush()
    session.add(ChosenOption(answer_id=answer.id, option=option, field_id=field.id, registration_id=row.id))
    session.flush()
    return row


def register(event, at, number, *, form=None, values=types.MappingProxyType({}), **known):
    return services.register(
        event,
        person(number, **known),
        form=form,
        values=values,
        idempotency_key=f"key-000{number}",
        language="es",
        at=at + timedelta(seconds=number),
    )


def statuses(session):
    return list(session.scalars(select(Registration.status).order_by(Registration.id)))


def test_an_institution_has_no_more_than_its_seats(event, frozen_clock):
    factories.quota(event, "Municipalidad de Imaza", 1)
    answers = [
        register(event, frozen_clock, 1, entity="MUNICIPALIDAD de  Imáza"),
        register(event, frozen_clock, 2, entity="Municipalidad de Imaza"),
        register(event, frozen_clock, 3, entity="Otra"),
    ]
    assert answers == [CONFIRMED, WAITLISTED, CONFIRMED]


def test_a_person_of_a_full_institution_is_passed_over_and_blocks_nobody(session, event, frozen_clock):
    event.capacity = 2
    factories.quota(event, "Imaza", 1)
    for number, entity in enumerate(["Imaza", "Otra", "Imaza", "Otra"], start=1):
        register(event, frozen_clock, number, entity=entity)
    first, other, *_waiting = session.scalars(select(Registration).order_by(Registration.id))
    services.cancel(other, at=frozen_clock, by_participant=True)
    assert statuses(session) == [CONFIRMED, CANCELLED, WAITLISTED, CONFIRMED]
    services.cancel(first, at=frozen_clock, by_participant=True)
    assert statuses(session) == [CANCELLED, CANCELLED, CONFIRMED, CONFIRMED]


def test_several_seats_at_once_go_past_a_limit_that_fills_meanwhile(session, event, frozen_clock):
    event.capacity = 0
    factories.quota(event, "Imaza", 1)
    for number, entity in enumerate(["Imaza", "Imaza", "Imaza", "Otra", "Otra"], start=1):
        register(event, frozen_clock, number, entity=entity)
    event.capacity = 3
    assert services.promote(event, at=frozen_clock) == 3
    assert statuses(session) == [CONFIRMED, WAITLISTED, WAITLISTED, CONFIRMED, CONFIRMED]


def test_only_the_listed_institutions_where_that_is_asked(session, event, frozen_clock):
    factories.quota(event, "Imaza", 1)
    factories.settings(event, only_listed_entities=True)
    with pytest.raises(EntityNotListed) as refused:
        register(event, frozen_clock, 1, entity="Otra")
    assert (refused.value.field, str(refused.value)) == (
        "entity",
        "Solo pueden inscribirse personas de estas instituciones: Imaza.",
    )
    assert register(event, frozen_clock, 2, entity="imaza") == CONFIRMED


def test_who_waits_from_before_the_list_waits_on(session, event, frozen_clock):
    event.capacity = 0
    register(event, frozen_clock, 1, entity="Otra")
    register(event, frozen_clock, 2, entity="Imaza")
    factories.quota(event, "Imaza", 5)
    factories.settings(event, only_listed_entities=True)
    event.capacity = 5
    services.promote(event, at=frozen_clock)
    assert statuses(session) == [WAITLISTED, CONFIRMED]


def test_a_form_has_seats_of_its_own(session, event, form, frozen_clock):
    form.capacity = 1
    factories.registration(event)
    one = factories.registration(event, form_id=form.id)
    assert seats.status_of_newcomer(event, form=form) == WAITLISTED
    assert seats.status_of_newcomer(event) == CONFIRMED
    waiting = factories.registration(event, form_id=form.id, status=WAITLISTED)
    services.cancel(one, at=frozen_clock, by_participant=True)
    assert waiting.status == CONFIRMED


@pytest.mark.parametrize(
    ("value", "status"),
    [("a", CONFIRMED), ("c", CONFIRMED), (["a", "c"], CONFIRMED), (None, CONFIRMED), ("nonsense", CONFIRMED)],
)
def test_an_option_with_places_left_is_taken(session, event, form, value, status):
    chosen(session, form, "a")
    assert seats.status_of_newcomer(event, form=form, values={"mesa": value}) == status


@pytest.mark.parametrize(
    "status", [CONFIRMED, PENDING, RegistrationStatus.OFFERED, RegistrationStatus.RETURNED]
)
def test_a_full_option_is_refused_at_its_field_with_what_is_left(session, event, form, status):
    chosen(session, form, "b", status=status)
    with pytest.raises(ChoiceFull) as refused:
        seats.status_of_newcomer(event, form=form, values={"mesa": "b"})
    assert refused.value.field == "mesa"
    assert str(refused.value) == "Ya no quedan cupos en «Mesa b». Quedan cupos en: Mesa a (2)."


@pytest.mark.parametrize("status", [WAITLISTED, CANCELLED, RegistrationStatus.REJECTED])
def test_who_has_no_seat_takes_no_option(session, event, form, status):
    chosen(session, form, "b", status=status)
    assert seats.status_of_newcomer(event, form=form, values={"mesa": "b"}) == CONFIRMED


def test_who_waits_for_a_full_option_is_passed_over(session, event, form, frozen_clock):
    event.capacity = 1
    held = chosen(session, form, "b")
    other = chosen(session, form, "b", status=PENDING)
    first = chosen(session, form, "b", status=WAITLISTED)
    second = chosen(session, form, "a", status=WAITLISTED)
    services.cancel(held, at=frozen_clock, by_participant=True)
    assert (first.status, second.status, other.status) == (WAITLISTED, CONFIRMED, PENDING)


def test_a_change_of_answers_counts_everybody_else(session, event, form):
    mine, other = chosen(session, form, "b"), chosen(session, form, "a")
    seats.refuse_full_choices(mine, {"mesa": "b"})
    with pytest.raises(ChoiceFull):
        seats.refuse_full_choices(other, {"mesa": "b"})


def test_a_moderated_form_asks_the_office_first_and_has_no_place_for_a_full_option(session, event, form):
    form.is_moderated = True
    chosen(session, form, "b")
    assert seats.status_of_newcomer(event, form=form, values={"mesa": "a"}) == PENDING
    with pytest.raises(ChoiceFull):
        seats.status_of_newcomer(event, form=form, values={"mesa": "b"})


def test_with_the_office_s_word_one_s_own_option_is_no_hindrance(session, event, form):
    row = chosen(session, form, "b", status=PENDING)
    assert seats.status_once_approved(row) == CONFIRMED
    event.capacity = 0
    assert seats.status_once_approved(row) == WAITLISTED


def test_a_correction_moves_nobody_into_a_full_institution(session, event, frozen_clock):
    factories.quota(event, "Imaza", 1)
    register(event, frozen_clock, 1, entity="Imaza")
    register(event, frozen_clock, 2, entity="Otra")
    first, second = session.scalars(select(Registration).order_by(Registration.id))
    with pytest.raises(EntityFull):
        services.correct(second, person(2, entity="Imaza"), at=frozen_clock)
    assert services.correct(first, person(1, entity="IMAZA"), at=frozen_clock) == ["entity"]


def test_the_last_seat_sent_twice_is_answered_as_the_first_time(session, event, frozen_clock):
    event.capacity = 1
    assert [register(event, frozen_clock, 1) for _ in range(2)] == [CONFIRMED, CONFIRMED]


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.PUBLISHED])
def test_nobody_is_promoted_in_an_event_that_is_over_or_called_off(session, event, frozen_clock, status):
    row = factories.registration(event, status=WAITLISTED)
    event.status = status
    late = frozen_clock + timedelta(days=4 if status == EventStatus.PUBLISHED else 0)
    assert services.promote(event, at=late) == 0
    assert row.status == WAITLISTED


def test_a_newcomer_asks_one_statement_where_nothing_but_the_event_has_a_limit(event, count_queries):
    with count_queries() as statements:
        seats.status_of_newcomer(event, entity="Imaza")
    assert len(statements) == 1


def test_promoting_asks_as_much_for_many_as_for_few(event, form, session, count_queries, frozen_clock):
    factories.quota(event, "Imaza", 1)
    asked = []
    for number in (1, 30):
        event.capacity = queries.taken_seats(event)
        for _ in range(number):
            chosen(session, form, "c", status=WAITLISTED)
        event.capacity += number
        session.flush()
        with count_queries() as statements:
            assert services.promote(event, at=frozen_clock) == number
        asked.append(len(statements))
    assert asked[1] == asked[0]


def test_the_default_settings_are_kept_nowhere(session, event):
    assert queries.settings_of(event).offer_hours == 24
    assert event.id not in {row.event_id for row in session.new}


RUC, OTHER_RUC = "20000000001", "20000000010"


@pytest.fixture
def asking_for_a_ruc(event):
    """A form that asks for the RUC of the institution."""
    return factories.form(event, factories.asks("ruc", FieldKind.RUC))


def test_who_gives_the_ruc_of_an_institution_is_counted_there_however_they_call_it(
    session, event, asking_for_a_ruc, frozen_clock
):
    services.save_quota(event, "Imaza", 2, ruc=RUC, at=frozen_clock)

    def arrive(number, entity, ruc):
        return register(
            event, frozen_clock, number, entity=entity, form=asking_for_a_ruc, values={"ruc": ruc}
        )

    answers = [
        arrive(1, "Muni Imaza", RUC),
        arrive(2, "Imaza", None),
        arrive(3, "La municipalidad", RUC),
        arrive(4, "La municipalidad", OTHER_RUC),
        arrive(5, "imaza", OTHER_RUC),
    ]
    assert answers == [CONFIRMED, CONFIRMED, WAITLISTED, CONFIRMED, WAITLISTED]
    assert queries.numbers_by_entity(event) == {"imaza": (2, 2)}
    first, _second, third, fourth, _fifth = session.scalars(select(Registration).order_by(Registration.id))
    with pytest.raises(EntityFull):
        correct_answers(fourth, asking_for_a_ruc, {"ruc": RUC}, at=frozen_clock)
    correct_answers(first, asking_for_a_ruc, {"ruc": OTHER_RUC}, at=frozen_clock)
    assert (first.entity_key, first.status, third.status) == ("muni imaza", CONFIRMED, CONFIRMED)


def test_a_ruc_that_the_office_adds_or_takes_away_counts_anew(session, event, asking_for_a_ruc, frozen_clock):
    for number, entity in enumerate(["Imaza", "Muni de Imaza"], start=1):
        register(event, frozen_clock, number, entity=entity, form=asking_for_a_ruc, values={"ruc": RUC})
    for ruc, expected in (("", ["imaza", "muni de imaza"]), (RUC, ["imaza", "imaza"])):
        quota = services.save_quota(event, "Imaza", 2, ruc=ruc, at=frozen_clock)
        assert list(session.scalars(select(Registration.entity_key).order_by(Registration.id))) == expected
    with pytest.raises(RucTaken):
        services.save_quota(event, "Otra", 1, ruc=RUC, at=frozen_clock)
    services.remove_quota(event, quota, at=frozen_clock)
    last = session.scalars(select(Registration.entity_key).order_by(Registration.id.desc())).first()
    assert last == "muni de imaza"


def test_only_the_listed_institutions_by_their_ruc_too(event, asking_for_a_ruc, frozen_clock):
    services.save_quota(event, "Imaza", 2, ruc=RUC, at=frozen_clock)
    factories.settings(event, only_listed_entities=True)
    given = {"entity": "La municipalidad", "form": asking_for_a_ruc}
    with pytest.raises(EntityNotListed):
        register(event, frozen_clock, 1, **given, values={"ruc": OTHER_RUC})
    assert register(event, frozen_clock, 2, **given, values={"ruc": RUC}) == CONFIRMED
