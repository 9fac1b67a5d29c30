"""The ledger: who writes it, what it refuses, and that summaries are what it says, in whatever order it came."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from app.attendance import queries, services
from app.attendance.errors import AlreadyCorrected, NotOfThisEvent, ReasonMissing
from app.attendance.models import (
    AttendanceChange,
    AttendanceEvent,
    AttendanceSummary,
    AttendanceTotal,
    LedgerKind,
    LedgerSource,
    PresenceInterval,
    ScanSource,
)
from app.attendance.services import Reading
from app.attendance.services.ledger import Entry
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration
from tests import factories

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)  # 9:00 in Lima, when the first session begins


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


@pytest.fixture
def event(session: DbSession) -> Event:
    """Two days of 150 minutes each, in two sessions, the second of the first day in a room."""
    event = factories.event(days=2)
    event.days[0].sessions[1].room_id = factories.room(event).id
    session.commit()
    return event


@pytest.fixture
def person(event: Event) -> Registration:
    """Somebody who is registered for it."""
    return factories.registration(event)


def write(event: Event, *entries: Entry, minute: float = 500) -> None:
    services.ledger.record(event.id, entries, source=LedgerSource.HAND, by=None, at=at(minute))


def scan(event: Event, person: Registration, minute: float = 2, *, nonce: str = "nonce-1") -> None:
    reading = Reading(person.code, nonce, at(minute), ScanSource.CAMERA)
    services.scan(event.id, event.days[0].id, reading, by=None, at=at(minute + 1))


def rows() -> list[AttendanceEvent]:
    return list(db.session.scalars(select(AttendanceEvent).order_by(AttendanceEvent.id)))


def stored() -> tuple[list[Any], list[Any]]:
    """Return what the summaries hold."""
    shares = AttendanceSummary.__table__
    totals = AttendanceTotal.__table__
    return (
        sorted(tuple(row) for row in db.session.execute(select(shares))),
        sorted((row.registration_id, row.minutes, row.days) for row in db.session.execute(select(totals))),
    )


def catch_up() -> None:
    while services.summaries.catch_up(limit=3):
        pass


def test_a_scan_that_lets_in_enters_the_ledger_and_a_refused_one_does_not(
    event: Event, person: Registration
) -> None:
    scan(event, person)
    scan(event, person, 9, nonce="nonce-2")
    services.scan(
        event.id, event.days[0].id, Reading("hola", "nonce-3", at(3), ScanSource.TYPED), by=None, at=at(3)
    )
    assert [
        (
            row.registration_id,
            row.day_id,
            row.kind,
            row.source,
            row.starts_at,
            row.recorded_at,
            row.source_ref[:6],
        )
        for row in rows()
    ] == [
        (person.id, event.days[0].id, "arrival", "scan", at(2), at(3), "scans:"),
        (person.id, event.days[0].id, "arrival", "scan", at(9), at(10), "scans:"),
    ]


@pytest.mark.parametrize(
    "statement", ["UPDATE attendance_events SET reason = 'x'", "DELETE FROM attendance_events"]
)
def test_the_ledger_is_only_added_to(
    event: Event, person: Registration, session: DbSession, statement: str
) -> None:
    scan(event, person)
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(statement))


def test_what_belongs_to_another_event_is_refused_as_a_whole(event: Event, person: Registration) -> None:
    other = factories.event()
    stranger = factories.registration(other)
    good = Entry(person.id, LedgerKind.PRESENT, at(5), day_id=event.days[0].id)
    for wrong in (
        Entry(stranger.id, LedgerKind.PRESENT, at(5), day_id=event.days[0].id),
        Entry(person.id, LedgerKind.PRESENT, at(5), day_id=other.days[0].id),
        Entry(person.id, LedgerKind.PRESENT, at(5), session_id=other.days[0].sessions[0].id),
        Entry(
            person.id, LedgerKind.ARRIVAL, at(5), day_id=event.days[0].id, room_id=factories.room(other).id
        ),
        Entry(person.id, LedgerKind.PRESENT, at(5)),
    ):
        with pytest.raises(NotOfThisEvent):
            write(event, good, wrong)
    assert rows() == []


def test_a_correction_names_what_it_corrects_and_happens_once(
    event: Event, person: Registration, session: DbSession
) -> None:
    scan(event, person)
    [wrong] = rows()
    assert queries.attended_minutes_of(person) == 150
    with pytest.raises(ReasonMissing):
        services.ledger.correct(event, person, wrong.id, reason=" ", by=None, at=at(600))
    stranger = factories.registration(event)
    with pytest.raises(NotOfThisEvent):
        services.ledger.correct(event, stranger, wrong.id, reason="x", by=None, at=at(600))
    services.ledger.correct(event, person, wrong.id, reason="pase ajeno", by=None, at=at(600))
    assert queries.attended_minutes_of(person) == 0
    assert not session.scalars(select(Registration).where(queries.came(event))).all()
    void = rows()[-1]
    assert (void.kind, void.corrects_id, void.reason) == (LedgerKind.VOID, wrong.id, "pase ajeno")
    for again in (wrong.id, void.id):
        with pytest.raises(AlreadyCorrected):
            services.ledger.correct(event, person, again, reason="x", by=None, at=at(601))


def test_a_stretch_of_presence_enters_once_it_grows_no_more(event: Event, person: Registration) -> None:
    talk = event.days[0].sessions[0]
    for minute in range(5):
        services.beat(person, talk, device="a", at=at(minute))
    assert services.settle(at=at(14)) == 0
    assert queries.attended_minutes(event) == {person.id: 5}
    assert services.settle(at=at(15.5)) == 1
    assert services.settle(at=at(99)) == 0
    [row] = rows()
    assert (row.kind, row.source, row.session_id, row.starts_at, row.ends_at) == (
        "interval",
        "presence",
        talk.id,
        at(0),
        at(5),
    )
    services.beat(person, talk, device="a", at=at(6))  # late, from a phone that was asleep
    assert db.session.scalar(select(func.count()).select_from(PresenceInterval)) == 2
    assert queries.attended_minutes(event) == {person.id: 6}
    catch_up()
    assert queries.attended_minutes(event) == {person.id: 6}


def test_readers_are_told_what_the_ledger_says_now(
    event: Event, person: Registration, session: DbSession
) -> None:
    talk, panel = event.days[0].sessions
    scan(event, person)
    expected = {talk.id: (90, 100, "scan"), panel.id: (60, 100, "scan")}
    for step in (lambda: None, catch_up):
        step()
        assert queries.session_shares(event) == {person.id: expected}
        assert queries.session_shares(event, [person.id]) == {person.id: expected}
        assert queries.totals_of(event, [person.id]) == {person.id: (150, {event.days[0].id: 150})}
    assert session.scalar(select(func.count()).select_from(AttendanceChange)) == 0
    write(event, Entry(person.id, LedgerKind.ABSENT, at(200), session_id=panel.id))
    talk.ends_at -= timedelta(minutes=30)
    session.flush()
    for step in (lambda: None, catch_up):
        step()
        assert queries.session_shares(event) == {person.id: {talk.id: (60, 100, "scan")}}
        assert queries.attended_minutes(event) == {person.id: 60}
    session.execute(delete(AttendanceEvent.__table__).where(text("false")))
    assert stored()[1] == [(person.id, 60, {str(event.days[0].id): 60})]


Step = tuple[str, int, int, int, int]
moments = st.integers(-30, 1700)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["arrival", "departure", "room", "present", "absent", "interval", "void", "catch up"]
        ),
        st.integers(0, 2),  # who
        st.integers(0, 3),  # which session or day
        moments,
        st.integers(0, 200),
    ),
    max_size=14,
)


def _entry(event: Event, people: list[Registration], step: Step) -> Entry:
    what, who, which, minute, long = step
    sessions = [one for day in event.days for one in day.sessions]
    day = {"day_id": event.days[which % 2].id}
    session = {"session_id": sessions[which].id}
    person, moment = people[who].id, at(minute)
    match what:
        case "room":
            return Entry(person, LedgerKind.ARRIVAL, moment, room_id=event.days[0].sessions[1].room_id, **day)
        case "interval":
            ends_at = moment + timedelta(minutes=long)
            return Entry(person, LedgerKind.INTERVAL, moment, ends_at=ends_at, **session)
        case _:
            return Entry(person, LedgerKind(what), moment, **(day if long % 2 else session))


def _write_history(event: Event, people: list[Registration], history: list[Step]) -> None:
    for step in history:
        if step[0] == "catch up":
            services.summaries.catch_up(limit=2)
        elif step[0] == "void":
            if free := [one.row for one in queries.history(people[step[1]]) if one.holds]:
                services.ledger.correct(
                    event, people[step[1]], free[-1].id, reason="x", by=None, at=at(step[3])
                )
        else:
            write(event, _entry(event, people, step))


@given(history=steps)
@settings(max_examples=40)
def test_step_by_step_comes_to_the_same_as_from_scratch(event: Event, history: list[Step]) -> None:
    _write_history(event, [factories.registration(event) for _ in range(3)], history)
    live = queries.attended_minutes(event), queries.session_shares(event)
    catch_up()
    assert (queries.attended_minutes(event), queries.session_shares(event)) == live
    step_by_step = stored()
    services.summaries.forget(event.id)
    catch_up()
    assert stored() == step_by_step


@given(history=steps, order=st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_in_which_rows_arrive_does_not_matter(
    event: Event, history: list[Step], order: Any
) -> None:
    """But for two marks of the same instant, of which the one written last holds."""
    marks = [step[3] for step in history if step[0] in {"present", "absent"}]
    assume(len(set(marks)) == len(marks))
    rows_of = [step for step in history if step[0] not in {"catch up", "void"}]
    shuffled = order.sample(rows_of, len(rows_of))
    people, twins = ([factories.registration(event) for _ in range(3)] for _ in range(2))
    _write_history(event, people, rows_of)
    _write_history(event, twins, shuffled)
    shares = queries.session_shares(event)
    assert [shares.get(twin.id) for twin in twins] == [shares.get(one.id) for one in people]
