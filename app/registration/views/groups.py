"""The back office: groups of an event, their people, and the coordinator's link."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, codes, qr, unit_of_work
from app.accounts import queries as accounts
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.events.rules import today
from app.mail.services import letters_about
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import emails, labels, queries, rules, services
from app.registration.forms import GroupForm, GroupPeopleForm, people_form
from app.registration.models import RegistrationForm, RegistrationGroup
from app.registration.views.rows import rows_answer, slips_file
from app.security import keep_private

bp = Blueprint("groups_office", __name__, url_prefix="/gestion/eventos/<slug>/grupos")


@bp.get("")
@requires(Permission.REGISTRATION_VIEW)
def index(slug: str) -> ResponseReturnValue:
    """Show the groups of an event with their numbers."""
    event = events.managed_event_or_404(slug)
    return form_page("registration/groups/index.html", event=event, groups=queries.groups_of(event))


@bp.route("/nuevo", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def add(slug: str) -> ResponseReturnValue:
    """Make a group, and go on to its people."""
    event = events.managed_event_or_404(slug)
    form = GroupForm.of(event)
    if form.validate_on_submit():
        try:
            group = services.create_group(event, form.facts(), by=current_user, at=clock.now())
        except DomainError as error:
            form.with_error(error)
        else:
            return redirect(url_for(".people", slug=slug, group_id=group.id), 303)
    return form_page("registration/groups/edit.html", event=event, group=None, form=form)


@bp.get("/<int:group_id>")
@requires(Permission.REGISTRATION_VIEW)
def show(slug: str, group_id: int) -> ResponseReturnValue:
    """Show a group: its people, how they agreed, its coordinator."""
    event = events.managed_event_or_404(slug)
    return _show(event, queries.group_of_event_or_404(event, group_id))


def _show(event: Event, group: RegistrationGroup, *, error: DomainError | None = None) -> Response:
    now = clock.now()
    return form_page(
        "registration/groups/show.html",
        event=event,
        group=group,
        people=queries.people_of(group),
        error=error,
        link_works=group.has_link and rules.link_works(event, at=now),
        letters=letters_about(group),
        labels=labels,
        grouped=codes.grouped,
    )


@bp.route("/<int:group_id>/datos", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def edit(slug: str, group_id: int) -> ResponseReturnValue:
    """Change the name of a group, and who coordinates it."""
    event = events.managed_event_or_404(slug)
    group = queries.group_of_event_or_404(event, group_id)
    form = GroupForm.of(event, group)
    if not form.validate_on_submit():
        return form_page("registration/groups/edit.html", event=event, group=group, form=form)
    services.update_group(group, form.facts(), at=clock.now())
    flash(_("Saved."), "success")
    return redirect(url_for(".show", slug=slug, group_id=group_id), 303)


@bp.route("/<int:group_id>/personas", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
@unit_of_work.reads_first
def people(slug: str, group_id: int) -> ResponseReturnValue:
    """Register many people of a group at once: a table of lines, or lines of a spreadsheet."""
    event = events.managed_event_or_404(slug)
    group = queries.group_of_event_or_404(event, group_id)
    asked = queries.form_of_group(group)
    form = people_form(asked).of(group, day=today(event, at=clock.now()))
    return rows_answer(
        group,
        form,
        asked=asked,
        page=lambda **more: _people_page(group, asked, form, **more),
        done=url_for(".show", slug=slug, group_id=group_id),
    )


def _people_page(
    group: RegistrationGroup, asked: RegistrationForm | None, form: GroupPeopleForm, **more: Any
) -> Response:
    event = group.event
    if asked is not None and form.has_limited_choices:
        form.tell_left(queries.options_left(asked))
    return form_page(
        "registration/groups/people.html",
        event=event,
        group=group,
        form=form,
        asked=asked,
        free=queries.seats_left(event, asked),
        most=rules.MOST_ROWS,
        notice=accounts.consent_in_force(event.organisation),
        **more,
    )


@bp.route("/<int:group_id>/enlace", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def link(slug: str, group_id: int) -> ResponseReturnValue:
    """Show the coordinator's link with its QR symbol; open a new one, send it, or close it."""
    event = events.managed_event_or_404(slug)
    group = queries.group_of_event_or_404(event, group_id)
    if request.method == "POST":
        try:
            flash(_change_link(group, request.form.get("action", "")), "success")
        except DomainError as error:
            return _show(event, group, error=error)
        back = ".link" if group.has_link and request.form.get("action") == "open" else ".show"
        return redirect(url_for(back, slug=slug, group_id=group_id), 303)
    if not group.has_link:
        return redirect(url_for(".show", slug=slug, group_id=group_id))
    address = emails.group_url(group)
    side, path = qr.svg_path(address)
    page = form_page(
        "registration/groups/link.html", event=event, group=group, address=address, side=side, path=path
    )
    return keep_private(page)


@bp.post("/<int:group_id>/papeletas")
@requires(Permission.REGISTRATION_EDIT)
def slips(slug: str, group_id: int) -> ResponseReturnValue:
    """Return the slips of a group as a PDF."""
    event = events.managed_event_or_404(slug)
    group = queries.group_of_event_or_404(event, group_id)
    try:
        return slips_file(event, queries.people_of(group))
    except DomainError as error:
        return _show(event, group, error=error)


def _change_link(group: RegistrationGroup, action: str) -> str:
    """Do what was asked and say so."""
    now = clock.now()
    if action == "open":
        services.open_link(group, at=now)
        return _("The link is open. Links from before no longer work.")
    if action == "send":
        services.send_link(group, at=now)
        return _("We write to %(email)s.", email=group.coordinator_email)
    services.close_link(group, at=now)
    return _("The link is closed.")
