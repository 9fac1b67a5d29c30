"""Reads of forms and of the answers to them."""

from flask import abort
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import contains_eager

from app.events.models import Event
from app.extensions import db
from app.registration.models import (
    Access,
    Answer,
    FieldVersion,
    FormField,
    Registration,
    RegistrationForm,
    Upload,
)

_NO_SURVEY = RegistrationForm.access != Access.SURVEY
_OF_EVENT = (
    select(RegistrationForm)
    .where(RegistrationForm.event_id == bindparam("event_id"), _NO_SURVEY)
    .order_by(RegistrationForm.position, RegistrationForm.id)
)
_ANY = FieldVersion.__table__.alias()
_NEWEST = select(func.max(_ANY.c.number)).where(_ANY.c.field_id == FormField.id).scalar_subquery()
_CURRENT_FIELDS = (
    select(FieldVersion)
    .join(FieldVersion.field)
    .options(contains_eager(FieldVersion.field))
    .where(
        FormField.form_id == bindparam("form_id"),
        FormField.removed_at.is_(None),
        FieldVersion.number == _NEWEST,
    )
    .order_by(FormField.position, FormField.id)
)


def forms_of(event: Event) -> list[RegistrationForm]:
    """Return the forms by which people register for an event, in their order; the first is the main one."""
    return list(db.session.scalars(_OF_EVENT, {"event_id": event.id}))


def main_form(event: Event) -> RegistrationForm | None:
    """Return the form behind the event's own address, or None: the plain form."""
    return db.session.scalars(_OF_EVENT.limit(1), {"event_id": event.id}).first()


def form_of(event: Event, slug: str) -> RegistrationForm | None:
    """Return a form of this event by its slug, unless it is a survey."""
    statement = select(RegistrationForm).where(RegistrationForm.event_id == event.id, _NO_SURVEY)
    return db.session.scalar(statement.where(RegistrationForm.slug == slug))


_AT_ADDRESS = (
    select(RegistrationForm)
    .join(RegistrationForm.event)
    .where(Event.slug == bindparam("event"), _NO_SURVEY)
    .order_by(RegistrationForm.position, RegistrationForm.id)
    .limit(1)
)
_AT_ITS_ADDRESS = _AT_ADDRESS.where(RegistrationForm.slug == bindparam("form"))


def form_at(event_slug: str, form_slug: str = "") -> RegistrationForm | None:
    """Return the form behind an address: an event's form by its slug, or the main one (None: the plain form)."""
    if form_slug:
        return db.session.scalar(_AT_ITS_ADDRESS, {"event": event_slug, "form": form_slug})
    return db.session.scalar(_AT_ADDRESS, {"event": event_slug})


def form_by_id(event: Event, form_id: int) -> RegistrationForm | None:
    """Return a form of this event by its id."""
    return db.session.scalar(
        select(RegistrationForm).where(RegistrationForm.event_id == event.id, RegistrationForm.id == form_id)
    )


def current_fields(form: RegistrationForm) -> list[FieldVersion]:
    """Return what a form asks now, in its order: the newest version of each field that was not taken out."""
    return list(db.session.scalars(_CURRENT_FIELDS, {"form_id": form.id}))


def answers_of(registration: Registration, *, survey: RegistrationForm | None = None) -> list[Answer]:
    """Return what a person answered when they registered, or to a survey, in the order of the form.

    What they answered to fields that were taken out since is among it.
    """
    statement = (
        select(Answer)
        .join(Answer.version)
        .join(FieldVersion.field)
        .join(FormField.form)
        .options(contains_eager(Answer.version).contains_eager(FieldVersion.field))
        .where(
            Answer.registration_id == registration.id,
            _NO_SURVEY if survey is None else FormField.form_id == survey.id,
        )
        .order_by(FormField.position, FormField.id)
    )
    return list(db.session.scalars(statement))


def upload(upload_id: int) -> Upload | None:
    """Return a file that somebody sent."""
    return db.session.get(Upload, upload_id)


def uploads_of(registration: Registration) -> dict[int, Upload]:
    """Return the files of a registration by their ids."""
    rows = db.session.scalars(select(Upload).where(Upload.registration_id == registration.id))
    return {row.id: row for row in rows}


def upload_of_or_404(registration: Registration, upload_id: int) -> Upload:
    """Return a file of this registration, or answer 404."""
    row = upload(upload_id)
    return row if row is not None and row.registration_id == registration.id else abort(404)
