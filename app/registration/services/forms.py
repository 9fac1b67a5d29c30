"""Making and changing an event's forms."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app import audit, changes
from app.accounts.models import Organisation
from app.events.models import Event
from app.extensions import db
from app.registration import queries, rules
from app.registration.errors import (
    ChoiceInCondition,
    FieldInCondition,
    FormInUse,
    FormSlugTaken,
    FormWindowOutOfOrder,
    FormWindowOutside,
    NeverRequired,
    OutOfOrder,
)
from app.registration.models import (
    Access,
    FieldKind,
    FieldVersion,
    FormField,
    RegistrationForm,
    RegistrationGroup,
    Words,
)
from app.registration.services.seats import lock, promote


@dataclass(frozen=True, kw_only=True)
class FormFacts:
    """What an office tells of a form. Moments are aware; None is no limit. See RegistrationForm for `core`."""

    slug: str
    title: Words
    intro: Words = field(default_factory=dict)
    core: dict[str, Any] = field(default_factory=dict)
    access: Access = Access.OPEN
    is_moderated: bool = False
    capacity: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FieldFacts:
    """What a field asks. A choice without a key gets one; see FieldVersion for the rest."""

    kind: FieldKind
    label: Words
    help: Words = field(default_factory=dict)
    is_required: bool = False
    choices: list[dict[str, Any]] = field(default_factory=list)
    shown_if: dict[str, Any] | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def create_form(event: Event, facts: FormFacts, *, at: datetime) -> RegistrationForm:
    """Add a form to an event, after those that it has.

    Raises FormSlugTaken, FormWindowOutOfOrder and FormWindowOutside.
    """
    lock(event)
    _check_window(event, facts)
    form = RegistrationForm(event_id=event.id, position=_next_position(event), created_at=at)
    _write(form, facts)
    audit.record("form.created", form, event=event, at=at)
    return form


def _next_position(event: Event) -> int:
    statement = select(func.max(RegistrationForm.position)).where(RegistrationForm.event_id == event.id)
    last = db.session.scalar(statement)
    return 0 if last is None else last + 1


# The page that follows every form stands where a form of this name would.
_RESERVED = frozenset({"recibida"})


def _write(form: RegistrationForm, facts: FormFacts) -> list[str]:
    if facts.slug in _RESERVED:
        raise FormSlugTaken
    with changes.refused_as(FormSlugTaken, constraint="registration_forms.event_id"):
        changed = changes.apply(form, facts)
        db.session.add(form)
    return changed


def _check_window(event: Event, facts: FormFacts) -> None:
    """Refuse a window that ends before it begins, or reaches out of the event's own; that of a survey may."""
    opens, closes = facts.opens_at, facts.closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise FormWindowOutOfOrder
    if facts.access == Access.SURVEY:
        return
    first, last = event.registration_opens_at, event.registration_closes_at
    for name, moment in (("opens_at", opens), ("closes_at", closes)):
        if moment is not None and ((first and moment < first) or (last and moment > last)):
            raise FormWindowOutside(field=name)


def update_form(form: RegistrationForm, facts: FormFacts, *, at: datetime) -> list[str]:
    """Write what an office tells of an event's form. Returns the names of what changed.

    Seats that are added go to whoever waits. Raises FormSlugTaken, FormWindowOutOfOrder and FormWindowOutside.
    """
    event = _event_of(form)
    lock(event)
    _check_window(event, facts)
    changed = _write(form, facts)
    if changed:
        audit.record("form.updated", form, event=event, at=at, changed=changed)
    if "capacity" in changed:
        promote(event, at=at)
    return changed


def _event_of(form: RegistrationForm) -> Event:
    if form.event is None:
        raise ValueError("a template belongs to no event")
    return form.event


def move_form(form: RegistrationForm, *, by: int) -> None:
    """Put a form one place earlier (-1) or later (1) among its event's; the first is the main one."""
    event = _event_of(form)
    lock(event)
    statement = select(RegistrationForm).where(RegistrationForm.event_id == event.id)
    forms = db.session.scalars(statement.order_by(RegistrationForm.position, RegistrationForm.id)).all()
    _number(_swapped(forms, form, by))
    audit.record("form.moved", form, event=event)


