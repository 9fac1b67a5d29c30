"""Exporting an event's attendees."""

import tempfile
from pathlib import Path

from flask import Blueprint, Response, send_file, stream_with_context
from flask.typing import ResponseReturnValue

from app import clock, unit_of_work
from app.attendance import queries as attendance
from app.events import queries as events
from app.events.models import Event
from app.localisation import local
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import queries as registration
from app.reports import columns, services
from app.reports.forms import ExportForm
from app.reports.services import Export

bp = Blueprint("reports", __name__, url_prefix="/gestion/eventos/<slug>/exportar")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _form(event: Event) -> ExportForm:
    programme, questions = attendance.programme_minutes(event), registration.questions_of(event)
    return ExportForm(columns.available(event, programme=programme, questions=questions))


@bp.get("")
@requires(Permission.REGISTRATION_EXPORT)
def export(slug: str) -> ResponseReturnValue:
    """Ask which columns of whom, and in which format."""
    return _page(events.managed_event_or_404(slug, agenda=True))


def _page(event: Event, form: ExportForm | None = None) -> Response:
    return form_page(
        "reports/export.html", event=event, form=form or _form(event), counts=registration.counts(event.id)
    )


@bp.post("")
@requires(Permission.REGISTRATION_EXPORT)
def download(slug: str) -> ResponseReturnValue:
    """Record the export in the audit log, and send it."""
    event = events.managed_event_or_404(slug, agenda=True)
    form = _form(event)
    if not form.validate():
        return _page(event, form)
    chosen = form.export()
    services.record(event, chosen, kind=form.kind.data)
    name = f"{event.slug}-{local(clock.now(), event.timezone):%Y%m%d-%H%M}.{form.kind.data}"
    # What was recorded is committed here: the reading that follows may take long, and must hold up no writer.
    unit_of_work.finish(commit=True)
    event = events.managed_event_or_404(slug, agenda=True)
    return _csv(event, chosen, name) if form.kind.data == "csv" else _xlsx(event, chosen, name)


def _csv(event: Event, chosen: Export, name: str) -> Response:
    return Response(
        stream_with_context(services.csv_rows(event, chosen)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _xlsx(event: Event, chosen: Export, name: str) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        services.write_xlsx(event, chosen, path)
        # Open files outlive their name: the folder is gone before the last byte is sent.
        return send_file(path.open("rb"), mimetype=_XLSX, as_attachment=True, download_name=name)
