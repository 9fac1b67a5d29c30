"""Exporting an event's attendees and attendance."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, send_file
from flask.typing import ResponseReturnValue

from app import clock, unit_of_work
from app.attendance import queries as attendance
from app.events import queries as events
from app.events.models import Event
from app.localisation import local
from app.pages import attachment, form_page
from app.permissions import Permission, requires
from app.registration import queries as registration
from app.reports import attendance as presence
from app.reports import columns, services
from app.reports.attendance import What
from app.reports.forms import AttendanceExportForm, ExportForm

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


def _page(
    event: Event, form: ExportForm | None = None, attendance_form: AttendanceExportForm | None = None
) -> Response:
    about_attendance = attendance_form or AttendanceExportForm(formdata=None)
    page = form_page(
        "reports/export.html",
        event=event,
        form=form or _form(event),
        attendance_form=about_attendance,
        counts=registration.counts(event.id),
    )
    if about_attendance.errors:
        page.status_code = 422
    return page


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
    if form.kind.data == "csv":
        return attachment(services.csv_rows(event, chosen), name, "text/csv")
    return _xlsx(lambda path: services.write_xlsx(event, chosen, path), name)


@bp.post("/asistencia")
@requires(Permission.REGISTRATION_EXPORT)
def download_attendance(slug: str) -> ResponseReturnValue:
    """Record an export of scans, of the ledger or of what was attended in the audit log, and send it."""
    event = events.managed_event_or_404(slug, agenda=True)
    form = AttendanceExportForm()
    if not form.validate():
        return _page(event, attendance_form=form)
    what, kind = What(form.what.data), form.format.data
    presence.record(event, what, kind=kind)
    words = {What.SCANS: "lecturas", What.LEDGER: "libro", What.SUMMARIES: "asistencia"}
    name = f"{event.slug}-{words[what]}-{local(clock.now(), event.timezone):%Y%m%d-%H%M}.{kind}"
    # As above: the reading that follows must hold up no writer.
    unit_of_work.finish(commit=True)
    event = events.managed_event_or_404(slug, agenda=True)
    sheet = presence.sheet(event, what)
    columns = ([list(cells) for cells in zip(*rows, strict=True)] for rows in sheet.batches() if rows)
    if kind == "csv":
        return attachment(services.as_csv(sheet.headings, sheet.typed, columns), name, "text/csv")
    return _xlsx(lambda path: services.as_xlsx(sheet.headings, columns, path), name)


def _xlsx(write: Callable[[Path], None], name: str) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        write(path)
        # Open files outlive their name: the folder is gone before the last byte is sent.
        return send_file(path.open("rb"), mimetype=_XLSX, as_attachment=True, download_name=name)