def delete_form(form: RegistrationForm) -> None:
    """Take a form out of an event, or a template out of an organisation. Groups are left with the event's first.

    Raises FormInUse where somebody registered by it.
    """
    event, organisation = form.event, form.organisation
    if event is not None:
        lock(event)
    action = "form.deleted" if event is not None else "form.template_deleted"
    audit.record(action, form, event=event, organisation=organisation)
    with changes.refused_as(FormInUse):
        groups = update(RegistrationGroup).where(RegistrationGroup.form_id == form.id)
        db.session.execute(groups.values(form_id=None))
        db.session.delete(form)


def save_field(
    form: RegistrationForm,
    field: FormField | None,
    facts: FieldFacts,
    *,
    at: datetime,
    after: FormField | None = None,
) -> FormField:
    """Add a field (None), at the end or after another one, or change what one asks.

    What is asked is kept as a version; one that is as before makes none. Answers keep the version that they were
    given under. Raises OutOfOrder, ChoiceInCondition and NeverRequired.
    """
    _hold(form)
    event = form.event
    if facts.is_required and facts.settings.get("is_sensitive"):
        raise NeverRequired
    facts = _sound(facts)
    row, order = (field, _order(form)) if field is not None else _inserted(form, facts, after)
    last = row.versions[-1] if row.versions else None
    if last is not None and _asked(last) == _asked(facts):
        return row
    _refuse_lost_conditions(form, row, facts)
    _refuse_disorder((one.key, facts if one is row else one.versions[-1]) for one in order)
    version = FieldVersion(number=1 if last is None else last.number + 1, created_at=at, **_asked(facts))
    row.versions.append(version)
    if field is None:
        form.fields.append(row)
        _number(order)
        form.fields.sort(key=lambda one: one.position)
    db.session.flush()
    action = "form.field_added" if field is None else "form.field_changed"
    audit.record(action, row, event=event, organisation=form.organisation, at=at, version=version.number)
    if event is not None and last is not None and last.choices != facts.choices:
        promote(event, at=at)
    return row


def draft(facts: FieldFacts, *, key: str) -> FieldVersion:
    """Return what a field would ask, to be looked at. It is in no form, and never kept."""
    return FieldVersion(number=0, field=FormField(key=key), **_asked(_sound(facts)))


def _hold(form: RegistrationForm) -> None:
    """Let one person at a time change a form, each seeing what the one before them wrote."""
    if form.event is not None:
        lock(form.event)
    queries.reloaded(form)


def _sound(facts: FieldFacts) -> FieldFacts:
    """Return the facts with a key for each choice, and nothing that the kind does not have."""
    taken: set[str] = {choice["key"] for choice in facts.choices if choice.get("key")}
    choices = []
    for choice in facts.choices if facts.kind in rules.CHOICE_KINDS else ():
        key = choice.get("key") or rules.fresh_key(choice["label"]["es"], taken)
        taken.add(key)
        choices.append({"key": key, "label": choice["label"], "seats": choice.get("seats")})
    return FieldFacts(
        kind=facts.kind,
        label=facts.label,
        help=facts.help,
        is_required=facts.is_required and facts.kind != FieldKind.SECTION,
        choices=choices,
        shown_if=facts.shown_if,
        settings=facts.settings,
    )


def _asked(source: FieldVersion | FieldFacts) -> dict[str, Any]:
    return {name: getattr(source, name) for name in FieldFacts.__dataclass_fields__}


def _inserted(
    form: RegistrationForm, facts: FieldFacts, after: FormField | None
) -> tuple[FormField, list[FormField]]:
    """Return a new field, and the order that it would make. It is none of the form's yet."""
    row = FormField(form_id=form.id, key=rules.fresh_key(facts.label["es"], {one.key for one in form.fields}))
    order = _order(form)
    order.insert(len(order) if after is None else order.index(after) + 1, row)
    return row, order


def _order(form: RegistrationForm) -> list[FormField]:
    return sorted(queries.fields_of(form), key=lambda one: one.position)


