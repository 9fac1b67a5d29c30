"""Keeping what people answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from app import audit
from app.extensions import db
from app.registration import queries
from app.registration.errors import FileGone, UnknownField
from app.registration.models import (
    Access,
    Answer,
    ChosenOption,
    FieldKind,
    FieldVersion,
    Registration,
    RegistrationForm,
)
from app.registration.rules.answers import shown
from app.registration.services import uploads
from app.registration.services.entities import rucs_among, settle


def save_answers(
    registration: Registration, form: RegistrationForm, values: Mapping[str, Any], *, at: datetime
) -> list[str]:
    """Keep values as `rules.answers.read_all` returns them, by the fields' keys. Returns the keys that changed.

    A new or changed answer stands under the version in force, an unchanged one under that under which it was given.
    None takes an answer back; a field that is not among the values keeps its answer; what is hidden by then loses it.

    Raises UnknownField for what is no field of this form, or was taken out of it, and FileGone.
    """
    versions = [one for one in queries.current_fields(form) if one.kind != FieldKind.SECTION]
    by_key = {version.field.key: version for version in versions}
    if unknown := [key for key in values if key not in by_key]:
        raise UnknownField(unknown[0])
    survey = form if form.access == Access.SURVEY else None
    former = {answer.field_id: answer for answer in queries.answers_of(registration, survey=survey)}
    kept = {key: former[one.field_id].value for key, one in by_key.items() if one.field_id in former}
    wanted = {**kept, **values}
    visible = {version.field.key for version in shown(queries.current_fields(form), wanted)}
    changed = []
    for key, version in by_key.items():
        value = wanted.get(key) if key in visible else None
        if _keep(registration, former.get(version.field_id), version, value, at=at):
            changed.append(key)
    if survey is None and rucs_among(versions, dict.fromkeys(changed)):
        settle(registration)
    if changed and survey is None and registration.created_at != at:
        event = registration.event
        audit.record("registration.answers_changed", registration, event=event, at=at, changed=changed)
    return changed


def _keep(
    registration: Registration, former: Answer | None, version: FieldVersion, value: Any, *, at: datetime
) -> bool:
    """Keep one answer. Returns whether it changed."""
    if (former.value if former else None) == value and type(former and former.value) is type(value):
        return False
    if former is not None:
        _forget(former)
    if version.kind == FieldKind.FILE and value is not None:
        _take_file(registration, version, value)
    if value is None:
        db.session.delete(former)
        return True
    answer = former or Answer(registration_id=registration.id, field_id=version.field_id)
    answer.version, answer.value, answer.answered_at = version, value, at
    db.session.add(answer)
    if version.kind in {FieldKind.ONE_OF, FieldKind.SOME_OF}:
        db.session.flush()
        db.session.add_all(_options(answer))
    return True


def _forget(answer: Answer) -> None:
    """Take back what hangs on an answer that changes."""
    db.session.execute(delete(ChosenOption).where(ChosenOption.answer_id == answer.id))
    if answer.version.kind == FieldKind.FILE:
        uploads.let_go(answer.value)


def _take_file(registration: Registration, version: FieldVersion, upload_id: int) -> None:
    try:
        uploads.take(upload_id, version.field_id, registration.id)
    except FileGone as gone:
        gone.field = version.field.key
        raise


def _options(answer: Answer) -> list[ChosenOption]:
    chosen = answer.value if isinstance(answer.value, list) else [answer.value]
    return [
        ChosenOption(
            answer_id=answer.id,
            option=option,
            field_id=answer.field_id,
            registration_id=answer.registration_id,
        )
        for option in chosen
    ]
