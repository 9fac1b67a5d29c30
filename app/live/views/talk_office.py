"""The office speaks to all rooms of an event."""

from flask import abort
from flask.typing import ResponseReturnValue

from app import clock
from app.errors import DomainError
from app.live import queries, services
from app.live.forms import AnnouncementForm
from app.live.views.office import back, bp, desk_page, found
from app.permissions import Permission, requires


@bp.post("/avisos")
@requires(Permission.ROOM_MODERATE)
def announce(slug: str, session_id: int) -> ResponseReturnValue:
    """Say something in all rooms of the event."""
    event, session = found(slug, session_id)
    form = AnnouncementForm()
    if not form.validate():
        return desk_page(event, session, announcement=form, status=422)
    try:
        services.announce(event, form.message.data, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return desk_page(event, session, announcement=form, status=422)
    return back(slug, session_id, "avisos")


@bp.post("/avisos/<int:announcement_id>/quitar")
@requires(Permission.ROOM_MODERATE)
def end_announcement(slug: str, session_id: int, announcement_id: int) -> ResponseReturnValue:
    """Take an announcement away."""
    event, _session = found(slug, session_id)
    services.end_announcement(
        event, queries.announcement_of(event, announcement_id) or abort(404), at=clock.now()
    )
    return back(slug, session_id, "avisos")
