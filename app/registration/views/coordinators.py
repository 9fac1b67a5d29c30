"""`/grupos/<token>`: a coordinator registers the people of their group. The link is the permission; no cookie is."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, codes, unit_of_work
from app.accounts import queries as accounts
from app.errors import DomainError
from app.events.rules import RegistrationWindow, today
from app.extensions import csrf, limiter
from app.pages import form_page
from app.permissions import participant
from app.registration import labels, queries, rules, services
from app.registration.forms import NamesForm, people_form
from app.registration.models import RegistrationGroup
from app.registration.views.rows import rows_answer, slips_file
from app.security import keep_private

bp = Blueprint("groups", __name__, url_prefix="/grupos/<token>")
csrf.exempt(bp)
# Many lines are sent at a time. What is refused is counted more strictly: nobody shall try out who is registered.
_SENT = "60 per hour"
_REFUSED = "20 per hour"


def _group_or_stop(token: str) -> RegistrationGroup:
    """Return the group of an open link; a closed, old or foreign one gets a page that says what to do."""
    group = queries.group_by_token(token)
    if group is None:
        abort(_stopped(None, 404))
    if not rules.link_works(group.event, at=clock.now()):
        abort(_stopped(group, 410))
    return group


def _stopped(group: RegistrationGroup | None, status: int) -> Response:
    page = render_template("registration/groups/stopped.html", group=group)
    return keep_private(Response(page, status))


def _was_refused(response: Response) -> bool:
    return response.status_code == 422


@bp.get("")
@participant
@limiter.limit("240 per hour")
def show(token: str) -> ResponseReturnValue:
    """Show the people of the group, and what can be done."""
    group, now = _group_or_stop(token), clock.now()
    event = group.event
    page = render_template(
        "registration/groups/coordinator.html",
        token=token,
        group=group,
        event=event,
        people=queries.people_of(group),
        is_open=rules.window(event, queries.form_of_group(group), at=now) == RegistrationWindow.OPEN,
        has_begun=rules.has_begun(event, at=now),
        labels=labels,
        grouped=codes.grouped,
    )
    return keep_private(Response(page))


@bp.route("/personas", methods=["GET", "POST"])
@participant
@limiter.limit(_SENT, methods=["POST"])
@limiter.limit(_REFUSED, methods=["POST"], deduct_when=_was_refused)
@unit_of_work.reads_first
def people(token: str) -> ResponseReturnValue:
    """Register many people of the group at once."""
    group, now = _group_or_stop(token), clock.now()
    event, asked = group.event, queries.form_of_group(group)
    if rules.window(event, asked, at=now) != RegistrationWindow.OPEN:
        return redirect(url_for(".show", token=token), 303)
    form = people_form(asked).of(group, day=today(event, at=now))

    def page(**more: object) -> Response:
        if asked is not None and form.has_limited_choices:
            form.tell_left(queries.options_left(asked))
        return keep_private(
            form_page(
                "registration/groups/coordinator_people.html",
                token=token,
                event=event,
                group=group,
                form=form,
                asked=asked,
                free=queries.seats_left(event, asked),
                most=rules.MOST_ROWS,
                notice=accounts.consent_in_force(event.organisation),
                **more,
            )
        )

    return rows_answer(group, form, asked=asked, page=page, done=url_for(".show", token=token), by_link=True)


@bp.route("/personas/<int:registration_id>", methods=["GET", "POST"])
@participant
@limiter.limit(_SENT, methods=["POST"])
def correct(token: str, registration_id: int) -> ResponseReturnValue:
    """Correct the names of somebody of the group before the event begins."""
    group = _group_or_stop(token)
    person = queries.person_of_group_or_404(group, registration_id)
    form = NamesForm(obj=person)
    if form.validate_on_submit():
        try:
            services.correct_names(person, form.person(), at=clock.now())
        except DomainError as error:
            form.with_error(error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".show", token=token), 303)
    page = form_page(
        "registration/groups/correct.html",
        token=token,
        group=group,
        event=group.event,
        person=person,
        form=form,
    )
    return keep_private(page)


@bp.post("/papeletas")
@participant
@limiter.limit(_SENT)
def slips(token: str) -> ResponseReturnValue:
    """Return the slips of the group's people who have a seat, as a PDF."""
    group = _group_or_stop(token)
    try:
        return keep_private(slips_file(group.event, queries.people_of(group)))
    except DomainError as error:
        flash(str(error), "warning")
        return redirect(url_for(".show", token=token), 303)
