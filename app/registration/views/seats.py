"""The back office: an event's seats, those of institutions, and the sessions that people enrol in."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import queries, services
from app.registration.forms.seats import QuotaForm, SeatsForm, SessionSeatsForm

bp = Blueprint("seats_office", __name__, url_prefix="/gestion/eventos/<slug>/cupos")


@bp.get("")
@requires(Permission.REGISTRATION_VIEW)
def index(slug: str) -> ResponseReturnValue:
    """Show what is taken and what is left, and how free seats are given on."""
    return _page(events.managed_event_or_404(slug))


def _page(
    event: Event,
    *,
    seats: SeatsForm | None = None,
    quota: QuotaForm | None = None,
    session: SessionSeatsForm | None = None,
    error: DomainError | None = None,
) -> Response:
    sessions = queries.enrollable_sessions(event)
    session = session or SessionSeatsForm(formdata=None)
    return form_page(
        "registration/office/seats.html",
        event=event,
        error=error,
        form=seats or SeatsForm.of(event, queries.settings_of(event)),
        quota_form=quota or QuotaForm(formdata=None),
        session_form=session.among(queries.open_sessions(event), event.timezone),
        counts=queries.counts(event.id),
        taken=queries.taken_seats(event),
        quotas=queries.quotas(event),
        by_entity=queries.numbers_by_entity(event),
        sessions=sessions,
        occupancy=queries.session_occupancy([one.session_id for one in sessions]),
    )


@bp.post("")
@requires(Permission.EVENT_EDIT)
def save(slug: str) -> ResponseReturnValue:
    """Write how many seats the event has and how free ones are given on."""
    event = events.managed_event_or_404(slug)
    form = SeatsForm()
    if not form.validate():
        return _page(event, seats=form)
    services.save_seats(event, form.facts(), capacity=form.capacity.data, at=clock.now())
    return _saved(event)


@bp.post("/instituciones")
@requires(Permission.EVENT_EDIT)
def save_quota(slug: str) -> ResponseReturnValue:
    """Give an institution so many seats."""
    event = events.managed_event_or_404(slug)
    form = QuotaForm()
    if not form.validate():
        return _page(event, quota=form)
    facts = (form.entity.data, form.seats.data)
    try:
        services.save_quota(event, *facts, ruc=form.ruc.data or "", at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _page(event, quota=form)
    return _saved(event, "instituciones")


@bp.post("/instituciones/<int:quota_id>/quitar")
@requires(Permission.EVENT_EDIT)
def remove_quota(slug: str, quota_id: int) -> ResponseReturnValue:
    """Limit an institution's seats no longer."""
    event = events.managed_event_or_404(slug)
    quota = queries.quota_of(event, quota_id) or abort(404)
    services.remove_quota(event, quota, at=clock.now())
    return _saved(event, "instituciones")


@bp.post("/sesiones")
@requires(Permission.EVENT_EDIT)
def save_session(slug: str) -> ResponseReturnValue:
    """Have people enrol in a session, with so many seats."""
    event = events.managed_event_or_404(slug)
    form = SessionSeatsForm()
    if not form.validate():
        return _page(event, session=form)
    chosen, seats = form.session_id.data, form.session_seats.data
    return _tried(event, form, lambda: services.make_enrollable(event, chosen, seats, at=clock.now()))


@bp.post("/sesiones/<int:session_id>/quitar")
@requires(Permission.EVENT_EDIT)
def open_session(slug: str, session_id: int) -> ResponseReturnValue:
    """Open a session to everybody again."""
    event = events.managed_event_or_404(slug)
    enrollable = queries.enrollable_or_404(event, session_id)
    return _tried(event, None, lambda: services.make_open(event, enrollable, at=clock.now()))


def _tried(event: Event, form: SessionSeatsForm | None, change: Callable[[], object]) -> ResponseReturnValue:
    """Change something about a session, or say why that cannot be: at its field where it has one."""
    try:
        change()
    except DomainError as error:
        if form is not None:
            form.with_error(error)
        return _page(event, session=form, error=None if form is not None else error)
    return _saved(event, "sesiones")


def _saved(event: Event, part: str | None = None) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for(".index", slug=event.slug, _anchor=part), 303)
