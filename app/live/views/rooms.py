"""The back office: how a session's room is run, what stands beside it, and who goes in from the stage."""

from functools import partial

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event, Session
from app.live import materials, queries, services
from app.live.forms import FileForm, LinkForm, RoomForm
from app.live.models import LinkKind
from app.pages import form_page
from app.permissions import Permission, requires
from app.unit_of_work import reads_first, start_writing

bp = Blueprint("live_rooms", __name__, url_prefix="/gestion/eventos/<slug>/salas/<int:session_id>/sala")


def found(slug: str, session_id: int) -> tuple[Event, Session]:
    """Return an event that is managed and its session with a room, or answer 404."""
    event = events.managed_event_or_404(slug)
    session = events.session_of(event, session_id)
    if session is None or not session.online_url:
        abort(404)
    return event, session


def page(
    event: Event,
    session: Session,
    *,
    settings: RoomForm | None = None,
    link: LinkForm | None = None,
    file: FileForm | None = None,
) -> Response:
    """Return the page of how a room is run, with the form that was sent."""
    return form_page(
        "live/room_office.html",
        event=event,
        session=session,
        place=queries.place_shown(event, session),
        form=settings or RoomForm(formdata=None, obj=queries.settings_of(session.id)),
        link_form=link or LinkForm(formdata=None),
        links=queries.links_of(session.id),
        file_form=file or FileForm(formdata=None),
        files=queries.files_of(session.id),
        is_office=True,
        order_of=partial(_order_of, event, session),
        removed=queries.removed_from(session.id),
        kind_of_file=materials.WORDS,
        stage=[
            (part, queries.stage_key(session.id, part.speaker_id))
            for part in queries.appearances_of(session.id)
        ],
    )


def _order_of(event: Event, session: Session, speaker_id: int) -> str:
    return url_for(".order", slug=event.slug, session_id=session.id, speaker_id=speaker_id)


def _back(slug: str, session_id: int, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for(".show", slug=slug, session_id=session_id, _anchor=anchor), 303)


@bp.get("")
@requires(Permission.ROOM_MODERATE)
def show(slug: str, session_id: int) -> ResponseReturnValue:
    """Show how a room is run."""
    event, session = found(slug, session_id)
    return page(event, session)


@bp.post("")
@requires(Permission.ROOM_MODERATE)
def settle(slug: str, session_id: int) -> ResponseReturnValue:
    """Decide about places and opening."""
    event, session = found(slug, session_id)
    form = RoomForm()
    if not form.validate():
        return page(event, session, settings=form)
    services.settle_room(
        event,
        session,
        capacity=form.capacity.data,
        opens_minutes=form.opens_minutes.data,
        asks_presence=form.asks_presence.data,
        at=clock.now(),
    )
    flash(_("Saved."), "success")
    return _back(slug, session_id)


@bp.post("/enlaces")
@requires(Permission.ROOM_MODERATE)
def add_link(slug: str, session_id: int) -> ResponseReturnValue:
    """Put an address beside the room."""
    event, session = found(slug, session_id)
    form = LinkForm()
    if not form.validate():
        return page(event, session, link=form)
    try:
        services.add_link(
            event,
            session,
            LinkKind(form.kind.data),
            form.label.data or "",
            form.url.data or "",
            at=clock.now(),
        )
    except DomainError as error:
        form.with_error(error)
        return page(event, session, link=form)
    return _back(slug, session_id, "enlaces")


@bp.post("/enlaces/<int:link_id>/quitar")
@requires(Permission.ROOM_MODERATE)
def remove_link(slug: str, session_id: int, link_id: int) -> ResponseReturnValue:
    """Take an address away."""
    event, session = found(slug, session_id)
    services.remove_link(event, queries.link_of(session.id, link_id) or abort(404), at=clock.now())
    return _back(slug, session_id, "enlaces")


@bp.post("/terminar")
@requires(Permission.ROOM_MODERATE)
@reads_first
def end(slug: str, session_id: int) -> ResponseReturnValue:
    """Send everybody out of the meeting in its server."""
    event, session = found(slug, session_id)
    try:
        services.end_meeting(event, session)
    except DomainError as error:
        flash(str(error), "error")
    else:
        start_writing()
        services.note_ended(*found(slug, session_id), at=clock.now())
        flash(_("The meeting has ended for everybody."), "success")
    return _back(slug, session_id)


@bp.post("/grabaciones")
@requires(Permission.ROOM_MODERATE)
@reads_first
def recordings(slug: str, session_id: int) -> ResponseReturnValue:
    """Look for recordings in the room's server."""
    event, session = found(slug, session_id)
    try:
        recorded = services.recordings_of(event, session)
    except DomainError as error:
        flash(str(error), "error")
    else:
        start_writing()
        number = services.note_recordings(*found(slug, session_id), recorded, at=clock.now())
        flash(ngettext("%(num)s new recording", "%(num)s new recordings", number), "success")
    return _back(slug, session_id, "enlaces")
