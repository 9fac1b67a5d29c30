"""What counts as attendance: pure functions over scans, marks by hand and presence on a screen.

The rules, all of which hold whatever the order in which things arrive:

- Only sessions that count are credited; breaks never are.
- A session is credited whole when the newest thing recorded about it says that the person was there. What is
  recorded are the scans that let the person in on its day, the marks of its day, and the marks of the session
  itself; each stands at its own time (for a scan the door's). A mark "not present" therefore takes back the
  scans and marks that came before it, and a later scan or mark "present" counts again. At the same instant a
  mark outweighs a scan, and of two marks the one written last.
- Presence on a screen credits the stretches that were seen, cut to the session's time; no mark takes it back,
  because it was measured. Two devices at once count once.
- Attended minutes are the length of the union of all that is credited; programme minutes that of the union of
  all sessions that count. So parallel sessions count once, and nobody attends more than the programme.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.attendance.rules.spans import Span, clip, minutes, union
from app.events.models import Session


class Slot(NamedTuple):
    """A session that counts."""

    session_id: int
    day_id: int
    starts_at: datetime
    ends_at: datetime

    @property
    def span(self) -> Span:
        """Its time."""
        return Span(self.starts_at, self.ends_at)


class Entry(NamedTuple):
    """The scans that let a person in on a day: when the newest was, and the first."""

    day_id: int
    at: datetime
    first_at: datetime


class Mark(NamedTuple):
    """What somebody wrote by hand about a day or about a session."""

    day_id: int | None
    session_id: int | None
    present: bool
    at: datetime


class Presence(NamedTuple):
    """A stretch in which one device had a session's room open and in sight."""

    session_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(slots=True)
class Evidence:
    """All that is recorded about one person at one event. Marks stand in the order of their writing."""

    entries: list[Entry] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    presence: list[Presence] = field(default_factory=list)


class _Word(NamedTuple):
    """Something recorded about a scope; the greatest is the newest."""

    at: datetime
    weight: int
    present: bool


def slots_of(sessions: Iterable[Session]) -> list[Slot]:
    """Return the sessions that count, in the order of time."""
    counting = (session for session in sessions if session.counts)
    slots = [Slot(session.id, session.day_id, session.starts_at, session.ends_at) for session in counting]
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.session_id))


def programme_minutes(slots: Iterable[Slot]) -> int:
    """Return how many minutes of programme somebody could attend at most."""
    return minutes(slot.span for slot in slots)


def whole_sessions(slots: Sequence[Slot], evidence: Evidence) -> frozenset[int]:
    """Return the ids of the sessions that are credited whole, by scans and marks."""
    if not evidence.entries and not evidence.marks:
        return frozenset()
    by_day, by_session = _newest_words(evidence)
    found = []
    for slot in slots:
        words = [
            word for word in (by_day.get(slot.day_id), by_session.get(slot.session_id)) if word is not None
        ]
        if words and max(words).present:
            found.append(slot.session_id)
    return frozenset(found)


def _newest_words(evidence: Evidence) -> tuple[dict[int, _Word], dict[int, _Word]]:
    by_day: dict[int, _Word] = {}
    by_session: dict[int, _Word] = {}
    for entry in evidence.entries:
        _keep_newest(by_day, entry.day_id, _Word(entry.at, 0, True))
    for weight, mark in enumerate(evidence.marks, start=1):
        word = _Word(mark.at, weight, mark.present)
        if mark.day_id is not None:
            _keep_newest(by_day, mark.day_id, word)
        elif mark.session_id is not None:
            _keep_newest(by_session, mark.session_id, word)
    return by_day, by_session


def _keep_newest(words: dict[int, _Word], key: int, word: _Word) -> None:
    words[key] = max(word, words.get(key, word))


def credited(slots: Sequence[Slot], evidence: Evidence) -> list[Span]:
    """Return the time that counts for a person, as a union."""
    whole = whole_sessions(slots, evidence)
    return union(
        [slot.span for slot in slots if slot.session_id in whole] + _seen(slots, evidence, but=whole)
    )


def _seen(slots: Sequence[Slot], evidence: Evidence, *, but: frozenset[int]) -> list[Span]:
    if not evidence.presence:
        return []
    spans = {slot.session_id: slot.span for slot in slots if slot.session_id not in but}
    cut = (
        clip(Span(stretch.starts_at, stretch.ends_at), spans[stretch.session_id])
        for stretch in evidence.presence
        if stretch.session_id in spans
    )
    return [span for span in cut if span is not None]


def attended_minutes(slots: Sequence[Slot], evidence: Evidence) -> int:
    """Return how many minutes of the programme a person attended."""
    return minutes(credited(slots, evidence))


def minutes_by_session(slots: Sequence[Slot], evidence: Evidence) -> dict[int, int]:
    """Return the minutes attended of each session that counts; parallel sessions each tell their own."""
    whole = whole_sessions(slots, evidence)
    stretches: dict[int, list[Presence]] = {}
    for stretch in evidence.presence:
        stretches.setdefault(stretch.session_id, []).append(stretch)
    return {
        slot.session_id: minutes([slot.span])
        if slot.session_id in whole
        else minutes(_seen([slot], Evidence(presence=stretches.get(slot.session_id, [])), but=whole))
        for slot in slots
    }


def minutes_by_day(slots: Sequence[Slot], evidence: Evidence) -> dict[int, int]:
    """Return the minutes attended on each day that has sessions that count."""
    days: dict[int, list[Slot]] = {}
    for slot in slots:
        days.setdefault(slot.day_id, []).append(slot)
    return {day_id: attended_minutes(of_day, evidence) for day_id, of_day in days.items()}


def newest_mark(evidence: Evidence, *, day_id: int) -> Mark | None:
    """Return what was last written by hand about a whole day."""
    marks = [(mark.at, number, mark) for number, mark in enumerate(evidence.marks) if mark.day_id == day_id]
    return max(marks)[2] if marks else None
