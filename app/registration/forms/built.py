"""The forms of an event, made as its office wrote them and kept for the next request."""

import json
from collections.abc import Sequence
from typing import Any

from app.registration import queries
from app.registration.forms.person import PublicForm, core_controls
from app.registration.forms.questions import Made, asking
from app.registration.models import FieldVersion, FormField, RegistrationForm

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
        made = asking(base, _apart(versions), form_id=form.id, **core_controls(form.core))
        _classes[key] = made
    return made


def public_form(form: RegistrationForm | None) -> type[PublicForm]:
    """Return the class of an event's public form; None is the plain one."""
    return PublicForm if form is None else built(PublicForm, form)


def preview_form(form: RegistrationForm, versions: Sequence[FieldVersion]) -> PublicForm:
    """Return an event's public form as it would ask these fields, to be looked at: nothing is read from it."""
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
