"""Handing out the files that people sent with a form, to the office and to whoever sent them."""

from flask import Blueprint, Response, abort, send_file

from app.events import queries as events
from app.permissions import Permission, participant, requires
from app.registration import queries
from app.registration.models import Upload
from app.registration.services import uploads
from app.security import keep_private

bp = Blueprint("registration_files", __name__)


@bp.get("/gestion/eventos/<slug>/inscripciones/<int:registration_id>/archivos/<int:upload_id>")
@requires(Permission.REGISTRATION_VIEW)
def office(slug: str, registration_id: int, upload_id: int) -> Response:
    """Hand out a file of one registration of this event."""
    registration = queries.of_event_or_404(events.managed_event_or_404(slug), registration_id)
    return _download(queries.upload_of_or_404(registration, upload_id))


@bp.get("/mi/<token>/archivos/<int:upload_id>")
@participant
def own(token: str, upload_id: int) -> Response:
    """Hand out a file that the participant sent."""
    return _download(queries.upload_of_or_404(queries.by_token_or_404(token), upload_id))


def _download(upload: Upload) -> Response:
    """Answer a file to be saved, never to be shown in the browser: it holds what a stranger wrote."""
    path = uploads.path_of(upload)
    if not path.is_file():
        abort(404)
    answer = send_file(path, mimetype=upload.content_type, as_attachment=True, download_name=upload.file_name)
    return keep_private(answer)
