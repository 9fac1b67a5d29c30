"""What is known about one person, read from rows of the ledger: pure functions.

The rules, all of which hold whatever the order in which rows arrive:

- A row that another one corrects says nothing; nor does a VOID row, which only corrects.
- Arrivals, marks "was there" and marks "was not there" are words about a day or a session, each at its own time (for
  a scan the door's). The newest word counts: a mark "was not there" takes back what came before it, a later arrival
  or mark counts again. At the same instant a mark outweighs an arrival, and of two marks the one written last.
- Where departures are kept for a day or session, and in rooms, arrivals are no words: they begin a stay, which ends
  with the next departure from there; a stay in a room also ends with an arrival in another room, or with leaving the
  day's door. A stay without an end lasts.
- An interval was measured: no mark takes it back, only a correction does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from app.attendance.models import LedgerKind, LedgerSource
from app.attendance.rules.spans import Span

_NEVER = datetime.max.replace(tzinfo=UTC)


class Fact(NamedTuple):
    """A row of the ledger. An interval that still grows has no id yet: 0."""

    id: int
    kind: LedgerKind
    day_id: int | None
    session_id: int | None
    room_id: int | None
    starts_at: datetime
    ends_at: datetime | None
    source: LedgerSource
    corrects_id: int | None = None

    @property
    def scope(self) -> "Scope":
        """What it is about."""
        return Scope(self.day_id, self.session_id, self.room_id)


class Scope(NamedTuple):
    """A day, what it holds in one room, or a session."""

    day_id: int | None
    session_id: int | None = None
    room_id: int | None = None


class Word(NamedTuple):
    """Something said about a whole day or session; the greatest is the newest."""

    at: datetime
    weight: int
    id: int
    is_present: bool
    source: LedgerSource


class Stretch(NamedTuple):
    """A time for which somebody was seen. A stay, unlike what was measured, can be taken back by a later word."""

    span: Span
    source: LedgerSource
    is_stay: bool


@dataclass(slots=True)
class Known:
    """What is known about one person: the newest arrival and the newest mark of each scope, and stretches of time."""

    arrived: dict[Scope, Word] = field(default_factory=dict)
    marked: dict[Scope, Word] = field(default_factory=dict)
    stretches: dict[Scope, list[Stretch]] = field(default_factory=dict)


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """Return the rows that say something: neither corrected nor void."""
    rows = list(facts)
    corrected = {row.corrects_id for row in rows if row.corrects_id is not None}
    return [row for row in rows if row.kind != LedgerKind.VOID and (not row.id or row.id not in corrected)]


def known(facts: Iterable[Fact]) -> Known:
    """Return what rows of the ledger about one person say together."""
    found = Known()
    arrivals: list[Fact] = []
    departures: list[Fact] = []
    for fact in standing(facts):
        match fact.kind:
            case LedgerKind.ARRIVAL:
                arrivals.append(fact)
            case LedgerKind.DEPARTURE:
                departures.append(fact)
            case LedgerKind.INTERVAL:
                span = Span(fact.starts_at, fact.ends_at or fact.starts_at)
                found.stretches.setdefault(fact.scope, []).append(Stretch(span, fact.source, is_stay=False))
            case _:
                is_present = fact.kind == LedgerKind.PRESENT
                _keep(found.marked, fact.scope, Word(fact.starts_at, 1, fact.id, is_present, fact.source))
    left = {fact.scope for fact in departures}
    for fact in arrivals:
        if fact.room_id is None and fact.scope not in left:
            _keep(found.arrived, fact.scope, Word(fact.starts_at, 0, fact.id, True, fact.source))
        else:
            span = Span(fact.starts_at, _end(fact, arrivals, departures))
            found.stretches.setdefault(fact.scope, []).append(Stretch(span, fact.source, is_stay=True))
    return found


def _keep(words: dict[Scope, Word], scope: Scope, word: Word) -> None:
    words[scope] = max(word, words.get(scope, word))


def _end(arrival: Fact, arrivals: Sequence[Fact], departures: Sequence[Fact]) -> datetime:
    """Return when the stay that an arrival begins is over."""
    scopes = {arrival.scope, Scope(arrival.day_id)} if arrival.room_id is not None else {arrival.scope}
    ends = [fact.starts_at for fact in departures if fact.scope in scopes]
    if arrival.room_id is not None:
        ends += [fact.starts_at for fact in arrivals if fact.room_id not in {None, arrival.room_id}]
    return min((moment for moment in ends if moment > arrival.starts_at), default=_NEVER)
