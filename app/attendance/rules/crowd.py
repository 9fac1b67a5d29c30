"""Who came on a day, by what way, and who is inside: pure functions over the day's rows of the ledger.

Each person is counted once in each list of numbers, so that its numbers add up:

- who came: at the door, else on a screen, else in a list (marks, sheets, codes). A mark "was not there" after which
  nothing counts takes a person out.
- who is inside: came in and has not left by the day's door since. Of these, who is in a room with a door of its own is
  there, the others are somewhere in the house. Where only rooms or sessions have doors, the last passage counts.
- arrivals: the first of each person.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.attendance.models import LedgerKind
from app.attendance.rules.credit import Slot, attended_minutes
from app.attendance.rules.facts import Fact, standing

MOST_BARS = 90
_BAR_MINUTES = (1, 2, 5, 10, 15, 30, 60)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Way(StrEnum):
    """How somebody came to be known as present."""

    DOOR = "door"
    SCREEN = "screen"
    LIST = "list"


_WAYS = (
    (LedgerKind.ARRIVAL, Way.DOOR),
    (LedgerKind.INTERVAL, Way.SCREEN),
    (LedgerKind.PRESENT, Way.LIST),
)


@dataclass(slots=True)
class Crowd:
    """The people of a day: the way of each who came, the room (or None) of each who is inside, first arrivals."""

    ways: dict[int, Way] = field(default_factory=dict)
    inside: dict[int, int | None] = field(default_factory=dict)
    arrivals: list[datetime] = field(default_factory=list)
    reads_leaving: bool = False

    @property
    def by_way(self) -> Counter[Way]:
        """How many came by which way."""
        return Counter(self.ways.values())

    @property
    def by_room(self) -> Counter[int | None]:
        """How many are inside which room; None is the house outside of rooms with a door of their own."""
        return Counter(self.inside.values())


def crowd(slots: Sequence[Slot], recorded: Mapping[int, Sequence[Fact]]) -> Crowd:
    """Return who came on a day and who is inside. `slots` and rows are those of that day, by registration."""
    found = Crowd()
    for person, facts in recorded.items():
        held = standing(facts)
        kinds = {fact.kind for fact in held}
        found.reads_leaving |= LedgerKind.DEPARTURE in kinds
        way = next((way for kind, way in _WAYS if kind in kinds), None)
        if way is None or (LedgerKind.ABSENT in kinds and not attended_minutes(slots, facts)):
            continue
        found.ways[person] = way
        if way is Way.DOOR:
            found.arrivals.append(min(one.starts_at for one in held if one.kind == LedgerKind.ARRIVAL))
            _follow(found, person, held)
    return found


def _follow(found: Crowd, person: int, held: Iterable[Fact]) -> None:
    """Put a person inside, where their last passages say so."""
    passages = sorted(
        (one for one in held if one.kind in {LedgerKind.ARRIVAL, LedgerKind.DEPARTURE}),
        key=lambda one: (one.starts_at, one.kind == LedgerKind.DEPARTURE, one.id),
    )
    left = max((one.starts_at for one in passages if _is_out_of_house(one)), default=_EARLIEST)
    since = [one for one in passages if one.starts_at > left]
    by_the_house = any(one.kind == LedgerKind.ARRIVAL and _is_of_house(one) for one in since)
    if not since or not (by_the_house or since[-1].kind == LedgerKind.ARRIVAL):
        return
    rooms = [one for one in since if one.room_id is not None]
    is_in_room = bool(rooms) and rooms[-1].kind == LedgerKind.ARRIVAL
    found.inside[person] = rooms[-1].room_id if is_in_room else None


def _is_of_house(fact: Fact) -> bool:
    return fact.room_id is None and fact.session_id is None


def _is_out_of_house(fact: Fact) -> bool:
    return fact.kind == LedgerKind.DEPARTURE and _is_of_house(fact)


@dataclass(frozen=True, slots=True)
class Bars:
    """Arrivals over time: how many minutes a bar stands for, when the first begins, and how many came in each."""

    minutes: int
    begins_at: datetime
    counts: list[int]

    def at(self, place: int) -> datetime:
        """Return when a bar begins."""
        return self.begins_at + timedelta(minutes=self.minutes * place)


def bars(arrivals: Sequence[datetime]) -> Bars | None:
    """Return arrivals by minute, or by as many minutes as it takes for at most 90 bars; None of none."""
    if not arrivals:
        return None
    first, last = min(arrivals), max(arrivals)
    length = (last - first).total_seconds() / 60
    each = next((number for number in _BAR_MINUTES if length / number < MOST_BARS - 1), _BAR_MINUTES[-1])
    begins_at = first.replace(minute=first.minute - first.minute % each, second=0, microsecond=0)
    counts = Counter(int((moment - begins_at).total_seconds() // (60 * each)) for moment in arrivals)
    return Bars(each, begins_at, [counts[place] for place in range(max(counts) + 1)][: MOST_BARS * 24])
