"""The office's pages of an event: creating, settings, making it anew."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.accounts import queries as accounts
from app.accounts.rules import slugify
from app.errors import DomainError
from app.events import queries, rules, services
from app.events.forms import DuplicateForm, EventForm, NewEventForm
from app.pages import form_page
from app.permissions import Permission, requires

bp = Blueprint("events_office", __name__)


@bp.route("/gestion/eventos/nuevo", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def create() -> ResponseReturnValue:
    """Create an event of an organisation whose events one may edit."""
    organisations = accounts.organisations_for(current_user, Permission.EVENT_EDIT)
    if not organisations:
        abort(403)
    form = NewEventForm.for_organisations(organisations)
    template = "events/office/new.html"
    if not form.validate_on_submit():
        return form_page(template, form=form, zones=rules.zones(), active="events")
    try:
        event = services.create_event(
            form.organisation(),
            form.facts(),
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            at=clock.now(),
        )
    except DomainError as error:
        return form_page(template, form=form.with_error(error), zones=rules.zones(), active="events")
    flash(_("The event is created as a draft. Now add its sessions."), "success")
    return redirect(url_for(".agenda", slug=event.slug), 303)


@bp.route("/gestion/eventos/<slug>/configuracion", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def settings(slug: str) -> ResponseReturnValue:
    """Edit what is told of an event."""
    event = queries.managed_event_or_404(slug)
    form = EventForm.of(event, event.organisation.units)
    values = {"event": event, "form": form, "zones": rules.zones(), "active": "settings"}
    if not form.validate_on_submit():
        return form_page("events/office/settings.html", **values)
    try:
        services.update_event(event, form.facts(), at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return form_page("events/office/settings.html", **values)
    flash(_("Saved."), "success")
    return redirect(url_for(".settings", slug=event.slug), 303)


@bp.route("/gestion/eventos/<slug>/duplicar", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def duplicate(slug: str) -> ResponseReturnValue:
    """Make a new draft with the programme of this event."""
    event = queries.managed_event_or_404(slug)
    if not current_user.may(Permission.EVENT_EDIT, organisation_id=event.organisation_id):
        abort(403)
    form = DuplicateForm(title=event.title)
    if not form.validate_on_submit():
        return form_page("events/office/duplicate.html", form=form, event=event, active="settings")
    try:
        copy = services.duplicate(
            event,
            title=form.title.data,
            slug=form.slug.data or slugify(form.title.data, limit=80),
            first_day=form.first_day.data,
            at=clock.now(),
        )
    except DomainError as error:
        return form_page(
            "events/office/duplicate.html", form=form.with_error(error), event=event, active="settings"
        )
    flash(_("The new event is a draft. Check its days and sessions."), "success")
    return redirect(url_for(".agenda", slug=copy.slug), 303)
