"""The attendance office: signature sheets, printed and transcribed."""

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.attendance import signature_sheets
from app.attendance.forms.sheets import LineForm, SheetForm, ticked_lines
from app.attendance.models import SignatureSheet
from app.attendance.queries import sheets as queries
from app.attendance.services import sheets as services
from app.attendance.views.blueprint import bp
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.events.rules import today
from app.pages import form_page
from app.permissions import Permission, requires


@bp.get("/asistencia/hojas")
@requires(Permission.ATTENDANCE_VIEW)
def sheets(slug: str) -> ResponseReturnValue:
    """Offer a sheet for a day or a session, and show those that were printed."""
    event = events.managed_event_or_404(slug, agenda=True)
    return _sheets(event, SheetForm(formdata=None))


def _sheets(event: Event, form: SheetForm) -> Response:
    form.for_event(event, on=today(event, at=clock.now()))
    return form_page(
        "attendance/sheets/index.html",
        event=event,
        form=form,
        sheets=queries.sheets_of(event),
        scope_title=signature_sheets.scope_title,
    )


@bp.post("/asistencia/hojas")
@requires(Permission.ATTENDANCE_EDIT)
def make_sheet(slug: str) -> ResponseReturnValue:
    """Draw up a sheet, and go on to it."""
    event = events.managed_event_or_404(slug, agenda=True)
    form = SheetForm().for_event(event, on=today(event, at=clock.now()))
    if not form.validate():
        return _sheets(event, form)
    try:
        sheet = services.make(event, **form.day_or_session(event), by=current_user.id, at=clock.now())
    except DomainError as error:
        return _sheets(event, form.with_error(error))
    return redirect(url_for(".sheet", slug=slug, sheet_id=sheet.id), 303)


def _found(slug: str, sheet_id: int) -> tuple[Event, SignatureSheet]:
    event = events.managed_event_or_404(slug, agenda=True)
    return event, queries.sheet_or_404(event, sheet_id)


@bp.get("/asistencia/hojas/<int:sheet_id>.pdf")
@requires(Permission.ATTENDANCE_VIEW)
def sheet_pdf(slug: str, sheet_id: int) -> ResponseReturnValue:
    """Return a sheet as a file to print."""
    event, sheet = _found(slug, sheet_id)
    content = signature_sheets.pdf(event, sheet, queries.sheet_rows(sheet))
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="hoja-de-firmas-{event.slug}-{sheet.id}.pdf"'
    return answer


@bp.get("/asistencia/hojas/<int:sheet_id>")
@requires(Permission.ATTENDANCE_VIEW)
def sheet(slug: str, sheet_id: int) -> ResponseReturnValue:
    """Show a sheet, to tick who has signed it: what its QR symbol opens."""
    return _sheet(*_found(slug, sheet_id))


def _sheet(event: Event, sheet: SignatureSheet, *, error: DomainError | None = None) -> Response:
    lines = queries.sheet_rows(sheet)
    return form_page(
        "attendance/sheets/show.html",
        event=event,
        sheet=sheet,
        lines=lines,
        signed=sum(line.is_signed for line in lines),
        title=signature_sheets.scope_title(event, sheet),
        error=error,
    )


@bp.post("/asistencia/hojas/<int:sheet_id>")
@requires(Permission.ATTENDANCE_EDIT)
def transcribe(slug: str, sheet_id: int) -> ResponseReturnValue:
    """Write down the ticked lines as signed, and all others as not: the page without JavaScript."""
    event, sheet = _found(slug, sheet_id)
    try:
        added, removed = services.transcribe(
            event, sheet, ticked_lines(request.form), by=current_user.id, at=clock.now()
        )
    except DomainError as error:
        return _sheet(event, sheet, error=error)
    flash(_("%(added)s signatures added, %(removed)s taken back.", added=added, removed=removed), "success")
    return redirect(url_for(".sheet", slug=slug, sheet_id=sheet_id), 303)


@bp.post("/asistencia/hojas/<int:sheet_id>/lineas")
@requires(Permission.ATTENDANCE_EDIT)
def transcribe_line(slug: str, sheet_id: int) -> ResponseReturnValue:
    """Write down one line as signed, or take it back, while somebody types through the sheet."""
    event, sheet = _found(slug, sheet_id)
    form = LineForm()
    if not form.validate():
        return jsonify(error=_("The sheet has no such line.")), 422
    write = services.sign if form.signed.data == "yes" else services.unsign
    try:
        write(event, sheet, [form.line.data], by=current_user.id, at=clock.now())
    except DomainError as error:
        return jsonify(error=str(error)), 422
    return jsonify(line=form.line.data, signed=form.signed.data == "yes")
