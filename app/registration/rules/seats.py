"""Who gets a seat: what is left of each limit, whom it lets in, and until when an offer holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.events.models import Session
from app.events.rules import overlap

Choice = tuple[int, str]  # a field's id and the key of one of its options


@dataclass(frozen=True)
class Place:
    """What of a registration the limits of an event count by; `rucs` are those that somebody answers with."""

    entity_key: str = ""
    form_id: int | None = None
    choices: frozenset[Choice] = frozenset()
    rucs: frozenset[str] = frozenset()


@dataclass
class Vacancies:
    """The seats that are left: of the event (None is no limit), and of each limit below it that there is.

    With `only_listed` people of institutions without a quota have no seat at all. `rucs` says to which institution
    a RUC belongs.
    """

    seats: int | None = None
    entities: dict[str, int] = field(default_factory=dict)
    only_listed: bool = False
    forms: dict[int, int] = field(default_factory=dict)
    choices: dict[Choice, int] = field(default_factory=dict)
    has_quotas: bool = False
    rucs: dict[str, str] = field(default_factory=dict)

    def of_form(self, form_id: int | None) -> int | None:
        """Return how many seats whoever fills in a form can still have, None without a limit."""
        limits = (self.seats, None if form_id is None else self.forms.get(form_id))
        return min((limit for limit in limits if limit is not None), default=None)

    def entity_of(self, place: Place) -> str:
        """Return the institution by which a person is counted: that of their RUC, else the one that they named."""
        return next((self.rucs[ruc] for ruc in sorted(place.rucs) if ruc in self.rucs), place.entity_key)

    def admit(self, place: Place) -> bool:
        """Return whether every limit lets a person in."""
        return (
            (self.seats is None or self.seats > 0)
            and self.lists(place)
            and self.entities.get(self.entity_of(place), 1) > 0
            and (place.form_id is None or self.forms.get(place.form_id, 1) > 0)
            and all(self.choices.get(choice, 1) > 0 for choice in place.choices)
        )

    def lists(self, place: Place) -> bool:
        """Return whether people of an institution may have a seat, now or once one is free."""
        return not self.only_listed or self.entity_of(place) in self.entities

    def take(self, place: Place) -> None:
        """Count one seat less wherever a person takes one."""
        if self.seats is not None:
            self.seats -= 1
        if (entity := self.entity_of(place)) in self.entities:
            self.entities[entity] -= 1
        if place.form_id in self.forms:
            self.forms[place.form_id] -= 1
        for choice in place.choices & self.choices.keys():
            self.choices[choice] -= 1


def offer_deadline(starts_at: datetime | None, *, hours: int, at: datetime) -> datetime | None:
    """Return until when an offer made `at` holds: so many hours, never past the start. After it there is none."""
    if starts_at is None:
        return at + timedelta(hours=hours)
    return min(at + timedelta(hours=hours), starts_at) if at < starts_at else None


def clashing(session: Session, others: Iterable[Session]) -> list[Session]:
    """Return which other sessions are on at the same time as this one, in the order of time."""
    found = [other for other in others if other.id != session.id and overlap(session, other)]
    return sorted(found, key=lambda other: (other.starts_at, other.id))
