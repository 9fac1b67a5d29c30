"""The office's pages of what a form asks, field by field."""

from typing import Any, NamedTuple

from flask import Response, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app import clock, unit_of_work
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import whole
from app.permissions import Permission, requires
from app.registration import queries, services
from app.registration.forms import PREVIEW, AskingForm, OneOfForm, field_form, preview_form
from app.registration.models import FieldKind, FieldVersion, FormField, RegistrationForm
from app.registration.rules.answers import words
from app.registration.views.forms import bp, page, show_page, step, to_form


class Asked(NamedTuple):
    """A field that is being written: its form, itself (None for a new one), and what a new one comes after."""

    form: AskingForm
    field: FormField | None
    after: FormField | None


def _new(row: RegistrationForm) -> Asked | None:
    """Return a new field of the kind that the address names, or None where it names none."""
    kind, place = request.args.get("tipo", ""), whole(request.args.get("despues"))
    if kind not in set(FieldKind):
        return None
    fields = queries.fields_of(row)
    after = next((one for one in fields if one.id == place), None)
    earlier = fields if after is None else fields[: fields.index(after) + 1]
    form = field_form(FieldKind(kind)).of(FieldKind(kind), None, _newest(earlier))
    return Asked(form, None, after)


def _old(row: RegistrationForm, field_id: int) -> Asked:
    field = queries.field_or_404(row, field_id)
    version = field.versions[-1]
    fields = queries.fields_of(row)
    earlier = _newest(fields[: fields.index(field)])
    form = field_form(FieldKind(version.kind)).of(FieldKind(version.kind), version, earlier)
    return Asked(form, field, None)


def _newest(fields: list[FormField]) -> list[FieldVersion]:
    return [field.versions[-1] for field in fields]


@bp.route("/<int:form_id>/campos/nuevo", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def add_field(slug: str, form_id: int) -> ResponseReturnValue:
    """Add a field of a kind, at the end or after another one."""
    event = events.managed_event_or_404(slug)
    row = queries.form_or_404(event, form_id)
    asked = _new(row)
    if asked is None:
        place = whole(request.args.get("despues"))
        after = next((one for one in queries.fields_of(row) if one.id == place), None)
        return page("kinds.html", event, row=row, kinds=FieldKind, after=after)
    return _save_field(event, row, asked)


@bp.route("/<int:form_id>/campos/<int:field_id>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def edit_field(slug: str, form_id: int, field_id: int) -> ResponseReturnValue:
    """Change what a field asks."""
    event = events.managed_event_or_404(slug)
    row = queries.form_or_404(event, form_id)
    return _save_field(event, row, _old(row, field_id))


@bp.route("/<int:form_id>/vista", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@unit_of_work.reads_first
def preview(slug: str, form_id: int) -> ResponseReturnValue:
    """Show the public form as it is, or as it would be with the field that is being written. Nothing is kept.

    With `parte` in the address the answer is the form alone, to stand beside the editor.
    """
    event = events.managed_event_or_404(slug)
    row = queries.form_or_404(event, form_id)
    asked = None
    if request.method == "POST":
        asked = (
            _old(row, whole(request.args["campo"])) if "campo" in request.args else _new(row) or abort(404)
        )
    template = "_preview.html" if "parte" in request.args else "preview.html"
    values = _looked_at(row, asked)
    return render_template(f"registration/office/{template}", event=event, row=row, **values)


_DRAFT = "nueva-pregunta"


def _looked_at(row: RegistrationForm, asked: Asked | None) -> dict[str, Any]:
    """Return the public form with the field that is being written in its place, and the id of its control."""
    fields = queries.fields_of(row)
    versions = _newest(fields)
    if asked is None:
        return {"preview": preview_form(row, versions), "edited": None, "draft": None}
    key = asked.field.key if asked.field is not None else _DRAFT
    version = services.draft(asked.form.facts(), key=key)
    if not version.label.get("es"):
        version.label = version.label | {"es": _("Your question")}
    if asked.field is not None:
        versions[fields.index(asked.field)] = version
    else:
        versions.insert(len(fields) if asked.after is None else fields.index(asked.after) + 1, version)
    form = preview_form(row, versions)
    return {"preview": form, "edited": f"{PREVIEW}f_{key}", "draft": version}


def _save_field(event: Event, row: RegistrationForm, asked: Asked) -> ResponseReturnValue:
    form, field, after = asked
    if isinstance(form, OneOfForm) and (place := form.move(request.form.get("mover", ""))) is not None:
        moved = _field_page(event, row, asked, moved=place)
        moved.status_code = 200
        return moved
    if form.validate_on_submit():
        lost = _lost_choices(form, field)
        try:
            saved = services.save_field(row, field, form.facts(), at=clock.now(), after=after)
        except DomainError as error:
            form.with_error(error)
        else:
            flash(_("Saved."), "success")
            for sentence in lost:
                flash(sentence, "warning")
            return to_form(row, event.slug, f"campo-{saved.id}")
    return _field_page(event, row, asked)


def _lost_choices(form: AskingForm, field: FormField | None) -> list[str]:
    """Say of each choice that is taken out or called otherwise how many chose it."""
    if field is None or not isinstance(form, OneOfForm):
        return []
    left = {one["key"]: one["label"] for one in form.chosen()}
    chosen, language = queries.chosen(field), str(get_locale())
    return [
        ngettext(
            "%(num)s person chose «%(choice)s». Their answer stays as they gave it.",
            "%(num)s people chose «%(choice)s». Their answers stay as they gave them.",
            chosen[one["key"]],
            choice=words(one["label"], language),
        )
        for one in field.versions[-1].choices
        if chosen.get(one["key"]) and left.get(one["key"]) != one["label"]
    ]


def _field_page(event: Event, row: RegistrationForm, asked: Asked, *, moved: int | None = None) -> Response:
    form, field, after = asked
    looked_at = _looked_at(row, asked)
    if isinstance(form, OneOfForm):
        form.add_spare_lines()
    return page(
        "field.html",
        event,
        row=row,
        form=form,
        field=field,
        after=after,
        kind=form.kind,
        moved=moved,
        chosen=queries.chosen(field) if field is not None else {},
        answers=queries.answers_to(field) if field is not None else 0,
        **looked_at,
    )


@bp.post("/<int:form_id>/campos/<int:field_id>/mover")
@requires(Permission.EVENT_EDIT)
def move_field(slug: str, form_id: int, field_id: int) -> ResponseReturnValue:
    """Put a field earlier or later."""
    event = events.managed_event_or_404(slug)
    form = queries.form_or_404(event, form_id)
    field = queries.field_or_404(form, field_id)
    try:
        services.move_field(form, field, by=step())
    except DomainError as error:
        return show_page(event, form, error=error)
    return to_form(form, slug, f"campo-{field.id}")


@bp.post("/<int:form_id>/campos/<int:field_id>/quitar")
@requires(Permission.EVENT_EDIT)
def remove_field(slug: str, form_id: int, field_id: int) -> ResponseReturnValue:
    """Take a field out; what people answered stays."""
    event = events.managed_event_or_404(slug)
    form = queries.form_or_404(event, form_id)
    field = queries.field_or_404(form, field_id)
    try:
        kept = services.remove_field(form, field, at=clock.now())
    except DomainError as error:
        return show_page(event, form, error=error)
    stay = ngettext("%(num)s answer stays with its person.", "%(num)s answers stay with their people.", kept)
    flash(
        " ".join([_("The question is taken out."), stay] if kept else [_("The question is taken out.")]),
        "success",
    )
    return to_form(form, slug)
