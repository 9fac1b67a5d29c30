"""Corrections of names and documents that people ask for: small ones at once, others once an office has decided.

Seats are not touched; the event's lock keeps two registrations from becoming the same person at once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from app import audit
from app.extensions import db
from app.registration.emails import requests as emails
from app.registration.errors import (
    AlreadyCancelled,
    AlreadyDecided,
    IdentityTaken,
    NothingChanged,
    SamePerson,
)
from app.registration.models import DocumentType, NameRequest, Registration, RequestStatus
from app.registration.queries import requests as asked_for
from app.registration.rules.requests import Names, is_small
from app.registration.services.people import Person
from app.registration.services.seats import lock
from app.registration.services.upkeep import correct


@dataclass(frozen=True)
class Correction:
    """Names and document as a person says they should be, and why."""

    document_type: DocumentType
    document_number: str
    given_names: str
    first_surname: str
    second_surname: str = ""
    reason: str = ""


def ask(registration: Registration, wish: Correction, *, is_certified: bool, at: datetime) -> NameRequest:
    """Correct a person's name at once where that is theirs to do, or put the wish before the office.

    It is theirs as long as no certificate was issued (`is_certified`), for a small change of the name alone (see
    rules.requests.is_small), once: several small steps could lead anywhere. A wish that would make two registrations
    the same person goes to the office too, so that nobody learns here who else is registered. A newer wish takes the
    place of one that waits.

    Raises AlreadyCancelled and NothingChanged.
    """
    event = registration.event
    lock(event)
    db.session.refresh(registration)
    if not registration.is_active:
        raise AlreadyCancelled
    if not _differs(registration, wish):
        raise NothingChanged
    _withdraw(registration, at=at)
    request = _added(registration, wish, at=at)
    may_apply = not is_certified and not asked_for.was_applied_before(registration)
    if may_apply and _is_small(registration, wish) and _apply(request, at=at):
        request.status, request.decided_at = RequestStatus.APPLIED, at
        emails.name_corrected(request)
    audit.record("name_request.asked", request, event=event, at=at, status=str(request.status))
    return request


def accept(request: NameRequest, *, by: int, note: str, at: datetime) -> None:
    """Correct the registration as it was asked for, and tell the person.

    Raises AlreadyDecided, and IdentityTaken or SamePerson where another registration is for the same person.
    """
    lock(request.registration.event)
    _decide(request, RequestStatus.ACCEPTED, by=by, note=note, at=at)
    correct(request.registration, _corrected(request), at=at)
    emails.name_corrected(request)


def decline(request: NameRequest, *, by: int, note: str, at: datetime) -> None:
    """Leave the registration as it is, and tell the person why. Raises AlreadyDecided."""
    _decide(request, RequestStatus.DECLINED, by=by, note=note, at=at)
    emails.name_declined(request)


def _decide(request: NameRequest, status: RequestStatus, *, by: int, note: str, at: datetime) -> None:
    decided = db.session.execute(
        update(NameRequest)
        .where(NameRequest.id == request.id, NameRequest.status == RequestStatus.WAITING)
        .values(status=status, note=note, decided_at=at, decided_by_id=by)
    )
    if decided.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyDecided
    db.session.refresh(request)
    audit.record(f"name_request.{status}", request, event=request.registration.event, at=at)


def _differs(registration: Registration, wish: Correction) -> bool:
    return _identifying(registration) != _identifying(wish)


def _identifying(row: Registration | Correction) -> tuple[str, ...]:
    return (
        str(row.document_type),
        row.document_number,
        row.given_names,
        row.first_surname,
        row.second_surname,
    )


def _is_small(registration: Registration, wish: Correction) -> bool:
    same_document = _identifying(registration)[:2] == _identifying(wish)[:2]
    return same_document and is_small(Names(*_identifying(registration)[2:]), Names(*_identifying(wish)[2:]))


def _withdraw(registration: Registration, *, at: datetime) -> None:
    db.session.execute(
        update(NameRequest)
        .where(NameRequest.registration_id == registration.id, NameRequest.status == RequestStatus.WAITING)
        .values(status=RequestStatus.WITHDRAWN, decided_at=at)
    )


def _added(registration: Registration, wish: Correction, *, at: datetime) -> NameRequest:
    request = NameRequest(
        registration=registration,
        status=RequestStatus.WAITING,
        document_type=wish.document_type,
        document_number=wish.document_number,
        given_names=wish.given_names,
        first_surname=wish.first_surname,
        second_surname=wish.second_surname,
        former_name=registration.full_name,
        former_document=f"{registration.document_type}:{registration.document_number}",
        reason=wish.reason,
        created_at=at,
    )
    db.session.add(request)
    db.session.flush()
    return request


def _apply(request: NameRequest, *, at: datetime) -> bool:
    try:
        correct(request.registration, _corrected(request), at=at)
    except (IdentityTaken, SamePerson):
        return False
    return True


def _corrected(request: NameRequest) -> Person:
    """Return the person of the registration with the names and the document that were asked for."""
    known = request.registration
    return Person(
        document_type=DocumentType(request.document_type),
        document_number=request.document_number,
        given_names=request.given_names,
        first_surname=request.first_surname,
        second_surname=request.second_surname,
        email=known.email,
        phone=known.phone,
        entity=known.entity,
        position=known.position,
        ubigeo=known.ubigeo,
    )
