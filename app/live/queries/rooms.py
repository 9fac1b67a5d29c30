"""Which rooms concern a participant now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import signing, vault
from app.attendance.rules import Timed
from app.events.models import Appearance, Event, Session
from app.events.rules import on_and_next
from app.extensions import db
from app.live import providers
from app.live.models import LinkKind, RoomAccount, RoomEntry, RoomLink, RoomRemoval, RoomSettings
from app.live.providers import janus
from app.live.rules import HOLDS_PLACE, OPENS_MINUTES

SECRETS = "room-account"  # purpose under which secrets of accounts are sealed


class RoomState(StrEnum):
    """Whether one can enter a session's room."""

    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Now:
    """What is on and what comes next. `rooms` are the sessions whose room can be entered, those under way first."""

    on: list[Session]
    rooms: list[Session]
    next: Session | None


def settings_of(session_id: int) -> RoomSettings:
    """Return how a room is run; the ordinary way where nobody settled it."""
    return db.session.get(RoomSettings, session_id) or RoomSettings(
        session_id=session_id,
        takes_questions=True,
        takes_hands=True,
        is_moderated=False,
        is_anonymous=False,
        opens_minutes=OPENS_MINUTES,
        asks_presence=False,
        takes_chat=False,
        allows_links=False,
    )


def opens_at(session: Timed) -> datetime:
    """Return when a session's room opens."""
    return session.starts_at - timedelta(minutes=settings_of(session.id).opens_minutes)


def state(session: Timed, *, at: datetime) -> RoomState:
    """Return whether a session's room is still to open, open or over."""
    if at >= session.starts_at:  # whenever it opened
        return RoomState.OPEN if at < session.ends_at else RoomState.OVER
    return _state(session, opens_at(session), at=at)


def _state(session: Timed, opens: datetime, *, at: datetime) -> RoomState:
    if at < opens:
        return RoomState.BEFORE
    return RoomState.OPEN if at < session.ends_at else RoomState.OVER


def now(sessions: Iterable[Session], *, at: datetime) -> Now:
    """Return what is on, which rooms are open and what comes next (within half a day)."""
    everything = list(sessions)
    with_room = [one for one in everything if one.online_url]
    early = _openings([one.id for one in with_room])
    rooms = [
        one
        for one in with_room
        if _state(one, one.starts_at - timedelta(minutes=early.get(one.id, OPENS_MINUTES)), at=at)
        == RoomState.OPEN
    ]
    rooms.sort(key=lambda one: (one.starts_at > at, one.starts_at, one.id))
    found = on_and_next(everything, at=at)
    return Now(on=found.on, rooms=rooms, next=found.next)


def _openings(session_ids: list[int]) -> dict[int, int]:
    """Return how many minutes before it begins each room opens, of those for which somebody settled it."""
    if not session_ids:
        return {}
    columns = (RoomSettings.session_id, RoomSettings.opens_minutes)
    return dict(db.session.execute(select(*columns).where(RoomSettings.session_id.in_(session_ids))).all())


def accounts_of(organisation_id: int) -> list[RoomAccount]:
    """Return an organisation's accounts with servers of rooms."""
    statement = select(RoomAccount).where(RoomAccount.organisation_id == organisation_id)
    return list(db.session.scalars(statement.order_by(RoomAccount.address)))


def account_or_404(organisation_id: int, account_id: int) -> RoomAccount:
    """Return an account of this organisation, or answer 404."""
    statement = select(RoomAccount).where(
        RoomAccount.id == account_id, RoomAccount.organisation_id == organisation_id
    )
    return db.session.scalar(statement) or abort(404)


def access_of(account: RoomAccount) -> providers.Access:
    """Return an account as its provider uses it. Raises CannotUnseal."""
    return providers.Access(
        kind=account.kind,
        address=account.address,
        secret=vault.unseal(account.sealed, purpose=SECRETS).decode(),
        algorithm=account.algorithm,
        app_id=account.app_id,
        subject=account.subject,
        key_id=account.key_id,
    )


def account_for(event: Event, url: str) -> RoomAccount | None:
    """Return the account of an event's organisation with the server on which an address lies."""
    found = (one for one in accounts_of(event.organisation_id) if providers.is_on(url, one.address))
    return next(found, None)


def place_of(event: Event, session: Session) -> providers.Place:
    """Return what the address of a session's room leads to. Raises CannotUnseal."""
    account = account_for(event, session.online_url)
    place = providers.place(session.online_url, access_of(account) if account else None)
    if isinstance(place, janus.Room):
        return replace(place, removed=removed_from(session.id))
    return place


def removed_from(session_id: int) -> tuple[int, ...]:
    """Return the numbers of the speakers who were sent out of a room."""
    found = select(RoomRemoval.speaker_id).where(RoomRemoval.session_id == session_id)
    return tuple(db.session.scalars(found.order_by(RoomRemoval.speaker_id)))


def place_shown(event: Event, session: Session) -> providers.Place:
    """Return the same as far as a page shows it: no secret is opened, and nobody can be let in with it."""
    account = account_for(event, session.online_url)
    if account is None:
        return providers.place(session.online_url)
    access = providers.Access(account.kind, account.address, "", account.algorithm)
    return providers.place(session.online_url, access)


def guest_id(registration_id: int) -> str:
    """Return the name under which a provider knows a participant: it tells them apart, and us who they are."""
    mac = signing.to_text(signing.derive("room-guest", registration_id, length=9))
    return f"{registration_id}-{mac}"


def holds_place(session_id: int, registration_id: int, *, at: datetime) -> bool:
    """Return whether somebody has a place in a room with few of them."""
    entry = db.session.get(RoomEntry, (session_id, registration_id))
    return entry is not None and entry.seen_at > at - HOLDS_PLACE


def links_of(session_id: int) -> dict[LinkKind, list[RoomLink]]:
    """Return what stands beside a room, by its kind."""
    found: dict[LinkKind, list[RoomLink]] = {kind: [] for kind in LinkKind}
    for one in db.session.scalars(
        select(RoomLink).where(RoomLink.session_id == session_id).order_by(RoomLink.id)
    ):
        found[LinkKind(one.kind)].append(one)
    return found


def link_of(session_id: int, link_id: int) -> RoomLink | None:
    """Return an address beside this room."""
    return db.session.scalar(
        select(RoomLink).where(RoomLink.id == link_id, RoomLink.session_id == session_id)
    )


def appearances_of(session_id: int) -> list[Appearance]:
    """Return who speaks in a session or moderates it."""
    statement = (
        select(Appearance)
        .options(joinedload(Appearance.speaker))
        .where(Appearance.session_id == session_id)
        .order_by(Appearance.position, Appearance.speaker_id)
    )
    return list(db.session.scalars(statement))


def stage_key(session_id: int, speaker_id: int) -> str:
    """Return what opens the room to somebody who speaks in it or moderates it."""
    return signing.to_text(signing.derive("room-stage", session_id, speaker_id, length=12))


def appearance_by_key(session_id: int, speaker_id: int, key: str) -> Appearance:
    """Return the part that somebody has in a session, or answer 404: also once it was taken from the agenda."""
    if not signing.matches(stage_key(session_id, speaker_id).encode(), key.encode()):
        abort(404)
    return db.session.get(Appearance, (session_id, speaker_id)) or abort(404)
