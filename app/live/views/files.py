"""Files beside a room: put there by the office, taken away by those who may be in the room."""

import io
from typing import Any

from flask import Response, abort, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.errors import DomainError
from app.live import materials, queries, services
from app.live.forms import FileForm
from app.live.models import RoomFile
from app.live.views import room, rooms, stage
from app.permissions import Permission, participant, requires
from app.security import keep_private
from app.unit_of_work import reads_first, start_writing

_ENVELOPE = 64 * 1024  # bytes that a form adds around its file


@rooms.bp.url_value_preprocessor
def _allow_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a file that is too large come in, to be refused at its field. Runs before anything reads the form."""
    if endpoint == "live_rooms.add_file":
        request.max_content_length = 2 * materials.LARGEST + _ENVELOPE


@rooms.bp.post("/archivos")
@requires(Permission.ROOM_MODERATE)
@reads_first
def add_file(slug: str, session_id: int) -> ResponseReturnValue:
    """Put a file beside the room; it is looked at before the writer's lock is taken."""
    event, session = rooms.found(slug, session_id)
    form = FileForm()
    if not form.validate():
        return rooms.page(event, session, file=form)
    try:
        found = materials.material(*form.content())
        start_writing()
        event, session = rooms.found(slug, session_id)
        services.add_file(event, session, form.title.data or "", found, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return rooms.page(event, session, file=form)
    return redirect(url_for(".show", slug=slug, session_id=session_id, _anchor="enlaces"), 303)


@rooms.bp.post("/archivos/<int:file_id>/quitar")
@requires(Permission.ROOM_MODERATE)
def remove_file(slug: str, session_id: int, file_id: int) -> ResponseReturnValue:
    """Take a file away."""
    event, session = rooms.found(slug, session_id)
    services.remove_file(event, queries.file_of(session.id, file_id) or abort(404), at=clock.now())
    return redirect(url_for(".show", slug=slug, session_id=session_id, _anchor="enlaces"), 303)


@rooms.bp.get("/archivos/<int:file_id>")
@requires(Permission.ROOM_MODERATE)
def of_office(slug: str, session_id: int, file_id: int) -> ResponseReturnValue:
    """Hand a file to the office."""
    _event, session = rooms.found(slug, session_id)
    return _download(queries.file_of(session.id, file_id))


@room.bp.get("/archivos/<int:file_id>")
@participant
def of_room(token: str, session_id: int, file_id: int) -> ResponseReturnValue:
    """Hand a file to a participant of the room, since it opened."""
    _person, session = room.room_of(token, session_id)
    if queries.state(session, at=clock.now()) == queries.RoomState.BEFORE:
        abort(404)
    return _download(queries.file_of(session.id, file_id))


@stage.bp.get("/archivos/<int:file_id>")
@participant
def of_stage(session_id: int, speaker_id: int, key: str, file_id: int) -> ResponseReturnValue:
    """Hand a file to somebody who speaks or moderates."""
    queries.appearance_by_key(session_id, speaker_id, key)
    return _download(queries.file_of(session_id, file_id))


def _download(file: RoomFile | None) -> Response:
    """Answer a file to be saved, never to be shown as a page of ours."""
    if file is None:
        abort(404)
    answer = send_file(
        io.BytesIO(file.data), mimetype=file.content_type, as_attachment=True, download_name=file.file_name
    )
    return keep_private(answer)
