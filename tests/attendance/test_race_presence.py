"""Rivals at pairing, at synchronising, at importing a meeting's file and at checking in; and their unguarded twins.

All take part in one race each way: what is tried at once is tried after everybody stands at the line.
"""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import signing, unit_of_work
from app.attendance import services
from app.attendance.errors import FileSettled, PairingLapsed
from app.attendance.models import (
    AttendanceEvent,
    DoorDevice,
    LedgerKind,
    LedgerSource,
    MeetingImport,
    Scan,
    ScanResult,
    ScanSource,
)
from app.attendance.queries.check_ins import Place as Room
from app.attendance.services import Batch, Told, check_ins, ledger, meeting_files, sync
from app.events.models import Event, Session
from app.extensions import db
from app.permissions import Role
from app.registration.models import Registration
from tests import factories
from tests.attendance.test_race import database
from tests.conftest import NOON
from tests.support.races import await_rivals, race

RIVALS = 4
HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
FILE = f"{HEAD}Rosa,rosa@example.pe,05/12/2026 09:00 AM,05/12/2026 10:00 AM,60\n"
Place = dict[str, Any]


def received(event: Event) -> meeting_files.Received:
    return meeting_files.receive(BytesIO(FILE.encode()), "zoom.csv", event)


@pytest.fixture
def place(own_database: str) -> Place:
    """What there is to be had once: a pairing, a batch that was not told yet, a file, a person to check in."""
    with database(own_database):
        event = factories.event()
        office = factories.user(Role.ORGANISER, organisation=event.organisation)
        person = factories.registration(event, email="rosa@example.pe")
        facts = {"day_ids": [], "expires_at": NOON + timedelta(days=1), "by": office, "at": NOON}
        unpaired = services.add_device(event, "Por vincular", **facts)
        telling = services.add_device(event, "Vinculado", **facts)
        services.pair(services.pairing_token(telling), at=NOON)
        imported = meeting_files.create(event, received(event), by=None, at=NOON)
        imported.digest = "of another file"
        db.session.commit()
        return {
            "event": event.id,
            "day": event.days[0].id,
            "session": event.days[0].sessions[0].id,
            "person": person.id,
            "code": person.code,
            "pairing": services.pairing_token(unpaired),
            "device": telling.id,
            "import": imported.id,
        }


def pair(place: Place) -> str:
    with unit_of_work.transaction():
        return services.pair(place["pairing"], at=NOON)[1]


def pair_unguarded(place: Place) -> str:
    """Look whether the address still pairs, and take it then."""
    hashed = signing.hashed(place["pairing"])
    found = db.session.scalars(
        select(DoorDevice.id).where(DoorDevice.pairing_hash == hashed, DoorDevice.paired_at.is_(None))
    ).one()
    db.session.rollback()
    await_rivals()
    with unit_of_work.transaction():
        device, token = db.session.get_one(DoorDevice, found), signing.new_token()
        device.paired_at, device.token_hash = NOON, signing.hashed(token)
        return token


def batch(place: Place) -> Batch:
    told = Told(
        place["code"], "nonce-of-the-batch", place["day"], NOON, ScanSource.CAMERA, ScanResult.ADMITTED
    )
    return Batch(NOON, None, 1, [told])


def tell(place: Place) -> list[Any]:
    with unit_of_work.transaction():
        return services.receive(place["device"], batch(place), at=NOON)


def tell_unguarded(place: Place) -> list[Any]:
    """Look which scans are known, let go of the device, and write those that were not."""
    known = sync._known(db.session.get_one(DoorDevice, place["device"]), batch(place).scans)
    db.session.rollback()
    await_rivals()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync, "_known", lambda _device, _scans: known)
        return tell(place)


def send(place: Place) -> int:
    with unit_of_work.transaction():
        event = db.session.get_one(Event, place["event"])
        return meeting_files.create(event, received(event), by=None, at=NOON).id


def send_unguarded(place: Place) -> int:
    """Look whether the file is known, and add it where it was not."""
    event = db.session.get_one(Event, place["event"])
    seen = meeting_files.queries.meeting_file_by_digest(event.id, received(event).digest)
    db.session.rollback()
    await_rivals()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meeting_files.queries, "meeting_file_by_digest", lambda _event, _digest: seen)
        return send(place)