def _refuse_disorder(order: Iterable[tuple[str, FieldVersion | FieldFacts]]) -> None:
    """Refuse conditions that look at a field which does not stand before: in a circle at least one does."""
    asked = list(order)
    wrong = rules.misplaced([(key, one.shown_if) for key, one in asked])
    if wrong:
        raise OutOfOrder.naming(one.label["es"] for key, one in asked if key in wrong)


def _depending(form: RegistrationForm, field: FormField) -> list[FieldVersion]:
    """Return what fields ask whose condition looks at a field."""
    newest = (one.versions[-1] for one in queries.fields_of(form) if one is not field)
    return [one for one in newest if one.shown_if is not None and one.shown_if["field"] == field.key]


def _refuse_lost_conditions(form: RegistrationForm, field: FormField, facts: FieldFacts) -> None:
    """Refuse to take away an answer for which other fields wait."""
    possible = rules.values_of(facts.kind, facts.choices)
    waiting = [one for one in _depending(form, field) if one.shown_if and one.shown_if["is"] not in possible]
    if waiting:
        raise ChoiceInCondition.naming(one.label["es"] for one in waiting)


def move_field(form: RegistrationForm, field: FormField, *, by: int) -> None:
    """Put a field one place earlier (-1) or later (1).

    Raises OutOfOrder where a condition would look at a field that stands later.
    """
    _hold(form)
    order = _swapped(_order(form), field, by)
    _refuse_disorder((one.key, one.versions[-1]) for one in order)
    _number(order)
    audit.record("form.field_moved", field, event=form.event, organisation=form.organisation)


def _swapped(rows: Iterable[Any], row: Any, by: int) -> list[Any]:
    order = list(rows)
    place = order.index(row)
    other = place + by
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order


def _number(rows: Iterable[Any]) -> None:
    for position, row in enumerate(rows):
        row.position = position


def remove_field(form: RegistrationForm, field: FormField, *, at: datetime) -> int:
    """Take a field out of a form; its answers stay. Returns how many there are.

    Raises FieldInCondition where other fields are shown depending on it.
    """
    _hold(form)
    depending = _depending(form, field)
    if depending:
        raise FieldInCondition.naming(one.label["es"] for one in depending)
    field.removed_at = at
    audit.record("form.field_removed", field, event=form.event, organisation=form.organisation, at=at)
    return queries.answers_to(field)


def copy_form(
    form: RegistrationForm,
    *,
    at: datetime,
    event: Event | None = None,
    organisation: Organisation | None = None,
    facts: FormFacts | None = None,
) -> RegistrationForm:
    """Make a form like another one for an event, or an organisation's template of it. Answers are not copied.

    `facts` says what the copy is called and when it is open; without, it is as the original.
    Raises FormSlugTaken.
    """
    position = _next_position(event) if event is not None else 0
    copy = RegistrationForm(event=event, organisation=organisation, position=position, created_at=at)
    _write(copy, facts or facts_of(form))
    fill(copy, [(one.key, _facts_of(one.versions[-1])) for one in queries.fields_of(form)], at=at)
    action = "form.template_saved" if organisation is not None else "form.copied"
    audit.record(action, copy, event=event, organisation=organisation, at=at, source_id=form.id)
    return copy


def fill(form: RegistrationForm, fields: Iterable[tuple[str, FieldFacts]], *, at: datetime) -> None:
    """Give a new form its fields, each with its key, in this order."""
    asked = list(fields)
    _refuse_disorder(asked)
    for place, (key, facts) in enumerate(asked):
        row = FormField(form_id=form.id, key=key, position=place)
        row.versions.append(FieldVersion(number=1, created_at=at, **_asked(facts)))
        form.fields.append(row)
    db.session.flush()


def _facts_of(version: FieldVersion) -> FieldFacts:
    return FieldFacts(**_asked(version))


def facts_of(form: RegistrationForm) -> FormFacts:
    """Return what was told of a form."""
    return FormFacts(**{name: getattr(form, name) for name in FormFacts.__dataclass_fields__})
