"""Reads for those who make forms: their fields, templates, and how many people answered what."""

from typing import NoReturn

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Organisation
from app.events.models import Event
from app.extensions import db
from app.registration.models import Answer, ChosenOption, FormField, Registration, RegistrationForm

_WITH_FIELDS = selectinload(RegistrationForm.fields).selectinload(FormField.versions)


def _not_found() -> NoReturn:
    abort(404)


def form_or_404(event: Event, form_id: int) -> RegistrationForm:
    """Return a form of this event with its fields and their versions, or answer 404."""
    statement = select(RegistrationForm).options(_WITH_FIELDS)
    wanted = statement.where(RegistrationForm.id == form_id, RegistrationForm.event_id == event.id)
    return db.session.scalar(wanted) or _not_found()


def reloaded(form: RegistrationForm) -> RegistrationForm:
    """Return a form as it stands in the database now, its fields and versions too."""
    statement = select(RegistrationForm).options(_WITH_FIELDS).where(RegistrationForm.id == form.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def field_or_404(form: RegistrationForm, field_id: int) -> FormField:
    """Return a field of this form that was not taken out, or answer 404."""
    return next((one for one in fields_of(form) if one.id == field_id), None) or _not_found()


def template_or_404(organisation: Organisation, template_id: int) -> RegistrationForm:
    """Return a template of this organisation with its fields, or answer 404."""
    statement = select(RegistrationForm).options(_WITH_FIELDS)
    wanted = statement.where(
        RegistrationForm.id == template_id, RegistrationForm.organisation_id == organisation.id
    )
    return db.session.scalar(wanted) or _not_found()


def templates_of(organisation: Organisation) -> list[RegistrationForm]:
    """Return an organisation's templates, the oldest first."""
    statement = select(RegistrationForm).where(RegistrationForm.organisation_id == organisation.id)
    return list(db.session.scalars(statement.order_by(RegistrationForm.id)))


def forms_with_fields(event: Event) -> list[RegistrationForm]:
    """Return the forms of an event in order, with their fields and versions."""
    statement = select(RegistrationForm).options(_WITH_FIELDS).where(RegistrationForm.event_id == event.id)
    return list(db.session.scalars(statement.order_by(RegistrationForm.position, RegistrationForm.id)))


def fields_of(form: RegistrationForm) -> list[FormField]:
    """Return the fields of a form that were not taken out, in order."""
    return [field for field in form.fields if field.removed_at is None]


def answers_to(field: FormField) -> int:
    """Return how many people answered a field."""
    statement = select(func.count()).select_from(Answer).where(Answer.field_id == field.id)
    return db.session.scalar(statement) or 0


def chosen(field: FormField) -> dict[str, int]:
    """Return how many people chose each option of a field, by the option's key."""
    statement = select(ChosenOption.option, func.count().label("number")).where(
        ChosenOption.field_id == field.id
    )
    return {row.option: row.number for row in db.session.execute(statement.group_by(ChosenOption.option))}


def registered_by_form(event: Event) -> dict[int, int]:
    """Return how many registrations came by each of an event's forms, by the form's id; ended ones count too."""
    statement = (
        select(Registration.form_id, func.count().label("number"))
        .where(Registration.event_id == event.id, Registration.form_id.is_not(None))
        .group_by(Registration.form_id)
    )
    return {row.form_id: row.number for row in db.session.execute(statement)}
