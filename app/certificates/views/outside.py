"""The back office: certificates that are signed outside, with Firma Perú, ReFirma or the like."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import audit, clock
from app.certificates.forms import ArchiveForm
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.imports import lazily
from app.pages import attachment, form_page
from app.permissions import Permission, requires

if TYPE_CHECKING:
    from app.certificates import outside
else:
    outside = lazily("app.certificates.outside")

bp = Blueprint("outside_signing", __name__, url_prefix="/gestion/eventos/<slug>/constancias/firma-externa")
_LARGEST = 201 * 1024 * 1024  # bytes of a request with an archive


@bp.url_value_preprocessor
def _allow_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take files beyond the usual size. Runs before anything reads the form."""
    if endpoint == "outside_signing.take_back":
        request.max_content_length = _LARGEST


@bp.get("")
@requires(Permission.CERTIFICATE_ISSUE)
def index(slug: str) -> ResponseReturnValue:
    """Show how many certificates bear no signature, and take signed ones back."""
    return _page(events.managed_event_or_404(slug), ArchiveForm(formdata=None))


def _page(event: Event, form: ArchiveForm, *, returned: Any = None) -> Response:
    return form_page(
        "certificates/office/outside.html",
        event=event,
        form=form,
        waiting=len(outside.unsigned(event)),
        most=outside.MOST_FILES,
        returned=returned,
    )


@bp.post("/sin-firma.zip")
@requires(Permission.CERTIFICATE_ISSUE)
def archive(slug: str) -> ResponseReturnValue:
    """Answer the unsigned files of an event with a list of them."""
    event = events.managed_event_or_404(slug)
    ids = outside.unsigned(event)
    audit.record("certificates.unsigned_exported", event=event, at=clock.now(), files=len(ids))
    name = f"{event.slug}-sin-firma.zip"
    return attachment(outside.archive(ids), name, "application/zip")


@bp.post("")
@requires(Permission.CERTIFICATE_ISSUE)
def take_back(slug: str) -> ResponseReturnValue:
    """Keep the signed files of an archive; tell which were refused, and why."""
    event = events.managed_event_or_404(slug)
    form = ArchiveForm()
    if not form.validate():
        return _page(event, form)
    try:
        returned = outside.take_back(event, form.file.data.stream, by=current_user, at=clock.now())
    except DomainError as error:
        return _page(event, form.with_error(error))
    answer = _page(event, ArchiveForm(formdata=None), returned=returned)
    answer.status_code = 200
    return answer
