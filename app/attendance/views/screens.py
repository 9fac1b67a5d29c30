"""The attendance office: screens of rooms, codes of streams, groups that share a phone."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.attendance.forms.check_ins import ids
from app.attendance.queries import check_ins as queries
from app.attendance.rules import check_ins as rules
from app.attendance.services import check_ins as services
from app.attendance.views.blueprint import bp
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import queries as registrations
from app.security import keep_private


@bp.get("/asistencia/pantallas")
@requires(Permission.ATTENDANCE_EDIT)
def screens(slug: str) -> ResponseReturnValue:
    """Show the screens of an event with their addresses, the codes of its streams, and who may share a phone."""
    return _screens(events.managed_event_or_404(slug, agenda=True))


def _screens(event: Event, *, error: DomainError | None = None) -> Response:
    at = clock.now()
    opened = {one.room_id: one for one in queries.screens_of(event)}
    sessions = [one for day in event.days for one in day.sessions if one.counts]
    page = form_page(
        "attendance/check_in/office.html",
        event=event,
        places=[(None, _("The whole event")), *((room.id, room.name) for room in event.rooms)],
        screens=opened,
        tokens={one.id: queries.screen_token(one) for one in opened.values()},
        sessions=sessions,
        codes={one.session_id: one for one in queries.session_codes(event)},
        numbers=queries.numbers_checked_in(event),
        taken={one.id for one in sessions if rules.takes_code(one.starts_at, one.ends_at, at=at)},
        groups=registrations.groups_of(event),
        shared=queries.groups_with_shared_phone(event),
        error=error,
    )
    return keep_private(page)


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".screens", slug=slug), 303)


@bp.post("/asistencia/pantallas")
@requires(Permission.ATTENDANCE_EDIT)
def open_screen(slug: str) -> ResponseReturnValue:
    """Open a screen, or give it a new address."""
    event = events.managed_event_or_404(slug, agenda=True)
    room_id = next(iter(ids(request.form, "room")), None)
    try:
        services.open_screen(event, room_id, at=clock.now())
    except DomainError as error:
        return _screens(event, error=error)
    flash(_("The screen is open. Addresses from before no longer work."), "success")
    return _back(slug)


@bp.post("/asistencia/pantallas/<int:screen_id>/cerrar")
@requires(Permission.ATTENDANCE_EDIT)
def close_screen(slug: str, screen_id: int) -> ResponseReturnValue:
    """Close a screen."""
    event = events.managed_event_or_404(slug)
    services.close_screen(event, queries.screen_of_event_or_404(event, screen_id), at=clock.now())
    flash(_("The screen is closed."), "success")
    return _back(slug)


@bp.post("/asistencia/codigos/<int:session_id>")
@requires(Permission.ATTENDANCE_EDIT)
def session_code(slug: str, session_id: int) -> ResponseReturnValue:
    """Make a code for a streamed session, or take it no more."""
    event = events.managed_event_or_404(slug)
    session = queries.counting_session_or_404(event, session_id)
    if request.form.get("action") == "close":
        services.close_code(event, session, at=clock.now())
        flash(_("The code is taken no more."), "success")
    else:
        services.make_code(event, session, at=clock.now())
        flash(_("The code is made. Show it in the stream."), "success")
    return _back(slug)


@bp.post("/asistencia/pantallas/grupos")
@requires(Permission.ATTENDANCE_EDIT)
def shared_phones(slug: str) -> ResponseReturnValue:
    """Say of which groups the people may check in with one phone."""
    event = events.managed_event_or_404(slug)
    services.share_phones(event, ids(request.form, "group"), at=clock.now())
    flash(_("Saved."), "success")
    return _back(slug)
