"""Registrations that an office looks at first: approved, asked for more, turned down."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit import AuditEntry
from app.mail.letters import build
from app.mail.models import OutgoingLetter
from app.registration import queries, services
from app.registration.errors import (
    EventOver,
    IdentityTaken,
    NobodyToReview,
    NotePlease,
    NotUnderReview,
)
from app.registration.models import RegistrationStatus
from app.registration.rules.reviews import Verdict
from tests import factories
from tests.registration.test_services import person

PENDING, RETURNED = RegistrationStatus.PENDING, RegistrationStatus.RETURNED
CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
REJECTED = RegistrationStatus.REJECTED


@pytest.fixture
def event(session, frozen_clock):
    return factories.event(capacity=2)


@pytest.fixture
def form(event):
    return factories.form(event, is_moderated=True)


def letters(session):
    return [row.letter for row in session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]


def waits(event, **values):
    return factories.registration(event, status=PENDING, confirmed_at=None, **values)


def test_a_moderated_form_gives_no_seat_yet(session, event, form, frozen_clock):
    status = services.register(
        event, person(), form=form, idempotency_key="key-0001", language="es", at=frozen_clock
    )
    row = queries.active_by_identity(event, person().identity)
    assert (status, row.status, row.confirmed_at, queries.taken_seats(event)) == (PENDING, PENDING, None, 0)
    letter = build("registration.received", {"registration_id": row.id})
    assert letter.subject == f"Recibimos su inscripción: {event.title}"
    assert (letter.calendar, "cid:pass" in letter.html) == (None, False)


def test_approved_is_a_seat_while_there_is_one_and_then_the_line_by_arrival(session, event, frozen_clock):
    early, late, full = (
        waits(event, created_at=frozen_clock - timedelta(hours=hours)) for hours in (3, 2, 1)
    )
    assert [services.approve(one, at=frozen_clock) for one in (late, full)] == [CONFIRMED, CONFIRMED]
    assert services.approve(early, at=frozen_clock) == WAITLISTED
    assert (early.waiting_since, late.confirmed_at) == (early.created_at, frozen_clock)
    assert letters(session) == ["registration.approved"] * 3
    subject = build("registration.approved", {"registration_id": late.id}).subject
    assert subject == f"Su inscripción fue aprobada: {event.title}"


def test_who_is_asked_for_more_answers_and_waits_again(session, event, frozen_clock):
    row = waits(event, document_number="00000001", email="rosa@example.pe")
    services.ask_for_more(row, "  Falta su cargo.  ", at=frozen_clock)
    assert (row.status, row.review_note) == (RETURNED, "Falta su cargo.")
    assert "Falta su cargo." in build("registration.returned", {"registration_id": row.id}).text
    changed = services.resubmit(
        row,
        person(1, email="rosa@example.pe", position="Alcaldesa", second_surname=row.second_surname),
        at=frozen_clock,
    )
    assert (changed, row.status) == (["position"], PENDING)
    assert build("registration.returned", {"registration_id": row.id}) is None
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.action, one.details) for one in entries] == [
        ("registration.reviewed", {"verdict": "ask", "status": "returned"}),
        ("registration.resubmitted", {"changed": ["position"]}),
    ]


def test_who_is_turned_down_may_register_anew(session, event, frozen_clock):
    row = waits(event, document_number="00000001")
    services.reject(row, "Es para servidores públicos.", at=frozen_clock)
    assert (row.status, queries.active_by_identity(event, row.identity)) == (REJECTED, None)
    assert "Es para servidores públicos." in build("registration.rejected", {"registration_id": row.id}).text
    assert (
        services.register(event, person(), idempotency_key="key-0002", language="es", at=frozen_clock)
        == CONFIRMED
    )


@pytest.mark.parametrize("status", [CONFIRMED, WAITLISTED, REJECTED, RegistrationStatus.CANCELLED])
def test_what_was_decided_is_decided(session, event, frozen_clock, status):
    row = factories.registration(event, status=status)
    for say in (services.approve, lambda one, at: services.reject(one, "No.", at=at)):
        with pytest.raises(NotUnderReview):
            say(row, at=frozen_clock)
    with pytest.raises(NotUnderReview):
        services.resubmit(row, person(), at=frozen_clock)
    assert (row.status, letters(session)) == (status, [])


def test_words_are_needed_where_somebody_must_act(session, event, frozen_clock):
    row = waits(event)
    for say in (services.ask_for_more, services.reject):
        with pytest.raises(NotePlease):
            say(row, " \n ", at=frozen_clock)
    assert row.status == PENDING


def test_after_the_event_nothing_is_decided(session, event, frozen_clock):
    row = waits(event)
    with pytest.raises(EventOver):
        services.approve(row, at=frozen_clock + timedelta(days=3))
    assert row.status == PENDING


def test_an_answer_cannot_take_anothers_identity(session, event, frozen_clock):
    factories.registration(event, document_number="00000002")
    row = waits(event)
    services.ask_for_more(row, "Su DNI.", at=frozen_clock)
    with pytest.raises(IdentityTaken):
        services.resubmit(row, person(2), at=frozen_clock)
    session.refresh(row)
    assert row.status == RETURNED


def test_many_at_once_get_seats_by_arrival_and_others_are_left_alone(session, event, frozen_clock):
    hours = {2: "Zoila", 3: "Ana", 4: "Bea"}
    rows = [
        waits(event, given_names=name, created_at=frozen_clock - timedelta(hours=one))
        for one, name in hours.items()
    ]
    decided, foreign = factories.registration(event, status=REJECTED), waits(factories.event())
    ids = [one.id for one in (*rows, decided, foreign)]
    assert services.review_many(event, ids, Verdict.APPROVE, at=frozen_clock) == 3
    assert [one.status for one in rows] == [WAITLISTED, CONFIRMED, CONFIRMED]
    assert (decided.status, foreign.status) == (REJECTED, PENDING)
    with pytest.raises(NobodyToReview):
        services.review_many(event, ids, Verdict.APPROVE, at=frozen_clock)
