"""Writing events and their programme."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from app.audit import AuditEntry
from app.events import errors, queries, services
from app.events.models import Day, Event, EventStatus, HourUnit, Modality, SessionKind, Speaker, SpeakerRole
from app.extensions import db
from tests import factories

NOW = datetime(2026, 5, 1, 17, 0, tzinfo=UTC)
FACTS = services.EventFacts(
    unit_id=None,
    slug="semana-abierta",
    title="Semana abierta",
    summary="",
    description="",
    modality=Modality.VIRTUAL,
    timezone="America/Lima",
    venue_name="",
    venue_address="",
    accessibility="",
    contact_email="",
    capacity=50,
    registration_opens_at=None,
    registration_closes_at=None,
    hours=Decimal("6"),
    hour_unit=HourUnit.CHRONOLOGICAL,
    minimum_percent=80,
)
FIRST = date(2026, 6, 2)


@pytest.fixture(autouse=True)
def database(session: DatabaseSession) -> DatabaseSession:
    return session


def create(**changes: object) -> Event:
    event = services.create_event(
        factories.organisation(), replace(FACTS, **changes), first_day=FIRST, last_day=FIRST, at=NOW
    )
    db.session.commit()
    return event


def session_facts(day: Day, **changes: object) -> services.SessionFacts:
    start = datetime(day.date.year, day.date.month, day.date.day, 14, 0, tzinfo=UTC)
    facts = services.SessionFacts(
        day_id=day.id,
        room_id=None,
        title="Inauguración",
        abstract="",
        kind=SessionKind.TALK,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        online_url="",
    )
    return replace(facts, **changes)


def test_a_new_event_is_a_draft_with_its_days() -> None:
    event = services.create_event(
        factories.organisation(), FACTS, first_day=FIRST, last_day=FIRST + timedelta(days=2), at=NOW
    )
    assert event.status == EventStatus.DRAFT
    assert [day.date.day for day in queries.with_agenda(event.id).days] == [2, 3, 4]
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.event_id, entry.organisation_id) == (
        "event.created",
        event.id,
        event.organisation_id,
    )


@pytest.mark.parametrize(
    ("changes", "last", "refusal"),
    [
        ({}, FIRST - timedelta(days=1), errors.DaysOutOfOrder),
        ({}, FIRST + timedelta(days=31), errors.TooManyDays),
        ({"slug": "nuevo"}, FIRST, errors.SlugReserved),
        ({"slug": "tomado"}, FIRST, errors.SlugTaken),
        ({"registration_opens_at": NOW, "registration_closes_at": NOW}, FIRST, errors.WindowOutOfOrder),
    ],
)
def test_what_cannot_be_created(
    changes: dict[str, object], last: date, refusal: type[errors.DomainError]
) -> None:
    factories.event(slug="tomado")
    with pytest.raises(refusal):
        services.create_event(
            factories.organisation(), replace(FACTS, **changes), first_day=FIRST, last_day=last, at=NOW
        )


def test_a_changed_capacity_is_told_in_the_same_transaction() -> None:
    event = create()
    told = []
    with services.capacity_changed.connected_to(lambda sender, at: told.append(sender.capacity)):
        services.update_event(event, FACTS, at=NOW)
        services.update_event(event, replace(FACTS, title="Otra"), at=NOW)
        services.update_event(event, replace(FACTS, title="Otra", capacity=80), at=NOW)
        services.update_event(event, replace(FACTS, title="Otra", capacity=None), at=NOW)
    assert told == [80, None]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "event.updated"))
    assert [entry.details for entry in entries] == [
        {"changed": ["title"]},
        {"changed": ["capacity"]},
        {"changed": ["capacity"]},
    ]


def test_with_another_zone_sessions_keep_their_time_of_day() -> None:
    event = factories.event(days=1, status=EventStatus.DRAFT)
    before = queries.sessions_of(event.id)[0].starts_at
    facts = replace(FACTS, slug=event.slug, timezone="Europe/Madrid")
    services.update_event(event, facts, at=NOW)
    after = queries.sessions_of(event.id)[0]
    assert (before.hour, after.starts_at.astimezone(UTC).hour) == (14, 7)
    assert after.updated_at == NOW


def test_the_address_of_a_published_event_stays() -> None:
    event = factories.event()
    with pytest.raises(errors.SlugFixed):
        services.update_event(event, replace(FACTS, slug="otra"), at=NOW)


def test_a_taken_address_leaves_the_event_as_it_was() -> None:
    factories.event(slug="tomado")
    event = create()
    with pytest.raises(errors.SlugTaken):
        services.update_event(event, replace(FACTS, slug="tomado"), at=NOW)
    db.session.refresh(event)
    assert event.slug == "semana-abierta"


def test_the_way_from_draft_to_published_and_back_or_off() -> None:
    event = create()
    with pytest.raises(errors.WrongStatus):
        services.unpublish(event, registered=0, at=NOW)
    services.publish(event, at=NOW)
    assert (event.status, event.published_at) == (EventStatus.PUBLISHED, NOW)
    with pytest.raises(errors.WrongStatus):
        services.publish(event, at=NOW)
    with pytest.raises(errors.PeopleRegistered):
        services.unpublish(event, registered=1, at=NOW)
    services.unpublish(event, registered=0, at=NOW)
    assert (event.status, event.published_at) == (EventStatus.DRAFT, None)
    services.publish(event, at=NOW)
    services.cancel(event, at=NOW)
    assert event.status == EventStatus.CANCELLED
    with pytest.raises(errors.WrongStatus):
        services.cancel(event, at=NOW)


def test_an_event_without_a_day_is_not_published() -> None:
    event = create()
    services.remove_day(event, event.days[0])
    db.session.commit()
    with pytest.raises(errors.NothingToPublish):
        services.publish(event, at=NOW)


def test_days_are_added_once_and_removed_only_when_empty() -> None:
    event = create()
    day = services.add_day(event, FIRST + timedelta(days=7), "Cierre")
    with pytest.raises(errors.DayTaken):
        services.add_day(event, FIRST + timedelta(days=7), "")
    services.save_session(event, None, session_facts(day), [], at=NOW)
    db.session.commit()
    with pytest.raises(errors.DayInUse):
        services.remove_day(event, day)
    services.delete_session(event, queries.sessions_of(event.id)[0])
    db.session.commit()
    services.remove_day(event, day)
    db.session.commit()
    assert [each.date for each in queries.with_agenda(event.id).days] == [FIRST]


def test_a_session_keeps_who_speaks_in_the_order_given() -> None:
    event = create()
    day = event.days[0]
    known = services.add_speaker(event, services.SpeakerFacts(name="Ana Ñahui", position="", entity=""))
    parts = [
        services.Part("Luis Nuevo", SpeakerRole.MODERATOR),
        services.Part("Ana Ñahui", SpeakerRole.SPEAKER),
    ]
    session = services.save_session(event, None, session_facts(day), parts, at=NOW)
    db.session.commit()
    read = queries.session_of(event, session.id)
    assert read is not None
    assert [(one.speaker.name, one.role, one.position) for one in read.appearances] == [
        ("Luis Nuevo", "moderator", 0),
        ("Ana Ñahui", "speaker", 1),
    ]
    assert read.appearances[1].speaker_id == known.id
    later = NOW + timedelta(days=1)
    services.save_session(event, read, session_facts(day, title="Otra"), parts[::-1] + parts[:1], at=later)
    db.session.commit()
    db.session.expire_all()
    read = queries.session_of(event, session.id)
    assert read is not None
    assert [one.speaker.name for one in read.appearances] == ["Ana Ñahui", "Luis Nuevo"]
    assert (read.title, read.updated_at) == ("Otra", later)
    assert len(db.session.scalars(select(Speaker)).all()) == 2


def test_two_speakers_of_one_name_stay_themselves() -> None:
    event = create()
    first, second = (
        services.add_speaker(event, services.SpeakerFacts(name="Ana", position=post, entity=""))
        for post in ("Jefa", "Asesora")
    )
    session = services.save_session(
        event, None, session_facts(event.days[0]), [services.Part("Ana", SpeakerRole.SPEAKER)], at=NOW
    )
    db.session.commit()
    chosen = session.appearances[0].speaker_id
    assert chosen in {first.id, second.id}
    services.save_session(
        event, session, session_facts(event.days[0]), [services.Part("Ana", SpeakerRole.SPEAKER)], at=NOW
    )
    db.session.commit()
    assert session.appearances[0].speaker_id == chosen


def test_what_a_session_cannot_be() -> None:
    event = create()
    day = event.days[0]
    foreign = factories.event().days[0]
    facts = session_facts(day)
    with pytest.raises(errors.SessionOutOfOrder):
        services.save_session(event, None, replace(facts, ends_at=facts.starts_at), [], at=NOW)
    with pytest.raises(errors.OutsideEvent):
        services.save_session(event, None, replace(facts, day_id=foreign.id), [], at=NOW)


def test_what_people_attended_stays_on_record() -> None:
    event = factories.event(days=1)
    session = queries.sessions_of(event.id)[0]
    factories.attendance(factories.registration(event), session_id=session.id)
    with pytest.raises(errors.SessionInUse):
        services.delete_session(event, session)
    db.session.commit()
    assert len(queries.sessions_of(event.id)) == 2


def test_rooms_and_speakers_in_use_stay() -> None:
    event = create()
    room = services.add_room(event, services.RoomFacts(name="Sala A", capacity=60))
    other = services.add_room(event, services.RoomFacts(name="Sala B", capacity=None))
    with pytest.raises(errors.RoomTaken):
        services.add_room(event, services.RoomFacts(name="Sala A", capacity=None))
    with pytest.raises(errors.RoomTaken):
        services.update_room(event, other, services.RoomFacts(name="Sala A", capacity=None))
    part = services.Part("Ana", SpeakerRole.SPEAKER)
    session = services.save_session(
        event, None, session_facts(event.days[0], room_id=room.id), [part], at=NOW
    )
    db.session.commit()
    speaker = session.appearances[0].speaker
    with pytest.raises(errors.RoomInUse):
        services.delete_room(event, room)
    with pytest.raises(errors.SpeakerInUse):
        services.delete_speaker(event, speaker)
    services.save_session(event, session, session_facts(event.days[0]), [], at=NOW)
    db.session.commit()
    services.delete_room(event, room)
    services.delete_speaker(event, speaker)
    db.session.commit()
    assert [each.name for each in queries.rooms_of(event)] == ["Sala B"]
    assert queries.speakers_of(event) == []


def test_a_copy_has_the_same_programme_on_other_days() -> None:
    event = factories.event(
        days=2,
        capacity=60,
        registration_opens_at=datetime(2026, 5, 1, 5, 0, tzinfo=UTC),
        registration_closes_at=datetime(2026, 5, 12, 4, 59, tzinfo=UTC),
    )
    room, speaker = factories.room(event), factories.speaker(event)
    session = queries.sessions_of(event.id)[0]
    session.online_url, session.room_id = "https://meet.example/x", room.id
    services.save_session(
        event,
        session,
        session_facts(session.day, room_id=room.id, online_url="https://meet.example/x"),
        [services.Part(speaker.name, SpeakerRole.MODERATOR)],
        at=NOW,
    )
    db.session.commit()
    copy = services.duplicate(event, title="Otra", slug="otra", first_day=date(2027, 5, 18), at=NOW)
    db.session.commit()
    made = queries.with_agenda(copy.id)
    assert [day.date for day in made.days] == [date(2027, 5, 18), date(2027, 5, 19)]
    first = made.days[0].sessions[0]
    assert (first.title, first.online_url, first.starts_at) == (
        "Inauguración",
        "",
        datetime(2027, 5, 18, 14, 0, tzinfo=UTC),
    )
    assert first.room is not None
    assert (first.room.name, first.room.id == room.id) == (room.name, False)
    assert [(one.speaker.name, one.role) for one in first.appearances] == [("Ana Ponente", "moderator")]
    assert (made.status, made.capacity, made.registration_opens_at) == (
        EventStatus.DRAFT,
        60,
        datetime(2027, 5, 7, 5, 0, tzinfo=UTC),
    )
    assert first.uid != session.uid
    with pytest.raises(errors.SlugTaken):
        services.duplicate(event, title="Otra", slug="otra", first_day=FIRST, at=NOW)
