"""The same table, and the same solved puzzle, from eight processes at once."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from app import clock, unit_of_work
from app.extensions import db
from app.registration import queries, services
from app.registration.errors import IdentityTaken, PuzzleSpent, RowsRefused
from app.registration.models import (
    ConsentKind,
    DocumentType,
    HeldSubmission,
    Registration,
    RegistrationGroup,
    RegistrationStatus,
    SpentPuzzle,
)
from app.registration.services import Consent, Person, registering
from tests import factories
from tests.conftest import NOON
from tests.registration.groups import group
from tests.registration.test_race import database
from tests.support.races import await_rivals, race

CONSENT = Consent(ConsentKind.ORAL, "Ana", "Yutupis", NOON.date())
PEOPLE = [Person(DocumentType.DNI, f"{number:08d}", "Rosa", "Quispe") for number in range(20)]


def register(group_id, key):
    with clock.freeze(NOON), unit_of_work.transaction():
        made = db.session.get_one(RegistrationGroup, group_id)
        people = services.register_group(made, PEOPLE, CONSENT, idempotency_key=key, language="es", at=NOON)
        return sorted(person.status for person in people)


def own_people(number):
    """Return the five people of a table of its own."""
    return PEOPLE[5 * number : 5 * number + 5]


def register_own(group_id, number):
    """Register a table of people who stand in no other."""
    with clock.freeze(NOON), unit_of_work.transaction():
        made, key = db.session.get_one(RegistrationGroup, group_id), f"the-key-of-{number}"
        people = services.register_group(
            made, own_people(number), CONSENT, idempotency_key=key, language="es", at=NOON
        )
        return [person.status for person in people]


def register_own_unguarded(group_id, number):
    """Count the seats in one transaction and fill them in another, as if no other table were sent."""
    free = queries.vacancies(db.session.get_one(RegistrationGroup, group_id).event).seats
    db.session.rollback()
    await_rivals()
    with clock.freeze(NOON), unit_of_work.transaction():
        event = db.session.get_one(RegistrationGroup, group_id).event
        for place, person in enumerate(own_people(number)):
            status = RegistrationStatus.CONFIRMED if place < free else RegistrationStatus.WAITLISTED
            key = f"the-key-of-{number}"
            registering._add(event, person, status, idempotency_key=key, language="es", at=NOON)


def spend(challenge):
    with unit_of_work.transaction():
        services.spend_puzzle(challenge, expires_at=NOON + timedelta(minutes=20))


def _group(url):
    with database(url):
        made = group(factories.event(capacity=12))
        db.session.commit()
        return made.id


def test_one_table_from_eight_processes_registers_everybody_once(own_database):
    answers = race(own_database, register, [(_group(own_database), "the-same-key")] * 8)
    assert answers == [["confirmed"] * 12 + ["waitlisted"] * 8] * 8
    with database(own_database):
        assert db.session.scalar(select(func.count()).select_from(Registration)) == len(PEOPLE)


def test_of_eight_tables_with_the_same_people_one_is_taken_whole(own_database):
    group_id = _group(own_database)
    answers = race(own_database, register, [(group_id, f"the-key-of-{number}") for number in range(8)])
    kinds = Counter(type(one) for one in answers)
    assert kinds == {list: 1, RowsRefused: 7}
    refused = next(one for one in answers if isinstance(one, RowsRefused))
    assert {type(error) for error in refused.rows.values()} == {IdentityTaken}
    with database(own_database):
        assert db.session.scalar(select(func.count()).select_from(Registration)) == len(PEOPLE)


def _confirmed(url):
    with database(url):
        statement = select(func.count()).where(Registration.status == RegistrationStatus.CONFIRMED)
        return db.session.scalar(statement)


def test_tables_of_people_who_come_at_once_share_the_seats(own_database):
    group_id = _group(own_database)
    answers = race(own_database, register_own, [(group_id, number) for number in range(4)])
    assert Counter(status for answer in answers for status in answer) == {"confirmed": 12, "waitlisted": 8}
    assert _confirmed(own_database) == 12


def test_without_the_guard_tables_take_more_seats_than_there_are(own_database):
    group_id = _group(own_database)
    calls = [(group_id, number) for number in range(4)]
    assert race(own_database, register_own_unguarded, calls) == [None] * 4
    assert _confirmed(own_database) > 12


def test_a_solved_puzzle_is_spent_once(own_database):
    answers = race(own_database, spend, [("a-challenge",)] * 8)
    assert Counter(type(one) for one in answers) == {type(None): 1, PuzzleSpent: 7}
    with database(own_database):
        assert db.session.scalar(select(func.count()).select_from(SpentPuzzle)) == 1
        assert db.session.scalar(select(func.count()).select_from(HeldSubmission)) == 0
