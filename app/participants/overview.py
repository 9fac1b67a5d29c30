"""What stands on the page of an e-mail address: who shares it, and what each person takes or took part in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.certificates.models import Certificate
from app.events.models import EventStatus
from app.events.rules import today
from app.registration.models import Registration
from app.registration.queries import personal_token
from app.text import folded


@dataclass(frozen=True)
class Entry:
    """A registration as it is listed; `token` is that of its own page."""

    registration: Registration
    token: str
    certificates: list[Certificate]
    is_coming: bool


@dataclass(frozen=True)
class Someone:
    """One person of an address, told by the name: `coming` the next event first, `past` the last one first."""

    name: str
    coming: list[Entry]
    past: list[Entry]

    @property
    def certificates(self) -> list[Certificate]:
        """All certificates of the person that hold, with the latest event first."""
        return [one for entry in (*self.coming, *self.past) for one in entry.certificates]


def of(found: Iterable[Registration], certificates: Iterable[Certificate], *, at: datetime) -> list[Someone]:
    """Return the people of an address in the order of their names, each with their registrations."""
    issued = defaultdict(list)
    for certificate in certificates:
        issued[certificate.registration_id].append(certificate)
    entries = defaultdict(list)
    for one in found:
        entry = Entry(one, personal_token(one), issued[one.id], is_coming=_is_coming(one, at=at))
        entries[folded(one.full_name)].append(entry)
    people = [_someone(listed) for listed in entries.values()]
    return sorted(people, key=lambda someone: folded(someone.name))


def _someone(entries: list[Entry]) -> Someone:
    coming = [entry for entry in entries if entry.is_coming]
    past = [entry for entry in entries if not entry.is_coming]
    return Someone(
        name=entries[0].registration.full_name,
        coming=sorted(coming, key=_day),
        past=sorted(past, key=_day, reverse=True),
    )


def _is_coming(registration: Registration, *, at: datetime) -> bool:
    event = registration.event
    is_over = event.ends_on is not None and event.ends_on < today(event, at=at)
    return registration.is_active and not is_over and event.status != EventStatus.CANCELLED


def _day(entry: Entry) -> date:
    """Return the day by which an entry stands; an event without days is far ahead."""
    return entry.registration.event.starts_on or date.max
