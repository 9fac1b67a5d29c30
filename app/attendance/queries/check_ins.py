"""Reads of checking in by oneself: screens and their addresses, the codes that hold now, phones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import signing
from app.addresses import LARGEST_NUMBER, absolute
from app.attendance.models import (
    CheckIn,
    CheckInPhone,
    LedgerSource,
    RoomScreen,
    SessionCode,
    SharedPhoneGroup,
)
from app.attendance.rules import check_ins as rules
from app.events import queries as events
from app.events.models import Event, Session
from app.extensions import db
from app.registration.models import Registration, RegistrationGroup

_TOKEN_ID = 6  # bytes of the screen's number at the head of its token
_TICKET_ID, _TICKET_TIME = 6, 5  # bytes of a session's number and of the second at which a ticket was given


@dataclass(frozen=True)
class Place:
    """A session that a code leads to, and how its attendance is known then."""

    session: Session
    source: LedgerSource


def _not_found() -> NoReturn:
    abort(404)


def screens_of(event: Event) -> list[RoomScreen]:
    """Return the screens of an event with their rooms, in the order of their making."""
    statement = (
        select(RoomScreen)
        .options(joinedload(RoomScreen.room))
        .where(RoomScreen.event_id == event.id)
        .order_by(RoomScreen.id)
    )
    return list(db.session.scalars(statement))


def screen_of_event_or_404(event: Event, screen_id: int) -> RoomScreen:
    """Return a screen of this event, or answer 404."""
    statement = select(RoomScreen).where(RoomScreen.id == screen_id, RoomScreen.event_id == event.id)
    return db.session.scalar(statement) or _not_found()


def open_screen_or_404(screen_id: int) -> RoomScreen:
    """Return an open screen with its event and organisation, or answer 404."""
    statement = (
        select(RoomScreen)
        .options(joinedload(RoomScreen.event).joinedload(Event.organisation), joinedload(RoomScreen.room))
        .where(RoomScreen.id == screen_id, RoomScreen.closed_at.is_(None))
    )
    return db.session.scalar(statement) or _not_found()


def screen_token(screen: RoomScreen) -> str:
    """Return the token of a screen's address: whoever has it shows the codes."""
    mac = signing.derive("room-screen", screen.id, screen.version)
    return signing.to_text(screen.id.to_bytes(_TOKEN_ID) + mac)


def screen_by_token_or_404(token: str) -> RoomScreen:
    """Return the open screen of an address, or answer 404."""
    try:
        raw = signing.from_text(token)
    except (ValueError, UnicodeEncodeError):
        _not_found()
    number = int.from_bytes(raw[:_TOKEN_ID])
    screen = open_screen_or_404(number) if number <= LARGEST_NUMBER else _not_found()
    expected = signing.derive("room-screen", screen.id, screen.version)
    return screen if signing.matches(expected, raw[_TOKEN_ID:]) else _not_found()


def sessions_of_screen(screen: RoomScreen) -> list[Session]:
    """Return the sessions that count for which a screen shows codes: those of its room, or all of its event."""
    return _of_room(screen, events.sessions_of(screen.event_id))


def _of_room(screen: RoomScreen, sessions: Iterable[Session]) -> list[Session]:
    return [one for one in sessions if one.counts and screen.room_id in {None, one.room_id}]


def code_of(screen: RoomScreen, session: Session, *, at: datetime) -> str:
    """Return the code that a screen shows for a session at an instant."""
    return _code(screen, session, rules.step_of(at))


def _code(screen: RoomScreen, session: Session, step: int) -> str:
    return rules.digits(
        signing.derive("room-screen-code", screen.id, screen.version, session.id, step, length=8)
    )


def code_in_room(session: Session, *, at: datetime) -> tuple[str, str]:
    """Return the code with which one checks in to a session now and the address of its QR symbol; empty without."""
    if not session.counts or not rules.is_open(session.starts_at, session.ends_at, at=at):
        return "", ""
    for screen in screens_of(session.event):
        if screen.closed_at is None and screen.room_id in {None, session.room_id}:
            code = code_of(screen, session, at=at)
            address = absolute("check_in.here", screen_id=screen.id, code=code)
            return f"{code[:3]} {code[3:]}", address
    return "", ""


def session_of_screen_code(screen: RoomScreen, typed: str, *, at: datetime) -> Session | None:
    """Return the session for which a screen shows this code now, or showed it up to a minute ago."""
    return _matching(screen, events.sessions_of(screen.event_id), typed, at)


def _matching(screen: RoomScreen, sessions: Iterable[Session], typed: str, at: datetime) -> Session | None:
    given = typed.encode(errors="replace")
    for session in _of_room(screen, sessions):
        if rules.is_open(session.starts_at, session.ends_at, at=at):
            expected = (_code(screen, session, step).encode() for step in rules.steps_taken(at))
            if any(signing.matches(one, given) for one in expected):
                return session
    return None


