"""The back office: letters that go out by themselves."""

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.mailings import labels
from app.mailings.forms import ReminderForm
from app.mailings.queries import reminders as queries
from app.mailings.services import reminders as services
from app.pages import form_page
from app.permissions import Permission, requires

bp = Blueprint("reminders", __name__, url_prefix="/gestion/eventos/<slug>/recordatorios")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """List the reminders of an event, and add one."""
    event = events.managed_event_or_404(slug)
    form = ReminderForm()
    if not form.validate_on_submit():
        return _page(event, form)
    try:
        services.add(
            event,
            is_after=form.moment.data == "after",
            minutes=form.minutes,
            survey_url=form.survey_url.data or "",
            at=clock.now(),
        )
    except DomainError as error:
        form.with_error(error)
        return _page(event, form)
    return redirect(url_for(".index", slug=slug), 303)


def _page(event: Event, form: ReminderForm) -> Response:
    span = queries.span(event.id)
    return form_page(
        "mailings/reminders.html",
        event=event,
        form=form,
        reminders=[(one, services.due_at(one, span)) for one in queries.of_event(event)],
        sent=queries.sent(event),
        has_sessions=span is not None,
        now=clock.now(),
        labels=labels,
    )


@bp.post("/<int:reminder_id>/borrar")
@requires(Permission.REGISTRATION_EDIT)
def remove(slug: str, reminder_id: int) -> ResponseReturnValue:
    """Take a reminder away."""
    event = events.managed_event_or_404(slug)
    services.remove(queries.of_event_or_404(event, reminder_id), at=clock.now())
    return redirect(url_for(".index", slug=slug), 303)
