"""Writing down attendance for everybody whom the list of registrations shows, on all its pages."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import clock
from app.attendance import services as marks
from app.attendance.forms import MarkForm
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import whole
from app.organisers import queries
from app.organisers.views.asked import filters_asked_for, place_in_list
from app.permissions import Permission, requires

bp = Blueprint("attendance_of_many", __name__, url_prefix="/gestion/eventos/<slug>/inscripciones/asistencia")


@bp.get("/todas")
@requires(Permission.ATTENDANCE_EDIT)
def ask(slug: str) -> ResponseReturnValue:
    """Say how many the filters find, and ask what and why shall be written down about them."""
    event = events.managed_event_or_404(slug, agenda=True)
    people = queries.ids_found(event, filters_asked_for())
    return _page(event, MarkForm(formdata=None), len(people))


@bp.post("/todas")
@requires(Permission.ATTENDANCE_EDIT)
def mark(slug: str) -> ResponseReturnValue:
    """Write it down about all whom the filters find, as long as they are as many as were shown."""
    event = events.managed_event_or_404(slug, agenda=True)
    people = queries.ids_found(event, filters_asked_for())
    form = MarkForm().for_event(event)
    if whole(request.form.get("shown"), default=-1) != len(people):
        form.form_errors.append(
            _("The number of people has changed meanwhile. Look at it, and write down again.")
        )
        return Response(_page(event, form, len(people)), 422)
    if not write_down(event, people, form):
        return Response(_page(event, form, len(people)), 422)
    return redirect(url_for("registration_office.index", slug=slug, **place_in_list()), 303)


def write_down(event: Event, people: Sequence[int], form: MarkForm) -> bool:
    """Mark the registrations with these ids; return False, with the reason in the form, where it cannot be taken."""
    if not form.validate():
        return False
    try:
        number = marks.mark(
            event,
            people,
            present=form.present.data == "yes",
            reason=form.reason.data or "",
            by=current_user.id,
            at=clock.now(),
            **form.day_or_session,
        )
    except DomainError as error:
        form.with_error(error)
        return False
    flash(ngettext("Written down for %(num)s person.", "Written down for %(num)s people.", number), "success")
    return True


def _page(event: Event, form: MarkForm, number: int) -> str:
    return render_template(
        "organisers/registrations/mark_all.html",
        event=event,
        number=number,
        form=form.for_event(event),
        place=place_in_list(),
        filters=filters_asked_for(),
    )
