"""Reads of grades."""

from collections import defaultdict
from decimal import Decimal

from flask import abort
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from app.assessments.models import Grade, Subject
from app.assessments.rules import person_key
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration, RegistrationStatus
from app.text import folded

PAGE = 50


def subjects_of(event_id: int) -> list[Subject]:
    """Return the subjects of an event in their order."""
    statement = select(Subject).where(Subject.event_id == event_id)
    return list(db.session.scalars(statement.order_by(Subject.position, Subject.id)))


def grades_of_event(event_id: int) -> dict[int, dict[int, Decimal]]:
    """Return all grades of an event by registration and subject, in one query."""
    statement = (
        select(Grade.registration_id, Grade.subject_id, Grade.value)
        .join(Subject, Subject.id == Grade.subject_id)
        .where(Subject.event_id == event_id)
    )
    found: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    for registration_id, subject_id, value in db.session.execute(statement):
        found[registration_id][subject_id] = value
    return dict(found)


def grades_of(registration_id: int) -> dict[int, Decimal]:
    """Return one participant's grades by subject."""
    statement = select(Grade.subject_id, Grade.value).where(Grade.registration_id == registration_id)
    return {subject_id: value for subject_id, value in db.session.execute(statement)}  # noqa: C416 - a Row is no pair


def subject_or_404(event: Event, subject_id: int) -> Subject:
    """Return a subject of this event, or answer 404."""
    statement = select(Subject).where(Subject.id == subject_id, Subject.event_id == event.id)
    return db.session.scalar(statement) or abort(404)


def is_graded(subject: Subject) -> bool:
    """Return whether anybody has a grade in a subject."""
    return db.session.scalar(select(Grade.id).where(Grade.subject_id == subject.id).limit(1)) is not None


def people(event: Event, *, text: str = "", page: int = 1) -> Pagination:
    """Return a page of 50 confirmed people of an event whose record holds every word of `text`."""
    statement = select(Registration).where(
        Registration.event_id == event.id,
        Registration.status == RegistrationStatus.CONFIRMED,
        *(Registration.search_text.contains(word, autoescape=True) for word in folded(text).split()),
    )
    return db.paginate(
        statement.order_by(Registration.sort_key, Registration.id), page=page, per_page=PAGE, error_out=False
    )


def keys_of_people(event: Event) -> dict[str, int]:
    """Return the confirmed registrations of an event by document number and by code, as rules.person_key writes them.

    A document number that two people share leads to nobody.
    """
    statement = select(Registration.id, Registration.code, Registration.document_number).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED
    )
    found: dict[str, int] = {}
    twice = set()
    for number, code, document in db.session.execute(statement):
        found[person_key(code)] = number
        key = person_key(document)
        if key and key in found:
            twice.add(key)
        elif key:
            found[key] = number
    return {key: number for key, number in found.items() if key not in twice}
