"""Reads of events."""

from collections.abc import Collection
from datetime import date
from typing import NoReturn

from flask import abort, g
from flask_login import current_user
from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Actor, Organisation
from app.events.models import Appearance, Day, Event, EventStatus, Room, Session, Speaker
from app.extensions import db
from app.permissions import Permission

_AGENDA = (
    joinedload(Event.organisation),
    joinedload(Event.unit),
    selectinload(Event.days).selectinload(Day.sessions).joinedload(Session.room),
    selectinload(Event.days)
    .selectinload(Day.sessions)
    .selectinload(Session.appearances)
    .joinedload(Appearance.speaker),
)


def _not_found() -> NoReturn:
    abort(404)


# Built once, as thousands ask for the same event in a rush.
_PUBLISHED = (
    select(Event)
    .options(joinedload(Event.organisation), joinedload(Event.unit))
    .where(Event.slug == bindparam("slug"), Event.status != EventStatus.DRAFT)
)


def published_or_404(slug: str) -> Event:
    """Return a published (or cancelled) event without its programme, or answer 404."""
    return db.session.scalar(_PUBLISHED, {"slug": slug}) or _not_found()


def published_with_agenda_or_404(slug: str) -> Event:
    """Return a published event with its whole programme in a fixed number of queries, or answer 404."""
    statement = select(Event).options(*_AGENDA).where(Event.slug == slug, Event.status != EventStatus.DRAFT)
    return db.session.scalar(statement) or _not_found()


def with_agenda(event_id: int) -> Event:
    """Return an event with its whole programme in a fixed number of queries."""
    statement = select(Event).options(*_AGENDA).where(Event.id == event_id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def agendas(event_ids: Collection[int]) -> list[Event]:
    """Return several events with their whole programmes, in a fixed number of queries."""
    statement = select(Event).options(*_AGENDA).where(Event.id.in_(event_ids)).order_by(Event.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def coming(today: date) -> list[Event]:
    """Return the published events that have not ended before `today`, the next one first."""
    return _listed(Event.ends_on >= today, Event.starts_on.asc())


def past(today: date, *, limit: int = 50) -> list[Event]:
    """Return the published events that ended before `today`, the latest first."""
    return _listed(Event.ends_on < today, Event.starts_on.desc(), limit=limit)


def _listed(condition: object, order: object, *, limit: int | None = None) -> list[Event]:
    statement = (
        select(Event)
        .options(joinedload(Event.organisation))
        .where(Event.status != EventStatus.DRAFT, condition)  # type: ignore[arg-type]
        .order_by(order, Event.title)  # type: ignore[arg-type]
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def manageable(user: Actor, permission: Permission) -> Select[Event]:
    """Return the statement of all events for which a person holds `permission`."""
    statement = select(Event)
    organisations = user.organisation_ids(permission)
    if organisations is None:
        return statement
    return statement.where(
        or_(Event.organisation_id.in_(organisations), Event.id.in_(user.event_ids(permission)))
    )


def managed_events(user: Actor, permission: Permission = Permission.EVENT_VIEW) -> list[Event]:
    """Return the events that a person may open in the back office, the latest first."""
    statement = (
        manageable(user, permission)
        .options(joinedload(Event.organisation))
        .order_by(Event.starts_on.desc(), Event.title)
    )
    return list(db.session.scalars(statement))


def newest_of(organisation: Organisation, limit: int) -> list[Event]:
    """Return the events of an organisation, those that begin last first."""
    statement = select(Event).where(Event.organisation_id == organisation.id)
    return list(db.session.scalars(statement.order_by(Event.starts_on.desc(), Event.id.desc()).limit(limit)))


def managed_event_or_404(slug: str, *, agenda: bool = False) -> Event:
    """Return an event for which the signed-in person holds the permission that the view declared, or answer 404.

    A foreign event looks exactly like one that does not exist.
    """
    options = _AGENDA if agenda else (joinedload(Event.organisation), joinedload(Event.unit))
    statement = manageable(current_user, g.permission).options(*options).where(Event.slug == slug)
    return db.session.scalar(statement) or _not_found()


def ids_of(slug: str | None) -> list[int]:
    """Return the id of the event of a slug, or those of all events: for commands."""
    statement = select(Event.id).order_by(Event.id)
    return list(db.session.scalars(statement if slug is None else statement.where(Event.slug == slug)))


def day_of(event: Event, day_id: int) -> Day | None:
    """Return a day of this event."""
    return db.session.scalar(select(Day).where(Day.id == day_id, Day.event_id == event.id))


def session_by_id(session_id: int) -> Session | None:
    """Return a session with its event and organisation, for addresses with a key of their own."""
    return db.session.scalar(
        select(Session)
        .options(joinedload(Session.event).joinedload(Event.organisation), joinedload(Session.room))
        .where(Session.id == session_id)
    )


def zone_of(session_id: int) -> str:
    """Return the IANA zone of a session's event, or UTC for a session that is gone."""
    statement = select(Event.timezone).join(Session, Session.event_id == Event.id)
    return db.session.scalar(statement.where(Session.id == session_id)) or "UTC"


def session_of(event: Event, session_id: int) -> Session | None:
    """Return a session of this event, with its room and speakers."""
    return db.session.scalar(
        select(Session)
        .options(joinedload(Session.room), selectinload(Session.appearances).joinedload(Appearance.speaker))
        .where(Session.id == session_id, Session.event_id == event.id)
    )


def sessions_of(event_id: int) -> list[Session]:
    """Return all sessions of an event in the order of time, each with its day."""
    statement = (
        select(Session)
        .join(Session.day)
        .options(contains_eager(Session.day))
        .where(Session.event_id == event_id)
        .order_by(Session.starts_at, Session.id)
    )
    return list(db.session.scalars(statement))


def speakers_of(event: Event) -> list[Speaker]:
    """Return the speakers of an event by name."""
    statement = select(Speaker).where(Speaker.event_id == event.id).order_by(Speaker.name, Speaker.id)
    return list(db.session.scalars(statement))


def rooms_of(event: Event) -> list[Room]:
    """Return the rooms of an event by name."""
    return list(db.session.scalars(select(Room).where(Room.event_id == event.id).order_by(Room.name)))


def speaker_of(event: Event, speaker_id: int) -> Speaker | None:
    """Return a speaker of this event."""
    return db.session.scalar(select(Speaker).where(Speaker.id == speaker_id, Speaker.event_id == event.id))


def room_of(event: Event, room_id: int) -> Room | None:
    """Return a room of this event."""
    return db.session.scalar(select(Room).where(Room.id == room_id, Room.event_id == event.id))


def appearances_of(speaker: Speaker) -> int:
    """Return in how many sessions a speaker appears."""
    statement = select(func.count()).select_from(Appearance).where(Appearance.speaker_id == speaker.id)
    return db.session.scalar(statement) or 0
