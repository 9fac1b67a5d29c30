"""What counts as attendance, as tables and as properties."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import codes
from app.attendance import rules
from app.attendance.models import LedgerKind, LedgerSource, ScanResult
from app.attendance.rules import Fact, Slot, Span
from app.events.models import Session, SessionKind
from app.registration import services as registration
from app.registration.models import RegistrationStatus

NINE = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)  # 9:00 in Lima


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def slot(number: int, start: float, end: float, *, day: int = 1) -> Slot:
    return Slot(number, day, at(start), at(end))


def fact(kind: LedgerKind, start: float, end: float | None = None, **scope: int) -> Fact:
    source = {LedgerKind.ARRIVAL: LedgerSource.SCAN, LedgerKind.INTERVAL: LedgerSource.PRESENCE}
    where = {"day_id": None, "session_id": None, "room_id": None} | scope
    ends_at = None if end is None else at(end)
    known = source.get(kind, LedgerSource.HAND)
    return Fact(id=0, kind=kind, starts_at=at(start), ends_at=ends_at, source=known, **where)


def entry(minute: float, *, day: int = 1) -> Fact:
    return fact(LedgerKind.ARRIVAL, minute, day_id=day)


def gone(minute: float, *, day: int = 1) -> Fact:
    return fact(LedgerKind.DEPARTURE, minute, day_id=day)


def in_room(minute: float, room: int) -> Fact:
    return fact(LedgerKind.ARRIVAL, minute, day_id=1, room_id=room)


def of_day(present: bool, minute: float, *, day: int = 1) -> Fact:
    return fact(LedgerKind.PRESENT if present else LedgerKind.ABSENT, minute, day_id=day)


def of_session(present: bool, minute: float, *, session: int = 1) -> Fact:
    return fact(LedgerKind.PRESENT if present else LedgerKind.ABSENT, minute, session_id=session)


def seen(session: int, start: float, end: float) -> Fact:
    return fact(LedgerKind.INTERVAL, start, end, session_id=session)


def evidence(*facts: Fact, corrects: tuple[tuple[int, int], ...] = ()) -> list[Fact]:
    """Number rows from 1 in the order of their writing; `corrects` names pairs of a later and an earlier one."""
    named = dict(corrects)
    return [
        one._replace(id=number, corrects_id=named.get(number)) for number, one in enumerate(facts, start=1)
    ]


# Day 1: two sessions in a row after a break, and one beside the second. Day 2: one session.
TALK, PANEL, WORKSHOP = slot(1, 0, 90), slot(2, 120, 180), slot(3, 120, 210)
SECOND_DAY = slot(4, 1440, 1500, day=2)
PROGRAMME = [TALK, PANEL, WORKSHOP, SECOND_DAY]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 10)], [(0, 10)]),
        ([(0, 10), (5, 20)], [(0, 20)]),
        ([(5, 20), (0, 10)], [(0, 20)]),
        ([(0, 10), (10, 20)], [(0, 20)]),
        ([(0, 10), (11, 20)], [(0, 10), (11, 20)]),
        ([(0, 30), (5, 10)], [(0, 30)]),
        ([(5, 5)], []),
        ([(10, 5)], []),
    ],
)
def test_union_joins_what_overlaps_or_touches(spans: list, expected: list) -> None:
    assert rules.union([span(*pair) for pair in spans]) == [span(*pair) for pair in expected]


@pytest.mark.parametrize(
    ("stretch", "expected"),
    [
        ((-10, 200), (0, 90)),
        ((10, 20), (10, 20)),
        ((-5, 5), (0, 5)),
        ((80, 95), (80, 90)),
        ((-10, 0), None),
        ((90, 95), None),
    ],
)
def test_clip_keeps_what_lies_within(stretch: tuple, expected: tuple | None) -> None:
    assert rules.clip(span(*stretch), TALK.span) == (span(*expected) if expected else None)


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (59, 0), (60, 1), (119.9, 1), (5400, 90)])
def test_minutes_are_whole_and_rounded_down(seconds: float, expected: int) -> None:
    assert rules.minutes([Span(NINE, NINE + timedelta(seconds=seconds))]) == expected


def test_breaks_never_count() -> None:
    shared = {"day_id": 1, "starts_at": at(0), "ends_at": at(30)}
    talk = Session(id=1, kind=SessionKind.TALK, **shared)
    pause = Session(id=2, kind=SessionKind.BREAK, **shared)
    assert rules.slots_of([pause, talk]) == [slot(1, 0, 30)]


def test_parallel_sessions_count_once_in_the_programme() -> None:
    assert rules.programme_minutes(PROGRAMME) == 90 + 90 + 60


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        pytest.param(evidence(), 0, id="nothing"),
        pytest.param(evidence(entry(5)), 180, id="a scan credits its day"),
        pytest.param(evidence(entry(5), entry(1445, day=2)), 240, id="two days"),
        pytest.param(evidence(entry(5, day=9)), 0, id="a day without sessions"),
        pytest.param(evidence(of_day(True, 300)), 180, id="a mark of a day"),
        pytest.param(evidence(of_session(True, 300)), 90, id="a mark of a session"),
        pytest.param(evidence(of_session(True, 300, session=99)), 0, id="a mark of a break"),
        pytest.param(evidence(entry(5), of_day(False, 300)), 0, id="a scan taken back"),
        pytest.param(evidence(entry(5), of_day(False, 2)), 180, id="a scan after that"),
        pytest.param(evidence(entry(5), of_day(False, 5)), 0, id="a mark outweighs a scan"),
        pytest.param(
            evidence(of_day(True, 5), of_day(False, 5)), 0, id="of two at once the one written last"
        ),
        pytest.param(evidence(of_day(False, 5), of_day(True, 6)), 180, id="written again"),
        pytest.param(evidence(entry(5), of_session(False, 300)), 90, id="left before the talk"),
        pytest.param(
            evidence(of_session(False, 300), of_day(True, 301)), 180, id="the day's newer word counts"
        ),
        pytest.param(
            evidence(of_day(False, 301), of_session(True, 302)),
            90,
            id="the session's newer word counts",
        ),
        pytest.param(evidence(seen(1, 10, 52)), 42, id="presence"),
        pytest.param(evidence(seen(1, 10, 52), seen(1, 40, 60)), 50, id="two devices at once"),
        pytest.param(evidence(seen(1, -15, 30)), 30, id="presence before the beginning"),
        pytest.param(evidence(seen(1, 80, 120)), 10, id="presence after the end"),
        pytest.param(evidence(seen(99, 0, 90)), 0, id="presence in a break"),
        pytest.param(evidence(seen(2, 120, 180), seen(3, 120, 210)), 90, id="two rooms at once count once"),
        pytest.param(
            evidence(entry(5), of_day(False, 300), seen(1, 10, 52)),
            42,
            id="no mark takes presence back",
        ),
        pytest.param(
            evidence(entry(5), seen(1, 10, 52), seen(4, 1440, 1450)),
            190,
            id="a scan and presence unite",
        ),
    ],
)
def test_attended_minutes(recorded: list[Fact], expected: int) -> None:
    assert rules.attended_minutes(PROGRAMME, recorded) == expected


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        pytest.param(evidence(entry(10), gone(60)), {1: 50}, id="a stay, where departures are kept"),
        pytest.param(evidence(gone(60), entry(10)), {1: 50}, id="written in the other order"),
        pytest.param(
            evidence(entry(10), gone(60), entry(80)), {1: 60, 2: 60, 3: 90}, id="came back and stays"
        ),
        pytest.param(evidence(gone(60)), {}, id="left without having come"),
        pytest.param(
            evidence(entry(10), gone(60), of_day(False, 70)), {}, id="a later mark takes a stay back"
        ),
        pytest.param(
            evidence(entry(10), gone(60), of_day(True, 70)), {1: 90, 2: 60, 3: 90}, id="or makes it whole"
        ),
        pytest.param(
            evidence(of_day(False, 5), entry(10), gone(60)), {1: 50}, id="a stay after a withdrawal"
        ),
        pytest.param(evidence(in_room(130, 7)), {2: 50}, id="a room holds its own sessions"),
        pytest.param(
            evidence(in_room(130, 7), in_room(150, 8)), {2: 20, 3: 60}, id="entering a room leaves the other"
        ),
        pytest.param(
            evidence(in_room(130, 7), gone(140)),
            {2: 10},
            id="leaving the house leaves the room",
        ),
        pytest.param(
            evidence(entry(5), fact(LedgerKind.VOID, 9, day_id=1), corrects=((2, 1),)), {}, id="void"
        ),
        pytest.param(
            evidence(entry(5), of_session(True, 9), corrects=((2, 1),)),
            {1: 90},
            id="replaced by another word",
        ),
        pytest.param(
            evidence(
                seen(1, 0, 90),
                seen(1, 0, 30),
                fact(LedgerKind.VOID, 9, session_id=1),
                corrects=((2, 1), (3, 2)),
            ),
            {},
            id="what corrected it is itself corrected: neither counts",
        ),
        pytest.param(
            evidence(fact(LedgerKind.INTERVAL, 60, 150, day_id=1)), {1: 30, 2: 30, 3: 30}, id="of a day"
        ),
    ],
)
def test_stays_rooms_and_corrections(recorded: list[Fact], expected: dict[int, int]) -> None:
    programme = [
        TALK._replace(room_id=7),
        PANEL._replace(room_id=7),
        WORKSHOP._replace(room_id=8),
        SECOND_DAY,
    ]
    found = rules.summary(programme, recorded)
    assert {number: share.minutes for number, share in found.sessions.items()} == expected
    assert found.minutes == rules.attended_minutes(programme, recorded)


def test_a_session_with_a_door_of_its_own_is_not_credited_by_the_day_s() -> None:
    programme = [TALK, PANEL._replace(has_own_door=True)]
    assert rules.minutes_by_session(programme, evidence(entry(5))) == {1: 90, 2: 0}
    own = fact(LedgerKind.ARRIVAL, 125, session_id=2)
    assert rules.minutes_by_session(programme, evidence(entry(5), own)) == {1: 90, 2: 60}
    assert rules.minutes_by_session(programme, evidence(entry(100), gone(200))) == {1: 0, 2: 0}
    assert rules.minutes_by_session(programme, evidence(of_day(True, 5))) == {1: 90, 2: 60}


def test_a_summary_says_how_much_in_per_cent_and_by_what_evidence() -> None:
    hall = fact(LedgerKind.INTERVAL, 20, 50, day_id=1)._replace(source=LedgerSource.IMPORT)
    recorded = evidence(of_session(True, 300, session=3), seen(1, 0, 30), hall, seen(4, 1440, 1449))
    assert rules.summary(PROGRAMME, recorded) == rules.Summary(
        50 + 90 + 9,
        {1: 140, 2: 9},
        {1: (50, 55, "several"), 3: (90, 100, "hand"), 4: (9, 15, "presence")},
    )


def test_minutes_by_session_tell_parallel_sessions_apart() -> None:
    recorded = evidence(of_session(True, 300), seen(2, 110, 150), seen(3, 140, 210))
    assert rules.minutes_by_session(PROGRAMME, recorded) == {1: 90, 2: 30, 3: 70, 4: 0}


def test_minutes_by_day() -> None:
    recorded = evidence(entry(5), seen(4, 1440, 1450))
    assert rules.minutes_by_day(PROGRAMME, recorded) == {1: 180, 2: 10}


def test_the_newest_mark_of_a_day() -> None:
    recorded = evidence(of_day(True, 9), of_day(False, 9), of_day(True, 3), of_day(True, 99, day=2))
    assert rules.newest_mark(recorded, day_id=1) == (at(9), 1, 2, False, "hand")
    assert rules.newest_mark(recorded, day_id=3) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("7XK2M9QW", "7XK2M9QW"),
        (" 7xk2-m9qw ", "7XK2M9QW"),
        ("7XK2 M9QW\n", "7XK2M9QW"),
        ("https://eventos.example.pe/p/7xk2-m9qw/", "7XK2M9QW"),
        ("", ""),
        ("///", ""),
    ],
)
def test_code_in_what_was_read(text: str, code: str) -> None:
    assert rules.code_in(text) == code


def test_is_pass_checks_the_length_that_registration_gives() -> None:
    assert rules.CODE_LENGTH == registration.CODE_LENGTH
    assert rules.is_pass(codes.generate(registration.CODE_LENGTH))
    assert not rules.is_pass(codes.generate(12))
    assert not rules.is_pass("")


@pytest.mark.parametrize(
    ("status", "first_at", "result"),
    [
        (RegistrationStatus.CONFIRMED, None, ScanResult.ADMITTED),
        (RegistrationStatus.CONFIRMED, NINE, ScanResult.ALREADY),
        (RegistrationStatus.WAITLISTED, None, ScanResult.WAITLISTED),
        (RegistrationStatus.WAITLISTED, NINE, ScanResult.WAITLISTED),
        (RegistrationStatus.CANCELLED, None, ScanResult.CANCELLED),
        (RegistrationStatus.CANCELLED, NINE, ScanResult.CANCELLED),
    ],
)
def test_door_result(status: RegistrationStatus, first_at: datetime | None, result: ScanResult) -> None:
    assert rules.door_result(status, first_at=first_at) is result


def test_a_door_s_clock_that_runs_ahead_is_not_believed() -> None:
    assert rules.own_time(at(5), received_at=at(9)) == at(5)
    assert rules.own_time(at(12), received_at=at(9)) == at(9)


@pytest.mark.parametrize(
    ("minute", "is_open"), [(-15.01, False), (-15, True), (0, True), (89.99, True), (90, False), (100, False)]
)
def test_a_room_is_open_from_15_minutes_before_until_the_end(minute: float, is_open: bool) -> None:
    assert rules.is_room_open(TALK.starts_at, TALK.ends_at, at=at(minute)) is is_open


def test_a_beat_credits_a_minute_but_not_past_the_end() -> None:
    assert rules.beat_ends(at(10), ends_at=TALK.ends_at) == at(11)
    assert rules.beat_ends(at(89.5), ends_at=TALK.ends_at) == at(90)


moments = st.integers(min_value=-60, max_value=1600)
presences = st.lists(
    st.builds(
        lambda session, start, long: seen(session, start, start + long),
        st.integers(1, 5),
        moments,
        st.integers(0, 300),
    ),
    max_size=12,
)
marks = st.lists(
    st.one_of(
        st.builds(
            lambda present, minute, day: of_day(present, minute, day=day),
            st.booleans(),
            moments,
            st.integers(1, 2),
        ),
        st.builds(
            lambda present, minute, number: of_session(present, minute, session=number),
            st.booleans(),
            moments,
            st.integers(1, 5),
        ),
    ),
    max_size=6,
    unique_by=lambda mark: mark.starts_at,
)
entries = st.lists(
    st.builds(lambda minute, day: entry(minute, day=day), moments, st.integers(1, 2)), max_size=4
)
departures = st.lists(
    st.builds(lambda minute, day: gone(minute, day=day), moments, st.integers(1, 2)), max_size=3
)
everything = st.tuples(entries, departures, marks, presences).map(
    lambda lists: evidence(*(one for some in lists for one in some))
)


@given(everything)
def test_nobody_attends_more_than_the_programme(recorded: list[Fact]) -> None:
    attended = rules.attended_minutes(PROGRAMME, recorded)
    assert 0 <= attended <= rules.programme_minutes(PROGRAMME)
    by_session = rules.minutes_by_session(PROGRAMME, recorded)
    assert all(by_session[one.session_id] <= rules.minutes([one.span]) for one in PROGRAMME)
    assert max(by_session.values()) <= attended <= sum(by_session.values())
    assert sum(rules.minutes_by_day(PROGRAMME, recorded).values()) == attended


@given(presences)
def test_the_union_over_devices_never_exceeds_the_session(stretches: list[Fact]) -> None:
    of_talk = [one._replace(session_id=1) for one in stretches]
    attended = rules.attended_minutes([TALK], of_talk)
    alone = [rules.attended_minutes([TALK], [one]) for one in of_talk]
    assert max(alone, default=0) <= attended <= min(90, sum(alone))


@given(everything, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(recorded: list[Fact], random: object) -> None:
    shuffled = list(recorded)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.summary(PROGRAMME, shuffled) == rules.summary(PROGRAMME, recorded)


@given(everything, presences)
def test_more_presence_never_takes_anything_away(recorded: list[Fact], more: list[Fact]) -> None:
    before = rules.attended_minutes(PROGRAMME, recorded)
    assert rules.attended_minutes(PROGRAMME, recorded + more) >= before


@given(everything)
def test_a_memo_changes_nothing(recorded: list[Fact]) -> None:
    memo = rules.Memo()
    assert rules.summary(PROGRAMME, recorded, memo) == rules.summary(PROGRAMME, recorded)
    assert rules.summary(PROGRAMME, recorded, memo) == rules.summary(PROGRAMME, recorded)


@given(st.lists(st.tuples(moments, moments).map(lambda pair: span(*pair)), max_size=12))
def test_a_union_is_ordered_and_apart(spans: list[Span]) -> None:
    joined = rules.union(spans)
    assert all(one.ends_at < other.starts_at for one, other in pairwise(joined))
    assert rules.union(joined) == joined
