"""Enrolling in sessions: places, lines, clashes, offers, and what a cancelled registration leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit import AuditEntry
from app.events import services as events
from app.events.errors import SessionInUse
from app.events.models import EventStatus
from app.extensions import db
from app.mail.letters import build
from app.mail.models import OutgoingLetter
from app.registration import queries, services
from app.registration.errors import (
    EnrolmentClosed,
    NotConfirmed,
    OfferGone,
    SessionsClash,
    SessionTaken,
)
from app.registration.models import Clashes, Enrolment, EnrolmentStatus, Promotion, RegistrationStatus
from app.registration.rules.seats import clashing
from app.registration.tasks import sweep_offers
from tests import factories
from tests.conftest import NOON

ENROLLED, OFFERED, WAITING = EnrolmentStatus.ENROLLED, EnrolmentStatus.OFFERED, EnrolmentStatus.WAITING
BEFORE = NOON - timedelta(days=5)


@pytest.fixture
def event(session):
    return factories.event(days=1)


@pytest.fixture
def workshop(event):
    """A session from nine to half past ten, with one seat."""
    return factories.enrollable(event.days[0].sessions[0], 1)


@pytest.fixture
def people(event):
    return [factories.registration(event) for _ in range(3)]


def statuses(session):
    return [
        (row.registration_id, row.status) for row in session.scalars(select(Enrolment).order_by(Enrolment.id))
    ]


def enrol_all(people, workshop):
    return [
        services.enrol(one, workshop, at=BEFORE + timedelta(seconds=number))
        for number, one in enumerate(people)
    ]


def letters(session):
    return [row.letter for row in session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]


def test_a_session_has_as_many_as_it_has_seats_and_the_others_wait_in_order(people, workshop):
    assert enrol_all(people, workshop) == [ENROLLED, WAITING, WAITING]
    assert [queries.places_in_line(one) for one in people] == [
        {},
        {workshop.session_id: 1},
        {workshop.session_id: 2},
    ]
    assert queries.session_occupancy([workshop.session_id]) == {workshop.session_id: (1, 2)}


def test_asking_twice_is_asking_once(session, people, workshop):
    assert enrol_all([people[0], people[0]], workshop) == [ENROLLED, ENROLLED]
    assert len(statuses(session)) == 1


def test_who_leaves_makes_room_for_the_next_who_is_written_to(session, people, workshop):
    enrol_all(people, workshop)
    services.leave(people[0], workshop, at=BEFORE)
    assert statuses(session) == [(people[1].id, ENROLLED), (people[2].id, WAITING)]
    assert letters(session) == ["registration.session"]
    services.leave(people[0], workshop, at=BEFORE)
    assert len(statuses(session)) == 2


def test_each_change_is_in_the_audit_log(session, people, workshop):
    enrol_all(people[:2], workshop)
    services.leave(people[0], workshop, at=BEFORE)
    found = [(row.action, row.details) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    where = {"session_id": workshop.session_id}
    assert found == [
        ("enrolment.enrolled", where),
        ("enrolment.waiting", where),
        ("enrolment.left", where),
        ("enrolment.promoted", where),
    ]


def test_a_cancelled_registration_leaves_its_sessions_to_the_next(session, people, workshop):
    enrol_all(people, workshop)
    services.cancel(people[0], at=BEFORE, by_participant=True)
    assert statuses(session) == [(people[1].id, ENROLLED), (people[2].id, WAITING)]
    services.cancel_many(people[1].event, [people[1].id, people[2].id], at=BEFORE)
    assert statuses(session) == []


@pytest.mark.parametrize("status", [one for one in RegistrationStatus if one != RegistrationStatus.CONFIRMED])
def test_only_who_has_a_seat_of_the_event_enrols(event, workshop, status):
    with pytest.raises(NotConfirmed):
        services.enrol(factories.registration(event, status=status), workshop, at=BEFORE)


@pytest.mark.parametrize("change", [services.enrol, services.leave, services.accept_session])
def test_once_a_session_has_begun_nothing_changes(people, workshop, change):
    with pytest.raises(EnrolmentClosed):
        change(people[0], workshop, at=workshop.session.starts_at)


def test_in_an_event_called_off_nobody_enrols(event, people, workshop):
    event.status = EventStatus.CANCELLED
    with pytest.raises(EnrolmentClosed):
        services.enrol(people[0], workshop, at=BEFORE)


@pytest.mark.parametrize(
    ("hour", "minute", "minutes", "clashes"),
    [(9, 30, 30, True), (8, 0, 61, True), (8, 0, 60, False), (10, 30, 30, False), (10, 29, 5, True)],
)
def test_what_clashes_is_on_at_the_same_time(event, hour, minute, minutes, clashes):
    one = event.days[0].sessions[0]
    other = factories.session(event, event.days[0], hour=hour, minute=minute, minutes=minutes)
    assert clashing(one, [one, other]) == ([other] if clashes else [])


@pytest.mark.parametrize("policy", Clashes)
def test_two_sessions_at_once_are_forbidden_where_the_event_says_so(event, people, workshop, policy):
    factories.settings(event, clashes=policy)
    parallel = factories.enrollable(factories.session(event, event.days[0], hour=10, title="Mesa B"))
    services.enrol(people[0], workshop, at=BEFORE)
    if policy == Clashes.WARN:
        assert services.enrol(people[0], parallel, at=BEFORE) == ENROLLED
        return
    with pytest.raises(SessionsClash) as refused:
        services.enrol(people[0], parallel, at=BEFORE)
    assert str(refused.value) == f"«{workshop.session.title}» es a la misma hora. Salga primero de ella."
    services.leave(people[0], workshop, at=BEFORE)
    assert services.enrol(people[0], parallel, at=BEFORE) == ENROLLED


def test_more_seats_promote_at_once_and_no_limit_promotes_all(session, event, people, workshop):
    enrol_all(people, workshop)
    services.make_enrollable(event, workshop.session_id, 2, at=BEFORE)
    assert [status for _who, status in statuses(session)] == [ENROLLED, ENROLLED, WAITING]
    services.make_enrollable(event, workshop.session_id, None, at=BEFORE)
    assert [status for _who, status in statuses(session)] == [ENROLLED] * 3


def test_a_session_with_people_is_neither_opened_nor_deleted(event, people, workshop):
    services.enrol(people[0], workshop, at=BEFORE)
    with pytest.raises(SessionTaken):
        services.make_open(event, workshop, at=BEFORE)
    with pytest.raises(SessionInUse):
        events.delete_session(event, workshop.session)


def test_a_session_without_people_is_opened_to_all(event, workshop):
    services.make_open(event, workshop, at=BEFORE)
    assert queries.enrollable_sessions(event) == []


@pytest.fixture
def offered(event, people, workshop):
    """Somebody to whom the place of the first is offered."""
    factories.settings(event, promotion=Promotion.OFFER, offer_hours=10)
    enrol_all(people, workshop)
    services.leave(people[0], workshop, at=BEFORE)
    db.session.commit()
    return people[1]


def test_an_offered_place_is_held_and_taken_once(session, people, offered, workshop):
    assert statuses(session) == [(offered.id, OFFERED), (people[2].id, WAITING)]
    assert services.enrol(people[0], workshop, at=BEFORE) == WAITING
    for _ in range(2):
        services.accept_session(offered, workshop, at=BEFORE)
    assert statuses(session)[0] == (offered.id, ENROLLED)


def test_a_declined_place_goes_to_the_next_and_the_person_to_the_end(session, people, offered, workshop):
    services.decline_session(offered, workshop, at=BEFORE + timedelta(hours=1))
    assert statuses(session) == [(offered.id, WAITING), (people[2].id, OFFERED)]
    assert queries.places_in_line(offered) == {workshop.session_id: 1}
    with pytest.raises(OfferGone):
        services.decline_session(offered, workshop, at=BEFORE)


def test_an_offer_that_runs_out_is_swept_once(session, monkeypatch, people, offered, workshop):
    monkeypatch.setattr("app.clock.now", lambda: BEFORE + timedelta(hours=10))
    with pytest.raises(OfferGone):
        services.accept_session(offered, workshop, at=BEFORE + timedelta(hours=10))
    for _ in range(3):
        sweep_offers.call_local()
    session.expire_all()
    assert statuses(session) == [(offered.id, WAITING), (people[2].id, OFFERED)]


def test_nobody_is_promoted_into_a_session_that_has_begun(session, event, people, workshop):
    enrol_all(people, workshop)
    services.cancel(people[0], at=workshop.session.starts_at, by_participant=True)
    assert statuses(session) == [(people[1].id, WAITING), (people[2].id, WAITING)]


def test_who_chose_a_session_is_told_that_it_moves(session, app, event, people, workshop):
    enrol_all(people[:2], workshop)
    row = workshop.session
    facts = events.SessionFacts(
        day_id=row.day_id,
        room_id=None,
        title=row.title,
        abstract="",
        kind=row.kind,
        starts_at=row.starts_at + timedelta(hours=1),
        ends_at=row.ends_at + timedelta(hours=1),
        online_url="",
    )
    events.save_session(event, row, facts, [], at=BEFORE)
    events.save_session(event, row, facts, [], at=BEFORE)
    assert letters(session) == ["registration.session_moved"] * 2
    with app.test_request_context():
        letter = build("registration.session_moved", {"registration_id": people[0].id, "session_id": row.id})
    assert letter.subject == f"Cambió una de sus sesiones: {row.title}"
    assert "12 de mayo de 2026, 10:00" in letter.text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("number", "subject"),
    [(0, "Tiene un cupo en la sesión"), (1, None)],
)
def test_the_letter_about_a_place_says_what_holds(app, people, workshop, number, subject):
    enrol_all(people, workshop)
    payload = {"registration_id": people[number].id, "session_id": workshop.session_id}
    with app.test_request_context():
        letter = build("registration.session", payload)
    assert (letter and letter.subject) == (subject and f"{subject}: {workshop.session.title}")
