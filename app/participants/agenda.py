"""A participant's own agenda: the sessions that are open to everybody, and those that they are enrolled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.events import queries as events
from app.events.models import Event, Session
from app.registration import queries
from app.registration.models import (
    EnrollableSession,
    Enrolment,
    EnrolmentStatus,
    Registration,
    RegistrationStatus,
)
from app.registration.rules.seats import clashing

REFRESH = timedelta(hours=1)  # how often a calendar program asks for the agenda again


@dataclass(frozen=True)
class SessionChoice:
    """A session that people enrol in, as a participant sees it. `left` is None without a limit."""

    enrollable: EnrollableSession
    enrolment: Enrolment | None
    left: int | None
    waiting: int
    place: int | None
    clashes: list[Session]
    is_past: bool

    @property
    def session(self) -> Session:
        """The session itself."""
        return self.enrollable.session


def choices(registration: Registration, *, at: datetime) -> list[SessionChoice]:
    """Return the sessions that a participant may enrol in, each with what clashes with it among their own."""
    enrollable = queries.enrollable_sessions(registration.event)
    mine = queries.enrolments_of(registration)
    places = queries.places_in_line(registration)
    occupancy = queries.session_occupancy([one.session_id for one in enrollable])
    own = [enrolment.enrollable.session for enrolment in mine.values()]
    return [
        SessionChoice(
            enrollable=one,
            enrolment=mine.get(one.session_id),
            left=None if one.seats is None else max(0, one.seats - occupancy[one.session_id].taken),
            waiting=occupancy[one.session_id].waiting,
            place=places.get(one.session_id),
            clashes=clashing(one.session, own),
            is_past=at >= one.session.starts_at,
        )
        for one in enrollable
    ]


def own_sessions(registration: Registration, event: Event) -> list[Session]:
    """Return the sessions of a participant's agenda, in the order of time; none for who has no seat."""
    if registration.status != RegistrationStatus.CONFIRMED:
        return []
    chosen = enrolled_or_open(registration, event)
    return [session for day in event.days for session in day.sessions if chosen.get(session.id, True)]


def enrolled_or_open(registration: Registration, event: Event) -> dict[int, bool]:
    """Return of each session that people enrol in whether this participant is. A session not named is open to all."""
    mine = queries.enrolments_of(registration)
    enrolled = {number for number, one in mine.items() if one.status == EnrolmentStatus.ENROLLED}
    return {one.session_id: one.session_id in enrolled for one in queries.enrollable_sessions(event)}


def of_all(found: Sequence[Registration]) -> list[tuple[Registration, Event, Session]]:
    """Return the sessions of everything that people of one address are confirmed for, each once, in the order of time.

    The number of queries depends neither on the number of events nor on that of sessions.
    """
    confirmed = [one for one in found if one.status == RegistrationStatus.CONFIRMED]
    events_ = {one.id: one for one in events.agendas({one.event_id for one in confirmed})}
    limited = queries.enrollable_in(events_)
    enrolled = queries.enrolled_among([one.id for one in confirmed])
    mine: dict[int, tuple[Registration, Event, Session]] = {}
    for one in confirmed:
        event = events_[one.event_id]
        for session in (session for day in event.days for session in day.sessions):
            if session.id not in limited or (one.id, session.id) in enrolled:
                mine.setdefault(session.id, (one, event, session))
    return sorted(mine.values(), key=lambda entry: (entry[2].starts_at, entry[2].id))
