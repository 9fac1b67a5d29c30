"""Reads of what many people answered, for lists and files."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, contains_eager

from app.events.models import Event
from app.extensions import db
from app.registration.models import (
    Answer,
    ChosenOption,
    FieldKind,
    FieldVersion,
    FormField,
    Registration,
    RegistrationForm,
)

_ANY = aliased(FieldVersion)
_NEWEST = (
    select(func.max(_ANY.number)).where(_ANY.field_id == FormField.id).correlate(FormField).scalar_subquery()
)


def questions_of(event: Event) -> list[FieldVersion]:
    """Return what all forms of an event ask, and what they asked and took out, each with its field and form."""
    statement = (
        select(FieldVersion)
        .join(FieldVersion.field)
        .join(FormField.form)
        .options(contains_eager(FieldVersion.field).contains_eager(FormField.form))
        .where(
            RegistrationForm.event_id == event.id,
            FieldVersion.number == _NEWEST,
            FieldVersion.kind != FieldKind.SECTION,
        )
        .order_by(RegistrationForm.position, RegistrationForm.id, FormField.position, FormField.id)
    )
    return list(db.session.scalars(statement))


def versions_of(field_ids: Collection[int]) -> dict[int, FieldVersion]:
    """Return all versions of fields, by their ids."""
    found = db.session.scalars(select(FieldVersion).where(FieldVersion.field_id.in_(field_ids)))
    return {version.id: version for version in found}


def answers_among(
    registration_ids: Collection[int], field_ids: Collection[int]
) -> list[tuple[int, int, int, Any]]:
    """Return what some people answered to some fields: registration, field, version and value of each answer."""
    statement = select(Answer.registration_id, Answer.field_id, Answer.version_id, Answer.value).where(
        Answer.registration_id.in_(registration_ids), Answer.field_id.in_(field_ids)
    )
    return [tuple(row) for row in db.session.execute(statement)]


def chose(field_id: int, option: str) -> ColumnElement[bool]:
    """Return the condition that a registration chose an option of a field."""
    chosen = select(ChosenOption.answer_id).where(
        ChosenOption.registration_id == Registration.id,
        ChosenOption.field_id == field_id,
        ChosenOption.option == option,
    )
    return chosen.exists()
