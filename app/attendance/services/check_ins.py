"""Checking in by oneself: with the code of a room's screen, or with that of a stream."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from app import audit, codes, signing
from app.attendance.errors import AnothersPhone, CodeRunOut, NoPhone, NoSeat, NotOfThisEvent
from app.attendance.models import (
    CheckIn,
    CheckInPhone,
    LedgerKind,
    LedgerSource,
    RoomScreen,
    SessionCode,
    SharedPhoneGroup,
)
from app.attendance.queries import check_ins as queries
from app.attendance.queries.check_ins import Place
from app.attendance.rules import check_ins as rules
from app.attendance.services.ledger import Entry, record
from app.events.models import Event, Session
from app.extensions import db
from app.registration import queries as registrations
from app.registration.models import Registration, RegistrationStatus
from app.upserts import insert_into


def device_of(event_id: int, cookie: str) -> str:
    """Return by what a phone is known at one event, and there alone; nothing for a phone without a cookie."""
    return signing.derive("check-in-device", event_id, cookie, length=16).hex() if cookie else ""


def check_in(registration: Registration, place: Place, *, device: str, at: datetime) -> bool:
    """Write down that a participant is at a session; returns whether that is new.

    In a room, a phone is its first user's: `device` must be known, and another's only within a group that may share
    one. Raises NoSeat, CodeRunOut, NoPhone and AnothersPhone.
    """
    session = place.session
    if registration.status != RegistrationStatus.CONFIRMED:
        raise NoSeat
    if place.source == LedgerSource.SELF_CHECK_IN:
        if not rules.is_open(session.starts_at, session.ends_at, at=at):
            raise CodeRunOut
        _check_phone(registration, device)
    number = _add(
        CheckIn,
        {
            "event_id": registration.event_id,
            "session_id": session.id,
            "registration_id": registration.id,
            "checked_at": at,
        },
        CheckIn.id,
    )
    if number is None:
        return False
    entry = Entry(
        registration.id, LedgerKind.PRESENT, at, session_id=session.id, source_ref=f"check_ins:{number}"
    )
    record(registration.event_id, [entry], source=place.source, by=None, at=at)
    return True


def _check_phone(registration: Registration, device: str) -> None:
    if not device:
        raise NoPhone
    # The first to bind a phone wins, however many try at once.
    values = {"event_id": registration.event_id, "device": device, "registration_id": registration.id}
    if _add(CheckInPhone, values, CheckInPhone.registration_id) is not None:
        return
    owner = queries.owner_of_phone(registration.event_id, device)
    if owner is None or owner.id == registration.id:
        return
    is_shared = queries.shares_phone(registration.group_id)
    if not rules.may_share_phone(registration.group_id, owner.group_id, is_shared=is_shared):
        raise AnothersPhone


def _add(table: Any, values: dict[str, Any], returning: Any) -> Any:
    """Add a row unless one like it is there; returns a column of the new row, or None."""
    return db.session.scalar(
        insert_into(table).values(**values).on_conflict_do_nothing().returning(returning)
    )


def open_screen(event: Event, room_id: int | None, *, at: datetime) -> RoomScreen:
    """Open a screen for a room of an event, or for all of it; the one that there is gets a new address.

    Raises NotOfThisEvent.
    """
    if room_id is not None and room_id not in {room.id for room in event.rooms}:
        raise NotOfThisEvent
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    screen = next((one for one in queries.screens_of(event) if one.room_id == room_id), None)
    if screen is None:
        screen = RoomScreen(event_id=event.id, room_id=room_id, version=1, opened_at=at)
        db.session.add(screen)
    else:
        screen.version, screen.opened_at, screen.closed_at = screen.version + 1, at, None
    audit.record("attendance.screen_opened", screen, event=event, at=at)
    return screen


def close_screen(event: Event, screen: RoomScreen, *, at: datetime) -> None:
    """Close a screen: its address leads nowhere, its codes are taken no more."""
    screen.closed_at = at
    audit.record("attendance.screen_closed", screen, event=event, at=at)


def make_code(event: Event, session: Session, *, at: datetime) -> SessionCode:
    """Make a code for a streamed session; the one before is taken no more."""
    code = db.session.get(SessionCode, session.id)
    if code is None:
        code = SessionCode(session_id=session.id, event_id=event.id)
        db.session.add(code)
    code.code, code.made_at, code.closed_at = codes.generate(rules.CODE_LENGTH), at, None
    audit.record("attendance.code_made", session, event=event, at=at)
    return code


def close_code(event: Event, session: Session, *, at: datetime) -> None:
    """Take the code of a session no more."""
    code = db.session.get(SessionCode, session.id)
    if code is not None:
        code.closed_at = at
        audit.record("attendance.code_closed", session, event=event, at=at)


def share_phones(event: Event, group_ids: Collection[int], *, at: datetime) -> None:
    """Say of which groups the people may check in with one phone; ids of other events are passed over."""
    before = queries.groups_with_shared_phone(event)
    ours = {one.group.id for one in registrations.groups_of(event)}
    wanted = ours & set(group_ids)
    db.session.execute(delete(SharedPhoneGroup).where(SharedPhoneGroup.group_id.in_(before - wanted)))
    rows = [{"group_id": one, "allowed_at": at} for one in sorted(wanted - before)]
    if rows:
        db.session.execute(insert(SharedPhoneGroup), rows)
    if before != wanted:
        audit.record("attendance.phones_shared", event, event=event, at=at, groups=sorted(wanted))
