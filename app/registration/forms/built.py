"""The forms of an event, made as its office wrote them and kept for the next request."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.registration import queries
from app.registration.forms.agreement import ByHandForm
from app.registration.forms.person import OfficePersonForm, PersonForm, PublicForm, core_controls
from app.registration.forms.questions import Made, QuestionsForm, answered, asking
from app.registration.models import (
    Access,
    Answer,
    FieldKind,
    FieldVersion,
    FormField,
    Registration,
    RegistrationForm,
)

_KEPT = 128
PREVIEW = "vista-"  # before the names of controls that are only looked at
_COPIED = (
    "id",
    "field_id",
    "number",
    "kind",
    "label",
    "help",
    "is_required",
    "choices",
    "shown_if",
    "settings",
)
_THEIR_OWN = {FieldKind.FILE, FieldKind.CONSENT}
_classes: dict[tuple[Any, ...], type[Any]] = {}


def built(base: type[Made], form: RegistrationForm) -> type[Made]:
    """Return a class of forms like `base` that asks what an event's form asks now.

    A class is kept as long as the form asks the same: making one takes longer than a whole registration.
    """
    versions = queries.current_fields(form)
    # By all that is asked, not by ids alone: SQLite gives those of deleted rows to new ones.
    asked = [[getattr(version, name) for name in _COPIED] + [version.field.key] for version in versions]
    key = (base, form.id, json.dumps([form.core, asked], sort_keys=True))
    made = _classes.get(key)
    if made is None:
        if len(_classes) >= _KEPT:
            _classes.clear()
        core = core_controls(form.core) if issubclass(base, PersonForm) else {}
        made = asking(base, _apart(versions), form_id=form.id, **core)
        _classes[key] = made
    return made


def public_form(form: RegistrationForm | None) -> type[PublicForm]:
    """Return the class of an event's public form; None is the plain one."""
    return PublicForm if form is None else built(PublicForm, form)


def office_form(registration: Registration, form: RegistrationForm | None) -> OfficePersonForm:
    """Return the form by which an office corrects what a person told and answered.

    Nothing that a form asks is needed here: the office may not know it. A choice that was taken out since is still
    offered to whoever made it. Files stay as they are, and so does what the person alone can agree to.
    """
    if form is None:
        return OfficePersonForm.of(registration)
    answers = queries.answers_of(registration)
    given = {answer.field_id: answer for answer in answers}
    versions = _apart([one for one in queries.current_fields(form) if one.kind not in _THEIR_OWN])
    for version in versions:
        version.is_required = False
        if version.field_id in given:
            version.choices = _with_former(version.choices, given[version.field_id])
    return asking(OfficePersonForm, versions).of(registration, **answered(answers))


def by_hand_form(form: RegistrationForm | None, *, witness: str, day: date) -> ByHandForm:
    """Return the form by which an office registers somebody, with what an event's form asks; it may leave that out.

    `witness` is who heard that the person agreed unless somebody else is named, `day` the event's today.
    """
    made = _by_hand(form)(consent_witness=witness, consent_on=day)
    made.latest = day
    return made


def _by_hand(form: RegistrationForm | None) -> type[ByHandForm]:
    if form is None:
        return ByHandForm
    versions = _apart([one for one in queries.current_fields(form) if one.kind not in _THEIR_OWN])
    for version in versions:
        version.is_required = False
    return asking(ByHandForm, versions)


def _with_former(choices: list[dict[str, Any]], answer: Answer) -> list[dict[str, Any]]:
    """Return the choices, and those that an answer made and that are no longer among them."""
    chosen = answer.value if isinstance(answer.value, list) else [answer.value]
    present = {choice["key"] for choice in choices}
    former = [one for one in answer.version.choices if one["key"] in chosen and one["key"] not in present]
    return [*choices, *former]


def preview_form(form: RegistrationForm, versions: Sequence[FieldVersion]) -> QuestionsForm:
    """Return a form as it would ask these fields, to be looked at: nothing is read from it."""
    if form.access == Access.SURVEY:
        return asking(QuestionsForm, _apart(versions))(formdata=None, prefix=PREVIEW)
    made = asking(PublicForm, _apart(versions), **core_controls(form.core))
    return made(formdata=None, prefix=PREVIEW)


def _apart(versions: Sequence[FieldVersion]) -> list[FieldVersion]:
    """Return copies that no session knows: they outlive the request that read them."""
    copies = []
    for version in versions:
        copy = FieldVersion(**{name: getattr(version, name) for name in _COPIED})
        copy.field = FormField(id=version.field_id, key=version.field.key)
        copies.append(copy)
    return copies
