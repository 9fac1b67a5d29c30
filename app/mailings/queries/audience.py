"""Whom a choice means."""

from sqlalchemy import ColumnElement, Select, func, select

from app.attendance import queries as attendance
from app.events import queries as events
from app.events.models import Event
from app.extensions import db
from app.mailings.queries import notices
from app.mailings.rules import NOTICES, Audience
from app.registration.models import (
    ChosenOption,
    Enrolment,
    EnrolmentStatus,
    FieldKind,
    FieldVersion,
    FormField,
    Registration,
    RegistrationForm,
)
from app.registration.rules import entity_key


def conditions(event: Event, audience: Audience, *, is_notice: bool) -> list[ColumnElement[bool]]:
    """Return the conditions of those with an e-mail whom a choice means.

    For a notice, of those who agreed to notices and have not stopped those of the organisation.
    """
    found = [
        Registration.event_id == event.id,
        Registration.email != "",
        Registration.status.in_(audience.statuses),
        *_narrowed(event, audience),
    ]
    if not is_notice:
        return found
    stopped = notices.stopped(event, *found)
    return [*found, notices.AGREED, *([Registration.id.not_in(stopped)] if stopped else [])]


def _narrowed(event: Event, audience: Audience) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if audience.attended is not None:
        day = events.day_of(event, audience.day_id) if audience.day_id else None
        came = attendance.came(event, day)
        found.append(came if audience.attended else ~came)
    if audience.session_id:
        enrolled = select(Enrolment.registration_id).where(
            Enrolment.session_id == audience.session_id, Enrolment.status == EnrolmentStatus.ENROLLED
        )
        found.append(Registration.id.in_(enrolled))
    if audience.entity:
        found.append(Registration.entity_key.contains(entity_key(audience.entity), autoescape=True))
    if audience.department:
        found.append(Registration.ubigeo.startswith(audience.department, autoescape=True))
    if audience.form_id:
        found.append(Registration.form_id == audience.form_id)
    if audience.field_id:
        chosen = select(ChosenOption.registration_id).where(
            ChosenOption.field_id == audience.field_id, ChosenOption.option == audience.option
        )
        found.append(Registration.id.in_(chosen))
    return found


def people(event: Event, audience: Audience, *, is_notice: bool) -> Select[Registration]:
    """Return the statement of those whom a choice means, in the order in which they registered."""
    return (
        select(Registration)
        .where(*conditions(event, audience, is_notice=is_notice))
        .order_by(Registration.id)
    )


def count(event: Event, audience: Audience, *, is_notice: bool) -> int:
    """Return how many a mailing would go to."""
    statement = select(func.count()).select_from(Registration)
    return db.session.scalar(statement.where(*conditions(event, audience, is_notice=is_notice))) or 0


def some(event: Event, audience: Audience, *, is_notice: bool, limit: int = 30) -> list[Registration]:
    """Return the first of those whom a choice means, to look at a message as one of them."""
    return list(db.session.scalars(people(event, audience, is_notice=is_notice).limit(limit)))


def asks_about_notices(event: Event) -> bool:
    """Return whether a form of the event holds the box by which people agree to notices."""
    statement = (
        select(FormField.id)
        .join(RegistrationForm, RegistrationForm.id == FormField.form_id)
        .where(RegistrationForm.event_id == event.id, FormField.key == NOTICES)
        .limit(1)
    )
    return db.session.scalar(statement) is not None


def choice_fields(event: Event) -> list[FieldVersion]:
    """Return the newest version of each field of the event's forms at which one chooses from a list."""
    newest = select(func.max(FieldVersion.id)).group_by(FieldVersion.field_id)
    statement = (
        select(FieldVersion)
        .join(FieldVersion.field)
        .join(FormField.form)
        .where(
            RegistrationForm.event_id == event.id,
            FieldVersion.kind.in_((FieldKind.ONE_OF, FieldKind.SOME_OF)),
            FieldVersion.id.in_(newest),
        )
        .order_by(RegistrationForm.position, FormField.position, FormField.id)
    )
    return list(db.session.scalars(statement))


def departments(event: Event) -> list[str]:
    """Return the departments that the event's people come from, as two digits."""
    code = func.substr(Registration.ubigeo, 1, 2)
    statement = select(code).where(Registration.event_id == event.id, Registration.ubigeo != "").distinct()
    return sorted(db.session.scalars(statement))


def enrollable(event: Event) -> set[int]:
    """Return the ids of the event's sessions in which somebody is enrolled."""
    statement = select(Enrolment.session_id).join(Registration).where(Registration.event_id == event.id)
    return set(db.session.scalars(statement.distinct()))
