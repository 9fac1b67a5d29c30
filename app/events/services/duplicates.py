"""Making an event anew from an earlier one."""

from datetime import date, datetime, timedelta

from blinker import Signal

from app import audit, changes
from app.events import queries, rules
from app.events.errors import SlugReserved, SlugTaken
from app.events.models import Appearance, Day, Event, EventStatus, Room, Session, Speaker
from app.extensions import db

duplicated = Signal(
    "Sent with the copy, its `source`, `shift`, `sessions` by the ids of the old ones, and `at`, once it is made."
)


def duplicate(event: Event, *, title: str, slug: str, first_day: date, at: datetime) -> Event:
    """Return a draft with the programme of `event`, its first day on `first_day`, all else as many days later.

    The addresses of video rooms stay behind: they belong to the earlier event. Raises SlugTaken, SlugReserved.
    """
    if slug in rules.RESERVED_SLUGS:
        raise SlugReserved
    source = queries.with_agenda(event.id)
    shift = first_day - (source.starts_on or first_day)
    copy = _copy_event(source, title=title, slug=slug, shift=shift, at=at)
    with changes.refused_as(SlugTaken, constraint="events.slug"):
        db.session.add(copy)
    rooms = {room.id: Room(event_id=copy.id, name=room.name, capacity=room.capacity) for room in source.rooms}
    speakers = {
        one.id: Speaker(event_id=copy.id, name=one.name, position=one.position, entity=one.entity)
        for one in source.speakers
    }
    days = {day.id: Day(event_id=copy.id, date=day.date + shift, title=day.title) for day in source.days}
    db.session.add_all([*rooms.values(), *speakers.values(), *days.values()])
    db.session.flush()
    made: dict[int, Session] = {}
    for session in (session for day in source.days for session in day.sessions):
        row = _copy_session(session, days[session.day_id], shift=shift, zone=source.timezone, at=at)
        row.room_id = rooms[session.room_id].id if session.room_id else None
        row.appearances = [
            Appearance(speaker_id=speakers[one.speaker_id].id, role=one.role, position=one.position)
            for one in session.appearances
        ]
        made[session.id] = row
    db.session.add_all(made.values())
    db.session.flush()
    audit.record("event.duplicated", copy, event=copy, at=at, source_id=source.id)
    duplicated.send(copy, source=source, shift=shift, sessions=made, at=at)
    return copy


def _copy_event(source: Event, *, title: str, slug: str, shift: timedelta, at: datetime) -> Event:
    opens, closes = source.registration_opens_at, source.registration_closes_at
    return Event(
        organisation_id=source.organisation_id,
        unit_id=source.unit_id,
        slug=slug,
        title=title,
        summary=source.summary,
        description=source.description,
        modality=source.modality,
        timezone=source.timezone,
        venue_name=source.venue_name,
        venue_address=source.venue_address,
        accessibility=source.accessibility,
        contact_email=source.contact_email,
        status=EventStatus.DRAFT,
        capacity=source.capacity,
        registration_opens_at=None if opens is None else rules.shifted(opens, shift, zone=source.timezone),
        registration_closes_at=None if closes is None else rules.shifted(closes, shift, zone=source.timezone),
        hours=source.hours,
        hour_unit=source.hour_unit,
        minimum_percent=source.minimum_percent,
        created_at=at,
    )


def _copy_session(source: Session, day: Day, *, shift: timedelta, zone: str, at: datetime) -> Session:
    return Session(
        event_id=day.event_id,
        day_id=day.id,
        title=source.title,
        abstract=source.abstract,
        kind=source.kind,
        starts_at=rules.shifted(source.starts_at, shift, zone=zone),
        ends_at=rules.shifted(source.ends_at, shift, zone=zone),
        updated_at=at,
    )
