"""The number of taken seats, which the database itself keeps."""

import pytest
from sqlalchemy import delete, func, select, update

from app.registration import queries
from app.registration.models import HOLDING_A_SEAT, Registration, RegistrationStatus
from tests import factories

NOT_HOLDING = [status for status in RegistrationStatus if status not in HOLDING_A_SEAT]


@pytest.fixture
def event(session):
    return factories.event()


def counted(session, event):
    statement = select(func.count()).where(
        Registration.event_id == event.id, Registration.status.in_(HOLDING_A_SEAT)
    )
    return session.scalar(statement)


def test_nobody_has_taken_a_seat_of_a_new_event(event):
    assert queries.taken_seats(event) == 0


@pytest.mark.parametrize("status", HOLDING_A_SEAT)
def test_a_seat_is_counted_for_its_own_event_until_it_is_given_up(session, event, status):
    row = factories.registration(event, status=status)
    factories.registration(factories.event())
    assert queries.taken_seats(event) == 1
    row.status = RegistrationStatus.CANCELLED
    session.flush()
    assert queries.taken_seats(event) == 0
    row.status = status
    session.flush()
    assert queries.taken_seats(event) == 1


@pytest.mark.parametrize("status", NOT_HOLDING)
def test_who_has_no_seat_is_not_counted(event, status):
    factories.registration(event, status=status)
    assert queries.taken_seats(event) == 0


def test_an_accepted_offer_is_the_same_seat(session, event):
    row = factories.registration(event, status=RegistrationStatus.OFFERED)
    row.status = RegistrationStatus.CONFIRMED
    session.flush()
    assert queries.taken_seats(event) == 1


def test_changes_of_many_rows_at_once_are_counted(session, event):
    for status in RegistrationStatus:
        factories.registration(event, status=status)
    session.execute(
        update(Registration)
        .where(Registration.status == RegistrationStatus.WAITLISTED)
        .values(status=RegistrationStatus.CONFIRMED)
    )
    assert queries.taken_seats(event) == counted(session, event) == 3
    session.execute(delete(Registration).where(Registration.event_id == event.id))
    assert queries.taken_seats(event) == counted(session, event) == 0
