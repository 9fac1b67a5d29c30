"""What the benches work on: an event of three days and twelve sessions, its people, and somebody at the door.

`python -m bench.data SLUG PEOPLE [SEATS]` adds an event to the instance that the environment names and prints what a
bench must know of it as JSON.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock, codes, create_app, unit_of_work
from app.accounts import services as accounts
from app.accounts.models import Organisation, User
from app.events.models import (
    Appearance,
    Day,
    Event,
    EventStatus,
    Modality,
    Room,
    Session,
    SessionKind,
    Speaker,
)
from app.extensions import db
from app.permissions import Role
from app.registration import rules
from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.registration.services import CODE_LENGTH

ZONE = "America/Lima"
EMAIL = "puerta@example.pe"
PASSWORD = "una clave para medir"  # noqa: S105 - of a database that lives for a minute
CAPACITY = 100_000
_GIVEN = ("Rosa", "Julia", "Nilo", "Yeni", "Édgar", "Ñusta", "Saúl", "Carmen")
_SURNAMES = ("Quispe", "Mamani", "Huamán", "Núñez", "Tsamajain", "Rojas", "Chávez", "Ccori")


def add_event(slug: str, people: int, *, seats: int = CAPACITY, at: datetime) -> dict[str, Any]:
    """Add a published event whose first day is today, with so many registered; return its particulars."""
    organisation = db.session.query(Organisation).first() or accounts.create_organisation(
        "Municipalidad de las Medidas", at=at
    )
    event = Event(
        organisation=organisation,
        slug=slug,
        title="Semana de las Medidas",
        summary="Tres días y doce sesiones.",
        description="Un evento como los de verdad, para medir. " * 12,
        modality=Modality.HYBRID,
        timezone=ZONE,
        venue_name="Auditorio",
        status=EventStatus.PUBLISHED,
        capacity=seats,
        hours=12,
        created_at=at,
        published_at=at,
    )
    db.session.add(event)
    db.session.flush()
    today = at.astimezone(ZoneInfo(ZONE)).date()
    _add_programme(event, today)
    codes_ = _add_people(event, people, at=at)
    _add_staff(organisation, at=at)
    return {"slug": slug, "day": today.isoformat(), "codes": codes_}


def _add_programme(event: Event, first: date) -> None:
    rooms = [Room(event_id=event.id, name=f"Sala {name}") for name in "AB"]
    speakers = [
        Speaker(
            event_id=event.id, name=f"{given} {surname}", position="Especialista", entity="Entidad de prueba"
        )
        for given, surname in zip(_GIVEN, _SURNAMES, strict=True)
    ]
    db.session.add_all([*rooms, *speakers])
    db.session.flush()
    for offset in range(3):
        day = Day(event_id=event.id, date=first + timedelta(days=offset), title=f"Jornada {offset + 1}")
        db.session.add(day)
        db.session.flush()
        for number, hour in enumerate((9, 10, 11, 15)):
            session = _session(day, hour, rooms[number % 2])
            session.appearances = [
                Appearance(speaker=speakers[(number + place) % len(speakers)], position=place)
                for place in range(2)
            ]
            db.session.add(session)


def _session(day: Day, hour: int, room: Room) -> Session:
    starts = datetime.combine(day.date, time(hour), ZoneInfo(ZONE)).astimezone(UTC)
    return Session(
        event_id=day.event_id,
        day_id=day.id,
        room_id=room.id,
        title=f"Sesión de las {hour}: experiencias y buenas prácticas",
        abstract="Qué se hizo, qué resultó y qué se haría de otra manera. " * 3,
        kind=SessionKind.PANEL,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=50),
        updated_at=clock.now(),
    )


def _add_people(event: Event, people: int, *, at: datetime) -> list[str]:
    found: list[str] = []
    unused = _unused_codes()
    for start in range(0, people, 1000):
        batch = [
            _person(event, number, next(unused), at=at) for number in range(start, min(start + 1000, people))
        ]
        db.session.add_all(batch)
        db.session.flush()
        found += [registration.code for registration in batch]
        db.session.expunge_all()
    return found


def _unused_codes() -> Iterator[str]:
    """Yield codes that nobody has: among hundreds of thousands two random ones may be alike."""
    used = set(db.session.scalars(select(Registration.code)))
    while True:
        code = codes.generate(CODE_LENGTH)
        if code not in used:
            used.add(code)
            yield code


def _person(event: Event, number: int, code: str, *, at: datetime) -> Registration:
    registration = Registration(
        event_id=event.id,
        status=RegistrationStatus.CONFIRMED,
        code=code,
        document_type=DocumentType.DNI,
        document_number=f"{number + 1:08d}",
        given_names=_GIVEN[number % 8],
        first_surname=_SURNAMES[number // 8 % 8],
        second_surname=_SURNAMES[number // 64 % 8],
        email=f"persona{number}@example.pe",
        phone="987654321",
        entity="Municipalidad Distrital de la Medida",
        entity_key="municipalidad distrital de la medida",
        position="Especialista",
        ubigeo="150101",
        language="es",
        idempotency_key=f"seed-{number}",
        link_version=1,
        consented_at=at,
        created_at=at,
        confirmed_at=at,
    )
    rules.fold(registration)
    return registration


def _add_staff(organisation: Organisation, *, at: datetime) -> None:
    if db.session.query(User).filter_by(email=EMAIL).first() is None:
        user = accounts.create_user(EMAIL, "Puerta", at=at, password=PASSWORD)
        accounts.grant(user, Role.ADMINISTRATOR, organisation=db.session.merge(organisation), at=at)


def main(slug: str, people: str, seats: str = str(CAPACITY)) -> None:
    """Add the event and print its particulars."""
    application = create_app()
    with application.app_context(), application.test_request_context(), unit_of_work.transaction():
        particulars = add_event(slug, int(people), seats=int(seats), at=clock.now())
    print(json.dumps(particulars))


if __name__ == "__main__":
    main(*sys.argv[1:])
