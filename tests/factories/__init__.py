"""Rows for tests. Each function adds one thing with sensible values, flushes it and returns it."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from app import codes
from app.accounts.models import Organisation, RoleGrant, User
from app.attendance.models import AttendanceEvent, LedgerKind, LedgerSource
from app.events.models import Day, Event, EventStatus, Modality, Room, Session, SessionKind, Speaker
from app.extensions import db
from app.permissions import Role
from app.registration import rules
from app.registration.models import (
    DocumentType,
    EnrollableSession,
    EntityQuota,
    FieldKind,
    FieldVersion,
    FormField,
    Invitation,
    Registration,
    RegistrationForm,
    RegistrationSettings,
    RegistrationStatus,
)

_numbers = count(1)
THEN = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
FIRST_DAY = date(2026, 5, 12)


def _add(row: Any, *others: Any) -> Any:
    """Add rows in one transaction (each of a test's costs as much as several rows) and return the first."""
    db.session.add_all([row, *others])
    db.session.commit()
    return row


def organisation(name: str = "Municipalidad de Prueba", **values: Any) -> Organisation:
    """Return a public body."""
    return _add(_organisation(name, **values))


def _organisation(name: str = "Municipalidad de Prueba", **values: Any) -> Organisation:
    return Organisation(**{"name": name, "slug": f"org-{next(_numbers)}", "created_at": THEN} | values)


def user(
    role: Role | None = None, *, organisation: Organisation | None = None, event: Event | None = None
) -> User:
    """Return a person who signs in, with at most one role: for an event, an organisation or the installation."""
    number = next(_numbers)
    person = User(
        email=f"persona{number}@example.pe", name=f"Persona {number}", created_at=THEN, login_version=1
    )
    if role is None:
        return _add(person)
    grant = RoleGrant(
        user=person,
        role=role,
        organisation_id=organisation.id if organisation and not event else None,
        event_id=event.id if event else None,
        created_at=THEN,
    )
    return _add(person, grant)


def event(organisation_: Organisation | None = None, *, days: int = 3, **values: Any) -> Event:
    """Return a published event of `days` days from 12 May 2026, each with two sessions: 9:00-10:30 and 11:00-12:00."""
    number = next(_numbers)
    defaults = {
        "title": f"Evento {number}",
        "slug": f"evento-{number}",
        "modality": Modality.HYBRID,
        "timezone": "America/Lima",
        "status": EventStatus.PUBLISHED,
        "created_at": THEN,
        "published_at": THEN,
    }
    row = Event(**defaults | {"organisation": organisation_ or _organisation()} | values)
    db.session.add(row)
    db.session.flush()
    programme = [
        Day(event_id=row.id, date=FIRST_DAY + timedelta(days=index), title=f"Día {index + 1}")
        for index in range(days)
    ]
    db.session.add_all(programme)
    db.session.flush()
    for day in programme:
        db.session.add_all([_session(row, day, hour=9, minutes=90), _session(row, day, hour=11, minutes=60)])
    db.session.commit()
    db.session.refresh(row)
    return row


def session(
    event_: Event, day: Day, *, hour: int = 9, minute: int = 0, minutes: int = 60, **values: Any
) -> Session:
    """Return a session of an event in Lima that begins at an hour of local time."""
    return _add(_session(event_, day, hour=hour, minute=minute, minutes=minutes, **values))


def _session(event_: Event, day: Day, *, hour: int, minute: int = 0, minutes: int, **values: Any) -> Session:
    start = datetime(day.date.year, day.date.month, day.date.day, tzinfo=UTC) + timedelta(
        hours=hour + 5, minutes=minute
    )
    defaults = {
        "title": f"Sesión {next(_numbers)}",
        "kind": SessionKind.TALK,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
        "updated_at": THEN,
    }
    return Session(**defaults | {"event_id": event_.id, "day_id": day.id} | values)


def room(event_: Event, name: str = "Sala principal", **values: Any) -> Room:
    """Return a room of an event."""
    return _add(Room(event_id=event_.id, name=name, **values))


def speaker(event_: Event, name: str = "Ana Ponente", **values: Any) -> Speaker:
    """Return a speaker of an event."""
    return _add(Speaker(event_id=event_.id, name=name, **values))


def registration(event_: Event, **values: Any) -> Registration:
    """Return a confirmed registration of a made-up person."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "status": RegistrationStatus.CONFIRMED,
        "code": codes.generate(8),
        "document_type": DocumentType.DNI,
        "document_number": f"{number:08d}",
        "given_names": "Rosa",
        "first_surname": "Quispe",
        "second_surname": f"Mamani{number}",
        "email": f"rosa{number}@example.pe",
        "language": "es",
        "idempotency_key": f"key-{number}",
        "created_at": THEN,
        "confirmed_at": THEN,
    }
    chosen = defaults | values
    if chosen["status"] == RegistrationStatus.WAITLISTED:
        chosen.setdefault("waiting_since", chosen["created_at"])
    if chosen["status"] == RegistrationStatus.OFFERED:
        chosen.setdefault("offer_expires_at", chosen["created_at"] + timedelta(days=1))
    row = Registration(event_id=event_.id, **chosen)
    rules.fold(row)
    row.entity_key = rules.entity_key(row.entity or "")
    return _add(row)


def attendance(
    registration_: Registration, *, present: bool = True, at: datetime = THEN, **values: Any
) -> AttendanceEvent:
    """Return a mark by hand of a person, about `day_id` or `session_id`."""
    defaults = {
        "event_id": registration_.event_id,
        "registration_id": registration_.id,
        "kind": LedgerKind.PRESENT if present else LedgerKind.ABSENT,
        "source": LedgerSource.HAND,
        "starts_at": at,
        "recorded_at": at,
    }
    return _add(AttendanceEvent(**defaults | values))


def form(event_: Event, *fields: FieldVersion, **values: Any) -> RegistrationForm:
    """Return a form of an event that asks for `fields` (see `asks`), in that order."""
    number = next(_numbers)
    defaults = {"slug": f"formulario-{number}", "title": {"es": f"Formulario {number}"}, "created_at": THEN}
    row = _add(RegistrationForm(**defaults | {"event_id": event_.id} | values))
    for position, version in enumerate(fields):
        version.field.form_id, version.field.position = row.id, position
        _add(version.field)
    return row


def asks(key: str, kind: FieldKind | str, *choices: str, **values: Any) -> FieldVersion:
    """Return the first version of a field, not stored yet: it can also be asked without a database."""
    defaults: dict[str, Any] = {
        "number": 1,
        "kind": FieldKind(kind),
        "label": {"es": f"Campo {key}", "en": f"Field {key}"},
        "help": {},
        "is_required": False,
        "choices": [{"key": one, "label": {"es": one.title()}, "seats": None} for one in choices],
        "settings": {},
        "created_at": THEN,
    }
    version = FieldVersion(**defaults | values)
    version.field = FormField(key=key)
    return version


def quota(event_: Event, entity: str, seats: int) -> EntityQuota:
    """Return the seats of an institution."""
    return _add(
        EntityQuota(event_id=event_.id, entity=entity, entity_key=rules.entity_key(entity), seats=seats)
    )


def settings(event_: Event, **values: Any) -> RegistrationSettings:
    """Return an event's settings of registration."""
    return _add(RegistrationSettings(event_id=event_.id, **values))


def enrollable(session_: Session, seats: int | None = None) -> EnrollableSession:
    """Have people enrol in a session, with so many seats."""
    return _add(EnrollableSession(session_id=session_.id, event_id=session_.event_id, seats=seats))


def invitation(form_: RegistrationForm, email: str = "", **values: Any) -> Invitation:
    """Return an invitation that was sent."""
    defaults = {"email": email or f"invitada{next(_numbers)}@example.pe", "created_at": THEN, "sent_at": THEN}
    return _add(Invitation(**defaults | {"form_id": form_.id, "link_version": 1} | values))
