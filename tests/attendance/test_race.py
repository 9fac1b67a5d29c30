"""Sixteen phones read one pass at the same moment: one lets the person in, the others say that it happened."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app import unit_of_work
from app.attendance import queries, services
from app.attendance.models import (
    Checkpoint,
    CheckpointKind,
    DoorCount,
    HowOften,
    Scan,
    ScanResult,
    ScanSource,
    Ways,
)
from app.attendance.services import Answer, Reading
from app.extensions import db
from app.registration import services as registrations
from app.registration.queries import pass_text
from tests import factories
from tests.conftest import NOON
from tests.support.databases import database
from tests.support.races import await_rivals, race

PHONES = 16
Place = dict[str, Any]


@pytest.fixture
def place(own_database: str) -> Place:
    """An event's first day with as many people as there are phones."""
    with database(own_database):
        event = factories.event()
        people = [factories.registration(event) for _ in range(PHONES)]
        return {
            "event_id": event.id,
            "day_id": event.days[0].id,
            "codes": [person.code for person in people],
            "first_id": people[0].id,
        }


def scan(place: Place, code: str, nonce: str) -> Answer:
    """Scan a pass as a request does."""
    with unit_of_work.transaction():
        reading = Reading(code, nonce, NOON, ScanSource.CAMERA)
        return services.scan(place["event_id"], place["day_id"], reading, by=None, at=NOON)


def scan_unguarded(place: Place, code: str, nonce: str) -> Answer:
    """Look whether the person is in, let go of the database, and decide by what was seen then."""
    seen = queries.people_in_and_first(place["day_id"], place["first_id"])
    db.session.rollback()
    await_rivals()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "people_in_and_first", lambda _day, _person: seen)
        return scan(place, code, nonce)


def one_pass(place: Place) -> list[tuple[Place, str, str]]:
    return [(place, place["codes"][0], f"nonce-of-phone-{number}") for number in range(PHONES)]


def recorded(url: str) -> tuple[Counter[str], int]:
    """Return how often each result was recorded, and the door's counter."""
    with database(url):
        rows = db.session.execute(select(Scan.result, func.count()).group_by(Scan.result))
        results: Counter[str] = Counter({str(result): number for result, number in rows})
        return results, db.session.scalar(select(DoorCount.inside)) or 0


def test_one_pass_is_admitted_once(own_database: str, place: Place) -> None:
    answers = race(own_database, scan, one_pass(place), processes=PHONES)
    assert Counter(answer.result for answer in answers) == {
        ScanResult.ADMITTED: 1,
        ScanResult.ALREADY: PHONES - 1,
    }
    assert {answer.first_at for answer in answers} == {NOON}
    assert recorded(own_database) == ({"admitted": 1, "already": PHONES - 1}, 1)


def test_without_the_guard_it_is_admitted_more_than_once(own_database: str, place: Place) -> None:
    with database(own_database):
        db.session.execute(text("DROP INDEX uq_scans_admission"))
        db.session.commit()
    answers = race(own_database, scan_unguarded, one_pass(place), processes=PHONES)
    admitted = [answer for answer in answers if answer.result == ScanResult.ADMITTED]
    assert len(admitted) > 1


def test_behind_the_guard_stands_the_database(own_database: str, place: Place) -> None:
    answers = race(own_database, scan_unguarded, one_pass(place), processes=PHONES)
    refused = [answer for answer in answers if isinstance(answer, IntegrityError)]
    assert refused
    assert recorded(own_database)[0]["admitted"] == 1


def test_one_reading_sent_many_times_is_one_row(own_database: str, place: Place) -> None:
    calls = [(place, place["codes"][0], "one-nonce-for-all")] * PHONES
    answers = race(own_database, scan, calls, processes=PHONES)
    assert answers == [answers[0]] * PHONES
    assert recorded(own_database) == ({"admitted": 1}, 1)


def test_everybody_is_counted_once(own_database: str, place: Place) -> None:
    calls = [(place, code, f"nonce-of-{code}") for code in place["codes"]]
    answers = race(own_database, scan, calls, processes=PHONES)
    assert sorted(answer.inside for answer in answers) == list(range(1, PHONES + 1))
    assert recorded(own_database) == ({"admitted": PHONES}, PHONES)


@pytest.fixture
def once(own_database: str) -> Place:
    """A checkpoint that lets each person in once, and one pass."""
    with database(own_database):
        event = factories.event()
        gate = Checkpoint(
            event=event,
            name="Entrada",
            kind=CheckpointKind.EVENT,
            ways=Ways.IN,
            how_often=HowOften.ONCE,
            created_at=NOON,
        )
        db.session.add(gate)
        db.session.flush()
        registrations.ensure_key(event.organisation_id, at=NOON)
        person = factories.registration(event)
        return {"checkpoint_id": gate.id, "person_id": person.id, "text": pass_text(person)}


def redeem(place: Place, nonce: str) -> Answer:
    """Read a signed pass at the checkpoint as a request does."""
    with unit_of_work.transaction():
        gate = db.session.get_one(Checkpoint, place["checkpoint_id"])
        reading = Reading(place["text"], nonce, NOON, ScanSource.CAMERA)
        return services.pass_through(gate, reading, by=None, at=NOON)


def redeem_unguarded(place: Place, nonce: str) -> Answer:
    """Look where the person has been, let go of the database, and decide by what was seen then."""
    seen = queries.history_of(db.session.get_one(Checkpoint, place["checkpoint_id"]), place["person_id"])
    db.session.rollback()
    await_rivals()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "history_of", lambda _gate, _person: seen)
        return redeem(place, nonce)


def each_phone(place: Place) -> list[tuple[Place, str]]:
    return [(place, f"nonce-of-phone-{number}") for number in range(PHONES)]


def test_a_signed_pass_is_redeemed_once_at_a_checkpoint(own_database: str, once: Place) -> None:
    answers = race(own_database, redeem, each_phone(once), processes=PHONES)
    assert Counter(answer.result for answer in answers) == {
        ScanResult.ADMITTED: 1,
        ScanResult.ALREADY: PHONES - 1,
    }
    assert {answer.inside for answer in answers} == {1}


def test_without_the_guard_a_checkpoint_redeems_it_more_than_once(own_database: str, once: Place) -> None:
    with database(own_database):
        db.session.execute(text("DROP INDEX uq_scans_once"))
        db.session.commit()
    answers = race(own_database, redeem_unguarded, each_phone(once), processes=PHONES)
    assert len([answer for answer in answers if answer.result == ScanResult.ADMITTED]) > 1
