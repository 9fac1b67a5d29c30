"""The back office: corrections of names and documents that people ask for."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.certificates import queries as certificates
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import Form
from app.organisers import corrections, labels
from app.organisers.forms import DeclineForm, NoteForm
from app.pages import form_page
from app.permissions import Permission, may, requires
from app.registration.labels import document
from app.registration.queries import requests as queries
from app.registration.services import requests

bp = Blueprint("requests_office", __name__, url_prefix="/gestion/eventos/<slug>/solicitudes")


@bp.app_template_global("requests_waiting")
def requests_waiting(event: Event) -> int:
    """Return how many corrections wait for an event's office: the number at the tab."""
    return queries.number_waiting(event)


@bp.get("")
@requires(Permission.REGISTRATION_VIEW)
def index(slug: str) -> ResponseReturnValue:
    """Show what people ask to be corrected, and what became of it."""
    return _index(events.managed_event_or_404(slug))


def _index(event: Event, *, sent: tuple[int, Form] | None = None) -> ResponseReturnValue:
    waiting, decided = queries.requests_waiting(event), queries.requests_decided(event)
    issued = certificates.holding([one.registration_id for one in waiting])
    return form_page(
        "organisers/requests/index.html",
        event=event,
        waiting=waiting,
        decided=decided,
        certified={one.registration_id for one in issued},
        forms={one.id: NoteForm(formdata=None, prefix=_prefix(one.id)) for one in waiting}
        | dict([sent] if sent else []),
        problem=sent[1] if sent else None,
        document=document,
        outcome=labels.request_outcome,
    )


def _prefix(request_id: int) -> str:
    return f"pedido-{request_id}"


@bp.post("/<int:request_id>/aceptar")
@requires(Permission.REGISTRATION_EDIT)
def accept(slug: str, request_id: int) -> ResponseReturnValue:
    """Correct the registration, and issue its certificates again where they say otherwise and one may."""
    event = events.managed_event_or_404(slug)
    request = queries.request_of_event_or_404(event, request_id)
    form = NoteForm(prefix=_prefix(request_id))
    if not form.validate():
        return _index(event, sent=(request_id, form))
    try:
        is_stale = corrections.accept(
            request,
            by=current_user,
            may_issue=may(Permission.CERTIFICATE_ISSUE, event),
            note=form.note.data or "",
            at=clock.now(),
        )
    except DomainError as error:
        return _index(event, sent=(request_id, form.with_error(error)))
    flash(_("Corrected: %(name)s.", name=request.full_name), "success")
    if is_stale:
        flash(
            _("The certificate still says otherwise. Ask whoever may issue certificates to correct it."),
            "warning",
        )
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/<int:request_id>/rechazar")
@requires(Permission.REGISTRATION_EDIT)
def decline(slug: str, request_id: int) -> ResponseReturnValue:
    """Leave the registration as it is, and tell the person why."""
    event = events.managed_event_or_404(slug)
    request = queries.request_of_event_or_404(event, request_id)
    form = DeclineForm(prefix=_prefix(request_id))
    if not form.validate():
        return _index(event, sent=(request_id, form))
    try:
        requests.decline(request, by=current_user.id, note=form.note.data, at=clock.now())
    except DomainError as error:
        return _index(event, sent=(request_id, form.with_error(error)))
    flash(_("Declined. The person is told why."), "success")
    return redirect(url_for(".index", slug=slug), 303)
