"""What the tests of the registrations' pages share: what is typed, and what the pages and the rows say."""

import re
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attendance import services as attendance
from app.attendance.models import ScanSource
from app.attendance.services import Reading
from app.audit import AuditEntry
from app.events.models import Event
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.registration.models import Registration, RegistrationStatus

BASE = "/gestion/eventos/foro/inscripciones"
CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
CANCELLED = RegistrationStatus.CANCELLED
PERSON = {
    "document_type": "dni",
    "document_number": "00000077",
    "given_names": "Zoë",
    "first_surname": "Ñahui",
    "second_surname": "Túpac",
    "email": "zoe@example.pe",
    "phone": "987 654 321",
    "entity": "Comunidad San Rafael",
    "position": "Lideresa",
    "ubigeo": "Imaza",
}
BY_HAND = PERSON | {
    "consent": "y",
    "consent_kind": "oral",
    "consent_witness": "Ana Tsamajain",
    "consent_on": "2026-05-12",
    "idempotency_key": "a-key-of-the-form",
}


def listed(client: FlaskClient, **asked: Any) -> list[str]:
    """Return the names that the list shows."""
    answer = client.get(BASE, query_string=asked)
    assert answer.status_code == 200
    return re.findall(r'inscripciones/\d+">([^<]+)</a>', answer.get_data(as_text=True))


def page(client: FlaskClient, address: str = BASE, **asked: Any) -> str:
    answer = client.get(address, query_string=asked)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def figures(client: FlaskClient) -> list[tuple[str, str]]:
    found = re.findall(r'<div class="stat"> ?<strong>(.*?)</strong> ?(.*?) ?</div>', page(client))
    return [(value, label.strip()) for value, label in found]


def states(*people: Registration) -> list[RegistrationStatus]:
    """Return where people stand in the database, whatever the rows in memory say."""
    found = dict(db.session.execute(select(Registration.id, Registration.status)).all())
    return [RegistrationStatus(found[person.id]) for person in people]


def letters(session: Session) -> list[str]:
    return [row.letter for row in session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def scan(event: Event, person: Registration, *, day: int = 0) -> None:
    at = datetime(2026, 5, 12 + day, 14, 0, tzinfo=UTC)
    reading = Reading(person.code, f"nonce-{person.id}-{day}", at, ScanSource.TYPED)
    attendance.scan(event.id, event.days[day].id, reading, by=None, at=at)


def error_at(answer: Any, field: str) -> str:
    found = re.search(rf'id="{field}-error">(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)
    return "" if found is None else " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def registered(event: Event) -> list[int]:
    return list(db.session.scalars(select(Registration.id).where(Registration.event_id == event.id)))
