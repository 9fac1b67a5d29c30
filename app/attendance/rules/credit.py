"""What counts as attendance: pure functions over what is known about a person (see rules.facts).

- Only sessions that count are credited; breaks never are.
- A session is credited whole when the newest word about it or its day says that the person was there. Otherwise what
  was seen of it counts, cut to its time: intervals, and stays that no later word took back. Two devices at once, or a
  hall and a screen, count once.
- A session with a door of its own is not credited by the day's door, where everybody passes.
- Attended minutes are the length of the union of all that is credited; programme minutes that of the union of
  all sessions that count. So parallel sessions count once, and nobody attends more than the programme.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.attendance.models import SEVERAL
from app.attendance.rules.facts import Fact, Known, Scope, Stretch, Word, known
from app.attendance.rules.spans import Span, clip, minutes, union
from app.events.models import Session

Evidence = Sequence[Fact]  # all that is recorded about one person at one event
Memo = dict[frozenset[int], tuple[int, dict[int, int]]]


class Slot(NamedTuple):
    """A session that counts."""

    session_id: int
    day_id: int
    starts_at: datetime
    ends_at: datetime
    room_id: int | None = None
    has_own_door: bool = False

    @property
    def span(self) -> Span:
        """Its time."""
        return Span(self.starts_at, self.ends_at)


class Credit(NamedTuple):
    """What counts of a session: all of it, or spans of its time; and how that is known."""

    spans: list[Span]
    is_whole: bool
    source: str


class Share(NamedTuple):
    """How much of a session was attended."""

    minutes: int
    percent: int
    source: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What the ledger comes to for one person; only sessions and days of which something was attended."""

    minutes: int
    days: dict[int, int]
    sessions: dict[int, Share]


def slots_of(sessions: Iterable[Session], own_doors: frozenset[int] = frozenset()) -> list[Slot]:
    """Return the sessions that count, in the order of time. `own_doors` are the ids of those with their own door."""
    slots = [
        Slot(one.id, one.day_id, one.starts_at, one.ends_at, one.room_id, one.id in own_doors)
        for one in sessions
        if one.counts
    ]
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.session_id))


def programme_minutes(slots: Iterable[Slot]) -> int:
    """Return how many minutes of programme somebody could attend at most."""
    return minutes(slot.span for slot in slots)


def credits_of(slots: Sequence[Slot], evidence: Evidence) -> dict[int, Credit]:
    """Return what counts for a person, by session; what nothing counts of is left out."""
    if not evidence:
        return {}
    all_known = known(evidence)
    found = ((slot.session_id, _credit(slot, all_known)) for slot in slots)
    return {session_id: credit for session_id, credit in found if credit is not None}


def _credit(slot: Slot, all_known: Known) -> Credit | None:
    day, session = Scope(slot.day_id), Scope(None, slot.session_id)
    marks = [word for scope in (day, session) if (word := all_known.marked.get(scope))]
    doors = (session,) if slot.has_own_door else (day, session)
    arrivals = [word for scope in doors if (word := all_known.arrived.get(scope))]
    if marks or arrivals:
        newest = max(marks + arrivals)
        if newest.is_present:
            return Credit([slot.span], True, newest.source)
    if not all_known.stretches:
        return None
    return _seen(slot, all_known, max(marks, default=None))


def _seen(slot: Slot, all_known: Known, taken_back: Word | None) -> Credit | None:
    found: list[Span] = []
    sources: set[str] = set()
    for stretch in _stretches(slot, all_known):
        if stretch.is_stay and taken_back and stretch.span.starts_at <= taken_back.at:
            continue
        if span := clip(stretch.span, slot.span):
            found.append(span)
            sources.add(stretch.source)
    if not found:
        return None
    return Credit(union(found), False, sources.pop() if len(sources) == 1 else SEVERAL)


def _stretches(slot: Slot, all_known: Known) -> Iterable[Stretch]:
    yield from all_known.stretches.get(Scope(None, slot.session_id), ())
    for stretch in all_known.stretches.get(Scope(slot.day_id), ()):
        if not (stretch.is_stay and slot.has_own_door):
            yield stretch
    if slot.room_id is not None:
        yield from all_known.stretches.get(Scope(slot.day_id, None, slot.room_id), ())


def summary(slots: Sequence[Slot], evidence: Evidence, memo: Memo | None = None) -> Summary:
    """Return what the ledger comes to for one person.

    `memo` keeps, for one programme, the totals of sets of whole sessions: most people share theirs with many.
    """
    found = credits_of(slots, evidence)
    shares = {}
    for slot in slots:
        if credit := found.get(slot.session_id):
            attended, of = minutes(credit.spans), minutes([slot.span])
            shares[slot.session_id] = Share(attended, 100 * attended // of if of else 0, credit.source)
    if memo is None or not all(credit.is_whole for credit in found.values()):
        return Summary(*_totals(slots, found), shares)
    whole = frozenset(found)
    if whole not in memo:
        memo[whole] = _totals(slots, found)
    return Summary(*memo[whole], shares)


def _totals(slots: Sequence[Slot], found: dict[int, Credit]) -> tuple[int, dict[int, int]]:
    days: dict[int, list[Span]] = {}
    for slot in slots:
        if credit := found.get(slot.session_id):
            days.setdefault(slot.day_id, []).extend(credit.spans)
    everything = minutes(span for spans in days.values() for span in spans)
    return everything, {day_id: minutes(spans) for day_id, spans in days.items()}


def credited(slots: Sequence[Slot], evidence: Evidence) -> list[Span]:
    """Return the time that counts for a person, as a union."""
    return union(span for credit in credits_of(slots, evidence).values() for span in credit.spans)


def attended_minutes(slots: Sequence[Slot], evidence: Evidence) -> int:
    """Return how many minutes of the programme a person attended."""
    return minutes(credited(slots, evidence))


def minutes_by_session(slots: Sequence[Slot], evidence: Evidence) -> dict[int, int]:
    """Return the minutes attended of each session that counts; parallel sessions each tell their own."""
    found = credits_of(slots, evidence)
    return {
        slot.session_id: minutes(found[slot.session_id].spans) if slot.session_id in found else 0
        for slot in slots
    }


def minutes_by_day(slots: Sequence[Slot], evidence: Evidence) -> dict[int, int]:
    """Return the minutes attended on each day that has sessions that count."""
    _everything, days = _totals(slots, credits_of(slots, evidence))
    return {slot.day_id: days.get(slot.day_id, 0) for slot in slots}


def newest_mark(evidence: Evidence, *, day_id: int) -> Word | None:
    """Return what was last written by hand about a whole day."""
    return known(evidence).marked.get(Scope(day_id))
