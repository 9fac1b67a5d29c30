"""Reads of surveys: forms for those who take part, and who answered them."""

from collections import defaultdict

from flask import abort
from sqlalchemy import func, select

from app.events.models import Event
from app.extensions import db
from app.registration.models import Access, Registration, RegistrationForm, SurveyReply

_OF_EVENT = (
    select(RegistrationForm)
    .where(RegistrationForm.access == Access.SURVEY)
    .order_by(RegistrationForm.position, RegistrationForm.id)
)


def surveys_of(event: Event) -> list[RegistrationForm]:
    """Return the surveys of an event in their order."""
    return list(db.session.scalars(_OF_EVENT.where(RegistrationForm.event_id == event.id)))


def survey_or_404(event: Event, slug: str) -> RegistrationForm:
    """Return a survey of this event by its slug, or answer 404."""
    statement = _OF_EVENT.where(RegistrationForm.event_id == event.id, RegistrationForm.slug == slug)
    return db.session.scalar(statement) or abort(404)


def replied_by(registration: Registration) -> frozenset[int]:
    """Return the ids of the surveys that somebody answered."""
    statement = select(SurveyReply.form_id).where(SurveyReply.registration_id == registration.id)
    return frozenset(db.session.scalars(statement))


def replies_of_event(event_id: int) -> dict[int, frozenset[int]]:
    """Return the ids of the surveys that people of an event answered, by registration."""
    statement = (
        select(SurveyReply.registration_id, SurveyReply.form_id)
        .join(RegistrationForm, RegistrationForm.id == SurveyReply.form_id)
        .where(RegistrationForm.event_id == event_id)
    )
    found = defaultdict(set)
    for registration_id, form_id in db.session.execute(statement):
        found[registration_id].add(form_id)
    return {person: frozenset(forms) for person, forms in found.items()}


def replies_by_survey(event: Event) -> dict[int, int]:
    """Return how many people answered each of an event's surveys, by the survey's id."""
    statement = (
        select(SurveyReply.form_id, func.count())
        .join(RegistrationForm, RegistrationForm.id == SurveyReply.form_id)
        .where(RegistrationForm.event_id == event.id)
        .group_by(SurveyReply.form_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}
