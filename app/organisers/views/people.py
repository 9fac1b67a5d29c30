"""The people who sign in: who they are, what they may do, how they get in."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.accounts import emails, services
from app.accounts.models import User
from app.errors import DomainError
from app.organisers import labels, people
from app.organisers.forms import NewPersonForm, RoleForm
from app.organisers.people import Person
from app.pages import form_page
from app.permissions import Permission, Role, requires
from app.security import keep_private

bp = Blueprint("people", __name__, url_prefix="/gestion/personas")


@bp.get("")
@requires(Permission.PEOPLE_EDIT)
def index() -> ResponseReturnValue:
    """List the people within one's reach."""
    return render_template(
        "organisers/people/index.html", people=people.people(current_user), labels=labels, active="people"
    )


@bp.route("/nueva", methods=["GET", "POST"])
@requires(Permission.PEOPLE_EDIT)
def add() -> ResponseReturnValue:
    """Give somebody a role, by e-mail."""
    form = NewPersonForm.within(people.scopes(current_user))
    values: dict[str, Any] = {"form": form, "labels": labels, "active": "people"}
    if not form.validate_on_submit():
        return form_page("organisers/people/new.html", **values)
    try:
        user, is_given = people.add(
            current_user,
            email=form.email.data,
            name=form.name.data,
            role=Role(form.role.data),
            scope=form.scope.data,
            at=clock.now(),
        )
    except DomainError as error:
        form.with_error(error)
        return form_page("organisers/people/new.html", **values)
    if not is_given:
        flash(_awaited(user), "success")
        return redirect(url_for(".index"), 303)
    flash(_("The role is given. We write to %(email)s.", email=user.email), "success")
    return redirect(url_for(".show", user_id=user.id), 303)


def _awaited(user: User) -> str:
    return _(
        "The role awaits its owner: this account was made elsewhere, and nobody has shown yet "
        "that the e-mail is theirs. "
        "We write to %(email)s; the role holds once they choose a new password by that letter.",
        email=user.email,
    )


@bp.get("/<int:user_id>")
@requires(Permission.PEOPLE_EDIT)
def show(user_id: int) -> ResponseReturnValue:
    """Show a person's roles, and the one-time address where there is one to hand over."""
    return _page(people.person_or_404(current_user, user_id))


def _page(person: Person, form: RoleForm | None = None, error: DomainError | None = None) -> Response:
    token = people.one_time_url_of(person, at=clock.now())
    page = form_page(
        "organisers/people/show.html",
        person=person,
        form=form or RoleForm.within(people.scopes(current_user), formdata=None),
        error=error,
        one_time_url=None if token is None else emails.password_url(token),
        labels=labels,
        active="people",
    )
    return keep_private(page)


@bp.post("/<int:user_id>/roles")
@requires(Permission.PEOPLE_EDIT)
def grant(user_id: int) -> ResponseReturnValue:
    """Give a person a further role."""
    person = people.person_or_404(current_user, user_id)
    form = RoleForm.within(people.scopes(current_user))
    if not form.validate():
        return _page(person, form)
    try:
        is_given = people.grant(
            current_user, person, role=Role(form.role.data), scope=form.scope.data, at=clock.now()
        )
    except DomainError as error:
        form.with_error(error)
        return _page(person, form)
    flash(_("The role is given.") if is_given else _awaited(person.user), "success")
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/roles/<int:grant_id>/quitar")
@requires(Permission.PEOPLE_EDIT)
def revoke(user_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back; whoever holds none any more leaves the list."""
    person = people.person_or_404(current_user, user_id)
    held = people.held_or_404(person, grant_id)
    try:
        people.revoke(current_user, held, at=clock.now())
    except DomainError as error:
        return _page(person, error=error)
    flash(_("The role was taken back."), "success")
    if len(person.held) > 1:
        return redirect(url_for(".show", user_id=user_id), 303)
    return redirect(url_for(".index"), 303)


def _ours_or_404(user_id: int) -> Person:
    person = people.person_or_404(current_user, user_id)
    if not person.is_ours:
        abort(404)
    return person


@bp.post("/<int:user_id>/enlace")
@requires(Permission.PEOPLE_EDIT)
def make_link(user_id: int) -> ResponseReturnValue:
    """Make a new one-time address to choose a password."""
    person = _ours_or_404(user_id)
    if person.user.is_enabled:
        services.make_link(services.PASSWORD, at=clock.now(), user=person.user)
    return redirect(url_for(".show", user_id=user_id, _anchor="enlace"), 303)


@bp.post("/<int:user_id>/acceso")
@requires(Permission.PEOPLE_EDIT)
def set_access(user_id: int) -> ResponseReturnValue:
    """Let a person sign in or not."""
    person = _ours_or_404(user_id)
    enabled = request.form.get("enabled") == "yes"
    try:
        services.set_enabled(person.user, enabled=enabled, by=current_user, at=clock.now())
    except DomainError as error:
        return _page(person, error=error)
    flash(
        _("This person can sign in again.") if enabled else _("This person can no longer sign in."), "success"
    )
    return redirect(url_for(".show", user_id=user_id), 303)