def put(place: Place) -> int:
    with unit_of_work.transaction():
        event, run = (
            db.session.get_one(Event, place["event"]),
            db.session.get_one(MeetingImport, place["import"]),
        )
        return meeting_files.put_into_ledger(event, run, {}, by=None, at=NOON)


def put_unguarded(place: Place) -> int:
    """Look whether it is imported, and import it where it was not, whoever did so meanwhile."""
    assert db.session.get_one(MeetingImport, place["import"]).state == "draft"
    db.session.rollback()
    await_rivals()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meeting_files, "_claim", lambda _run, _before, _after: None)
        return put(place)


def check_in(place: Place) -> bool:
    with unit_of_work.transaction():
        person, session = (
            db.session.get_one(Registration, place["person"]),
            db.session.get_one(Session, place["session"]),
        )
        room = Room(session, LedgerSource.SELF_CHECK_IN)
        return check_ins.check_in(person, room, device="one phone", at=session.starts_at)


def check_in_unguarded(place: Place) -> bool:
    """Look whether the person is written down, and write where not."""
    mine = select(func.count()).where(AttendanceEvent.source == LedgerSource.SELF_CHECK_IN)
    seen = db.session.scalar(mine)
    db.session.rollback()
    await_rivals()
    with unit_of_work.transaction():
        entry = ledger.Entry(place["person"], LedgerKind.PRESENT, NOON, session_id=place["session"])
        if not seen:
            ledger.record(place["event"], [entry], source=LedgerSource.SELF_CHECK_IN, by=None, at=NOON)
        return not seen


GUARDED = (pair, tell, send, put, check_in)
UNGUARDED = (pair_unguarded, tell_unguarded, send_unguarded, put_unguarded, check_in_unguarded)


def attempt(name: str, place: Place) -> Any:
    """Try one thing along with the rivals; an error is what came of it, so that all go on to the next thing."""
    work: Callable[[Place], Any] = globals()[name]
    if work in GUARDED:
        await_rivals()
    try:
        return work(place)
    except (PairingLapsed, FileSettled, IntegrityError) as error:
        db.session.rollback()
        return error


def raced(url: str, place: Place, works: tuple[Callable[[Place], Any], ...]) -> dict[str, list[Any]]:
    calls = [(work.__name__, place) for work in works for _ in range(RIVALS)]
    answers = race(url, attempt, calls, processes=RIVALS)
    return {work.__name__: answers[at * RIVALS : (at + 1) * RIVALS] for at, work in enumerate(works)}


def entries(source: LedgerSource) -> int | None:
    return db.session.scalar(select(func.count()).where(AttendanceEvent.source == source))


def test_of_rivals_one_has_it_and_the_others_are_told(own_database: str, place: Place) -> None:
    came = raced(own_database, place, GUARDED)
    assert sorted(type(one).__name__ for one in came["pair"]) == ["PairingLapsed"] * (RIVALS - 1) + ["str"]
    assert came["tell"] == [came["tell"][0]] * RIVALS
    assert came["send"] == [came["send"][0]] * RIVALS
    assert sorted(type(one).__name__ for one in came["put"]) == ["FileSettled"] * (RIVALS - 1) + ["int"]
    assert sorted(came["check_in"]) == [False] * (RIVALS - 1) + [True]
    with database(own_database):
        assert db.session.scalar(select(func.count()).select_from(Scan)) == 1
        assert [entries(source) for source in (LedgerSource.IMPORT, LedgerSource.SELF_CHECK_IN)] == [1, 1]


def test_without_the_guards_it_goes_wrong(own_database: str, place: Place) -> None:
    came = raced(own_database, place, UNGUARDED)
    assert len({one for one in came["pair_unguarded"] if isinstance(one, str)}) > 1
    assert [type(one) for one in came["tell_unguarded"]].count(IntegrityError) == RIVALS - 1
    assert [type(one) for one in came["send_unguarded"]].count(IntegrityError) == RIVALS - 1
    with database(own_database):
        assert [entries(source) for source in (LedgerSource.IMPORT, LedgerSource.SELF_CHECK_IN)] == [
            RIVALS
        ] * 2