def place_of_code(event: Event, text: str, *, at: datetime) -> Place | None:
    """Return where a typed code leads now: to the session of a screen, or to one that is streamed."""
    typed = rules.typed(text)
    for one in session_codes(event):
        is_taken = one.closed_at is None and rules.takes_code(
            one.session.starts_at, one.session.ends_at, at=at
        )
        if is_taken and signing.matches(one.code.encode(), typed.encode(errors="replace")):
            return Place(one.session, LedgerSource.SESSION_CODE)
    sessions = events.sessions_of(event.id)
    for screen in screens_of(event):
        found = _matching(screen, sessions, typed, at) if screen.closed_at is None else None
        if found is not None:
            return Place(found, LedgerSource.SELF_CHECK_IN)
    return None


def counting_session_or_404(event: Event, session_id: int) -> Session:
    """Return a session of this event that counts, or answer 404."""
    session = events.session_of(event, session_id)
    return session if session is not None and session.counts else _not_found()


def session_codes(event: Event) -> list[SessionCode]:
    """Return the codes of an event's streamed sessions, with the sessions."""
    statement = (
        select(SessionCode).options(joinedload(SessionCode.session)).where(SessionCode.event_id == event.id)
    )
    return list(db.session.scalars(statement))


def takes_codes(event: Event, *, at: datetime) -> bool:
    """Return whether a code of any kind could be typed now, in two queries at most."""
    if any(
        one.closed_at is None and rules.takes_code(one.session.starts_at, one.session.ends_at, at=at)
        for one in session_codes(event)
    ):
        return True
    screens = [one for one in screens_of(event) if one.closed_at is None]
    sessions = events.sessions_of(event.id) if screens else []
    return any(rules.shown(_of_room(screen, sessions), at=at) is not None for screen in screens)


def ticket(session: Session, device: str, *, at: datetime) -> str:
    """Return what a page carries for the phone that scanned a code, while its owner looks up the code of the pass."""
    head = session.id.to_bytes(_TICKET_ID) + int(at.timestamp()).to_bytes(_TICKET_TIME)
    return signing.to_text(head + signing.derive("check-in-ticket", head.hex(), device))


def session_of_ticket(event_id: int, text: str, device: str, *, at: datetime) -> Session | None:
    """Return the session of a ticket that this phone was given in the last ten minutes."""
    try:
        raw = signing.from_text(text)
    except (ValueError, UnicodeEncodeError):
        return None
    head = raw[: _TICKET_ID + _TICKET_TIME]
    if not signing.matches(signing.derive("check-in-ticket", head.hex(), device), raw[len(head) :]):
        return None
    given_at = datetime.fromtimestamp(int.from_bytes(head[_TICKET_ID:]), UTC)
    if at - given_at > rules.TICKET_LIVES:
        return None
    number = int.from_bytes(head[:_TICKET_ID])
    return db.session.scalar(select(Session).where(Session.id == number, Session.event_id == event_id))


def owner_of_phone(event_id: int, device: str) -> Registration | None:
    """Return who checked in first with a phone at an event."""
    statement = (
        select(Registration)
        .join(CheckInPhone, CheckInPhone.registration_id == Registration.id)
        .where(CheckInPhone.event_id == event_id, CheckInPhone.device == device)
    )
    return db.session.scalar(statement)


def person_of_code(event: Event, code: str) -> Registration | None:
    """Return whose pass of an event a normalised code is."""
    return db.session.scalar(
        select(Registration).where(Registration.event_id == event.id, Registration.code == code)
    )


def shares_phone(group_id: int | None) -> bool:
    """Return whether the people of a group may check in with one phone."""
    return group_id is not None and db.session.get(SharedPhoneGroup, group_id) is not None


def groups_with_shared_phone(event: Event) -> set[int]:
    """Return the ids of an event's groups whose people may check in with one phone."""
    statement = (
        select(SharedPhoneGroup.group_id)
        .join(RegistrationGroup, RegistrationGroup.id == SharedPhoneGroup.group_id)
        .where(RegistrationGroup.event_id == event.id)
    )
    return set(db.session.scalars(statement))


def checked_in_sessions(registration: Registration) -> set[int]:
    """Return the ids of the sessions to which somebody checked in."""
    statement = select(CheckIn.session_id).where(CheckIn.registration_id == registration.id)
    return set(db.session.scalars(statement))


def numbers_checked_in(event: Event) -> dict[int, int]:
    """Return how many checked in to each session by themselves."""
    statement = (
        select(CheckIn.session_id, func.count())
        .where(CheckIn.event_id == event.id)
        .group_by(CheckIn.session_id)
    )
    return {session_id: number for session_id, number in db.session.execute(statement)}  # noqa: C416
