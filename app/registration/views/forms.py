"""The office's pages of an event's forms: which there are, and what each asks."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import labels, queries, services
from app.registration.forms import (
    CORE,
    FormForm,
    NewFormForm,
    SurveyForm,
    TemplateForm,
    preview_form,
)
from app.registration.models import Access, RegistrationForm

bp = Blueprint("forms_office", __name__, url_prefix="/gestion/eventos/<slug>/formularios")
_STEPS = {"antes": -1, "despues": 1}


def page(template: str, event: Event, **values: Any) -> Response:
    return form_page(f"registration/office/{template}", event=event, labels=labels, **values)


def to_form(form: RegistrationForm, slug: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".show", slug=slug, form_id=form.id, _anchor=anchor), 303)


@bp.get("")
@requires(Permission.EVENT_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """Show an event's forms, in order."""
    return _index(events.managed_event_or_404(slug))


def _index(event: Event, *, error: DomainError | None = None) -> Response:
    return page(
        "forms.html",
        event,
        forms=queries.forms_with_fields(event),
        fields_of=queries.fields_of,
        registered=queries.registered_by_form(event),
        replied=queries.replies_by_survey(event),
        templates=queries.templates_of(event.organisation),
        error=error,
    )


@bp.route("/nuevo", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def create(slug: str) -> ResponseReturnValue:
    """Add a form, empty or from a template."""
    event = events.managed_event_or_404(slug)
    shipped = services.shipped()
    form = NewFormForm.offering(shipped, queries.templates_of(event.organisation))
    if form.validate_on_submit():
        template = form.chosen()
        if isinstance(template, RegistrationForm):
            template = queries.template_or_404(event.organisation, template.id)
        try:
            made = services.start_form(event, form.facts(), template, at=clock.now())
        except DomainError as error:
            form.with_error(DomainError(str(error), field="title_es"))
        else:
            flash(_("The form is made. Look at what it asks."), "success")
            return to_form(made, slug)
    return page("new.html", event, form=form, about={key: one.about for key, one in shipped.items()})


@bp.get("/<int:form_id>")
@requires(Permission.EVENT_EDIT)
def show(slug: str, form_id: int) -> ResponseReturnValue:
    """Show what a form asks, in order."""
    event = events.managed_event_or_404(slug)
    return show_page(event, queries.form_or_404(event, form_id))


def show_page(event: Event, form: RegistrationForm, *, error: DomainError | None = None) -> Response:
    fields = [(field, field.versions[-1]) for field in queries.fields_of(form)]
    return page(
        "form.html",
        event,
        form=form,
        fields=fields,
        versions={field.key: version for field, version in fields},
        preview=preview_form(form, [version for _field, version in fields]),
        template_form=TemplateForm(formdata=None, title_es=form.title.get("es", "")),
        error=error,
    )


@bp.route("/<int:form_id>/ajustes", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def settings(slug: str, form_id: int) -> ResponseReturnValue:
    """Change what is told of a form, and which facts of a person it asks."""
    event = events.managed_event_or_404(slug)
    row = queries.form_or_404(event, form_id)
    form = (SurveyForm if row.access == Access.SURVEY else FormForm).of(event, row)
    if form.validate_on_submit():
        try:
            services.update_form(row, form.facts(event), at=clock.now())
        except DomainError as error:
            form.with_error(error)
        else:
            flash(_("Saved."), "success")
            return to_form(row, slug)
    return page("settings.html", event, row=row, form=form, core=CORE)


@bp.post("/<int:form_id>/mover")
@requires(Permission.EVENT_EDIT)
def move(slug: str, form_id: int) -> ResponseReturnValue:
    """Put a form earlier or later."""
    event = events.managed_event_or_404(slug)
    form = queries.form_or_404(event, form_id)
    services.move_form(form, by=step())
    return redirect(url_for(".index", slug=slug, _anchor=f"formulario-{form.id}"), 303)


def step() -> int:
    return _STEPS.get(request.form.get("hacia", "")) or abort(400)


@bp.post("/<int:form_id>/eliminar")
@requires(Permission.EVENT_EDIT)
def delete(slug: str, form_id: int) -> ResponseReturnValue:
    """Delete a form by which nobody registered."""
    event = events.managed_event_or_404(slug)
    form = queries.form_or_404(event, form_id)
    try:
        services.delete_form(form)
    except DomainError as error:
        return show_page(event, form, error=error)
    flash(_("The form is deleted."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/<int:form_id>/plantilla")
@requires(Permission.EVENT_EDIT)
def save_template(slug: str, form_id: int) -> ResponseReturnValue:
    """Keep a form as a template of the organisation."""
    event = events.managed_event_or_404(slug)
    row = queries.form_or_404(event, form_id)
    form = TemplateForm()
    if not form.validate():
        return show_page(event, row, error=DomainError(_("Give the template a name.")))
    services.save_template(row, event.organisation, {"es": form.title_es.data}, at=clock.now())
    flash(_("Kept as a template. Choose it when you make a new form."), "success")
    return to_form(row, slug)


@bp.post("/plantillas/<int:template_id>/eliminar")
@requires(Permission.EVENT_EDIT)
def delete_template(slug: str, template_id: int) -> ResponseReturnValue:
    """Delete a template of the organisation; the forms made from it stay."""
    event = events.managed_event_or_404(slug)
    services.delete_form(queries.template_or_404(event.organisation, template_id))
    flash(_("The template is deleted. The forms made from it stay."), "success")
    return redirect(url_for(".index", slug=slug), 303)
