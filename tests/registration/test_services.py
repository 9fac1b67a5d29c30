"""Registering, cancelling, promoting, on a real database."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.events.models import EventStatus
from app.mail.models import OutgoingLetter
from app.registration import queries, services
from app.registration.errors import AlreadyCancelled, EventOver, IdentityTaken, RegistrationClosed
from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.registration.services import Person
from tests import factories

CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED


def person(number=1, **values):
    facts = {
        "document_type": DocumentType.DNI,
        "document_number": f"{number:08d}",
        "given_names": "Rosa",
        "first_surname": "Quispe",
        "email": f"rosa{number}@example.pe",
    }
    return Person(**facts | values)


def register(event, at, who=None, key="key-0001"):
    return services.register(event, who or person(), idempotency_key=key, language="es", at=at)


def letters(session):
    return [row.letter for row in session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]


def total(session):
    return session.scalar(select(func.count()).select_from(Registration))


def test_a_newcomer_is_confirmed_and_written_to(session, frozen_clock):
    event = factories.event()
    assert register(event, frozen_clock) == CONFIRMED
    row = session.scalars(select(Registration)).one()
    assert (row.full_name, row.status, row.confirmed_at) == ("Rosa Quispe", CONFIRMED, frozen_clock)
    assert row.consent_text.version == 1
    assert letters(session) == ["registration.received"]


def test_over_capacity_is_the_waitlist(session, frozen_clock):
    event = factories.event(capacity=1)
    assert register(event, frozen_clock, person(1)) == CONFIRMED
    assert register(event, frozen_clock, person(2), key="key-0002") == WAITLISTED


def test_the_same_form_twice_is_one_registration_and_one_letter(session, frozen_clock):
    event = factories.event()
    assert [register(event, frozen_clock) for _ in range(3)] == [CONFIRMED] * 3
    assert total(session) == 1
    assert letters(session) == ["registration.received"]


def test_the_same_person_again_gets_the_link_again(session, frozen_clock):
    event = factories.event()
    register(event, frozen_clock)
    assert register(event, frozen_clock, key="key-0002") == CONFIRMED
    assert total(session) == 1
    assert letters(session) == ["registration.received", "registration.again"]


def test_the_answer_does_not_tell_who_takes_part(session, frozen_clock):
    event = factories.event(capacity=1)
    register(event, frozen_clock, person(1))
    newcomer = register(event, frozen_clock, person(2), key="key-0002")
    assert register(event, frozen_clock, person(1), key="key-0003") == newcomer == WAITLISTED


def test_several_people_may_share_a_mailbox(session, frozen_clock):
    event = factories.event()
    for number, name in enumerate(["Ana", "Bea", "Ana"]):
        who = person(
            document_type=DocumentType.NONE,
            document_number="",
            given_names=name,
            email="compartido@example.pe",
        )
        register(event, frozen_clock, who, key=f"key-000{number}")
    assert total(session) == 2


@pytest.mark.parametrize(
    "values",
    [
        {"registration_opens_at": factories.THEN + timedelta(days=300)},
        {"registration_closes_at": factories.THEN},
        {"status": EventStatus.DRAFT},
        {"status": EventStatus.CANCELLED},
    ],
)
def test_outside_the_window_nobody_registers(session, frozen_clock, values):
    event = factories.event(**values)
    with pytest.raises(RegistrationClosed):
        register(event, frozen_clock)
    assert total(session) == 0


def test_after_the_last_day_nobody_registers(session, frozen_clock):
    event = factories.event(days=3)
    with pytest.raises(RegistrationClosed):
        register(event, frozen_clock + timedelta(days=3))


def test_cancelling_promotes_the_first_who_waits(session, frozen_clock):
    event = factories.event(capacity=1)
    for number in (1, 2, 3):
        register(event, frozen_clock, person(number), key=f"key-000{number}")
    first, second, third = session.scalars(select(Registration).order_by(Registration.id))
    assert [queries.place_in_waitlist(row) for row in (second, third)] == [1, 2]
    services.cancel(first, at=frozen_clock, by_participant=True)
    assert [row.status for row in (first, second, third)] == [
        RegistrationStatus.CANCELLED,
        CONFIRMED,
        WAITLISTED,
    ]
    assert letters(session)[-2:] == ["registration.cancelled", "registration.promoted"]
    with pytest.raises(AlreadyCancelled):
        services.cancel(first, at=frozen_clock, by_participant=True)


def test_who_cancelled_can_register_again(session, frozen_clock):
    event = factories.event()
    register(event, frozen_clock)
    services.cancel(session.scalars(select(Registration)).one(), at=frozen_clock, by_participant=True)
    assert register(event, frozen_clock, key="key-0002") == CONFIRMED
    assert total(session) == 2


def test_after_the_event_nothing_is_cancelled(session, frozen_clock):
    row = factories.registration(factories.event())
    with pytest.raises(EventOver):
        services.cancel(row, at=frozen_clock + timedelta(days=3), by_participant=True)


def test_more_capacity_promotes(session, frozen_clock):
    event = factories.event(capacity=0)
    for number in range(3):
        register(event, frozen_clock, person(number), key=f"key-000{number}")
    event.capacity = 2
    assert services.promote(event, at=frozen_clock) == 2
    assert queries.counts(event.id)[WAITLISTED] == 1


def test_the_personal_link_opens_one_registration_until_it_is_renewed(session, frozen_clock):
    row, other = (factories.registration(factories.event()) for _ in range(2))
    token = queries.personal_token(row)
    assert queries.by_token(token).id == row.id
    assert queries.personal_token(other) != token
    services.renew_link(row, at=frozen_clock)
    assert queries.by_token(token) is None
    assert queries.by_token(queries.personal_token(row)).id == row.id


@pytest.mark.parametrize("token", ["", "a", "A" * 32, "ñ" * 32, "%00", "AAAAAAAB" * 4, "=" * 32])
def test_other_tokens_open_nothing(session, token):
    factories.registration(factories.event())
    assert queries.by_token(token) is None


def test_a_correction_keeps_people_apart(session, frozen_clock):
    event = factories.event()
    row = factories.registration(event, document_number="00000001")
    factories.registration(event, document_number="00000002")
    services.correct(row, person(1, given_names="Rosa María"), at=frozen_clock)
    assert (row.full_name, row.search_text.startswith("rosa maria quispe")) == ("Rosa María Quispe", True)
    with pytest.raises(IdentityTaken):
        services.correct(row, person(2), at=frozen_clock)
