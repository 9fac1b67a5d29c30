"""The attendance office: files of Zoom and Teams."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import clock, unit_of_work
from app.attendance.forms.meetings import MeetingFileForm, MeetingSessionsForm, chosen_people
from app.attendance.labels import match_words
from app.attendance.models import MeetingImport, MeetingState
from app.attendance.queries import door as holders
from app.attendance.queries import meeting_files as queries
from app.attendance.rules.meetings import FaultyFile
from app.attendance.services import meeting_files as services
from app.attendance.views.blueprint import bp
from app.errors import DomainError
from app.events import queries as events
from app.events import rules as event_rules
from app.events.models import Event
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration.sheets import UnreadableFile

_ENVELOPE = 64 * 1024  # bytes that a form adds around its file
_LISTED = 300  # rows of each kind on a page


@bp.url_value_preprocessor
def _allow_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take files beyond the usual size. Runs before anything reads the form."""
    if endpoint == "attendance_office.receive_file":
        request.max_content_length = services.LARGEST + _ENVELOPE


@bp.get("/asistencia/archivos")
@requires(Permission.ATTENDANCE_VIEW)
def files(slug: str) -> ResponseReturnValue:
    """Ask for a file, and show those that came before."""
    return _files(events.managed_event_or_404(slug), MeetingFileForm(formdata=None))


def _files(event: Event, form: MeetingFileForm, *, faults: UnreadableFile | None = None) -> Response:
    return form_page(
        "attendance/files/index.html",
        event=event,
        form=form,
        files=queries.meeting_files(event),
        problems=faults.problems if isinstance(faults, FaultyFile) else [],
        most=_LISTED,
    )


@bp.post("/asistencia/archivos")
@requires(Permission.ATTENDANCE_EDIT)
@unit_of_work.reads_first
def receive_file(slug: str) -> ResponseReturnValue:
    """Read a file before the database is written to, and show what it says."""
    event = events.managed_event_or_404(slug, agenda=True)
    form = MeetingFileForm()
    if not form.validate():
        return _files(event, form)
    upload = form.file.data
    try:
        received = services.receive(upload.stream, upload.filename, event, order=form.order.data or "")
    except UnreadableFile as error:
        form.with_error(error)
        return _files(event, form, faults=error)
    unit_of_work.start_writing()
    event = events.managed_event_or_404(slug, agenda=True)
    at = clock.now()
    run = services.create(event, received, by=current_user.id, at=at)
    if run.state == MeetingState.IMPORTED:
        flash(_("This file was imported before. Nothing has changed."), "info")
    return redirect(url_for(".file", slug=slug, import_id=run.id), 303)


def _found(slug: str, import_id: int) -> tuple[Event, MeetingImport]:
    event = events.managed_event_or_404(slug, agenda=True)
    return event, queries.meeting_file_or_404(event, import_id)


@bp.get("/asistencia/archivos/<int:import_id>")
@requires(Permission.ATTENDANCE_VIEW)
def file(slug: str, import_id: int) -> ResponseReturnValue:
    """Show who stands in a file, whose each row is and what it counts for."""
    event, run = _found(slug, import_id)
    return _file(event, run)


def _file(
    event: Event,
    run: MeetingImport,
    *,
    form: MeetingSessionsForm | None = None,
    error: DomainError | None = None,
) -> Response:
    sessions = queries.counting_sessions(event)
    people = queries.meeting_people(run)
    credited = queries.credited_spans(run, people, sessions)
    settled = {"timezone": run.timezone, "sessions": run.session_ids}
    return form_page(
        "attendance/files/show.html",
        event=event,
        run=run,
        form=(form or MeetingSessionsForm(formdata=None, data=settled)).for_event(event, sessions),
        sessions=[one for one in sessions if one.id in run.session_ids],
        zones=event_rules.zones(),
        matched=[one for one in people if one.registration_id is not None],
        doubtful=[one for one in people if one.registration_id is None and not one.is_nobody],
        unknown=[one for one in people if one.is_nobody],
        candidates=queries.candidates_of(people),
        minutes=queries.credited_minutes(credited),
        most=_LISTED,
        error=error,
        match_words=match_words,
    )


@bp.post("/asistencia/archivos/<int:import_id>/sesiones")
@requires(Permission.ATTENDANCE_EDIT)
def file_sessions(slug: str, import_id: int) -> ResponseReturnValue:
    """Settle in which zone a file's clock runs, and of which sessions it tells."""
    event, run = _found(slug, import_id)
    form = MeetingSessionsForm()
    if not form.validate():
        return _file(event, run, form=form)
    try:
        services.settle(event, run, timezone=form.timezone.data or "", session_ids=form.sessions.data or [])
    except DomainError as error:
        return _file(event, run, form=form.with_error(error))
    return redirect(url_for(".file", slug=slug, import_id=import_id), 303)


@bp.post("/asistencia/archivos/<int:import_id>/importar")
@requires(Permission.ATTENDANCE_EDIT)
def import_file(slug: str, import_id: int) -> ResponseReturnValue:
    """Write down what a file counts for."""
    event, run = _found(slug, import_id)
    chosen = chosen_people(request.form)
    try:
        number = services.put_into_ledger(event, run, chosen, by=current_user.id, at=clock.now())
    except DomainError as error:
        return _file(event, run, error=error)
    flash(ngettext("Written down for %(num)s person.", "Written down for %(num)s people.", number), "success")
    return redirect(url_for(".file", slug=slug, import_id=import_id), 303)


@bp.post("/asistencia/archivos/<int:import_id>/retirar")
@requires(Permission.ATTENDANCE_EDIT)
def take_file_back(slug: str, import_id: int) -> ResponseReturnValue:
    """Take an import back."""
    event, run = _found(slug, import_id)
    try:
        services.take_back(event, run, by=current_user.id, at=clock.now())
    except DomainError as error:
        return _file(event, run, error=error)
    flash(_("The import is taken back. What was written down for it counts no more."), "success")
    return redirect(url_for(".file", slug=slug, import_id=import_id), 303)


@bp.get("/asistencia/archivos/<int:import_id>/filas/<int:person_id>")
@requires(Permission.ATTENDANCE_EDIT)
def file_person(slug: str, import_id: int, person_id: int) -> ResponseReturnValue:
    """Look for the registration of a row by hand."""
    event, run = _found(slug, import_id)
    person = queries.meeting_person_or_404(run, person_id)
    text = request.args.get("q", person.name)[:100].strip()
    return form_page(
        "attendance/files/person.html",
        event=event,
        run=run,
        person=person,
        text=text,
        found=holders.holders_by_name(event.id, text) if len(text) > 1 else [],
        candidates=queries.candidates_of([person]),
        stays=queries.stays_of(person),
    )


@bp.post("/asistencia/archivos/<int:import_id>/filas/<int:person_id>")
@requires(Permission.ATTENDANCE_EDIT)
def match_file_person(slug: str, import_id: int, person_id: int) -> ResponseReturnValue:
    """Say whose a row is, or that it is nobody's."""
    event, run = _found(slug, import_id)
    person = queries.meeting_person_or_404(run, person_id)
    chosen = chosen_people({f"person-{person.id}": request.form.get("registration", "")})[person.id]
    try:
        services.assign(event, run, person, chosen, by=current_user.id, at=clock.now())
    except DomainError as error:
        return _file(event, run, error=error)
    flash(_("Saved."), "success")
    return redirect(url_for(".file", slug=slug, import_id=import_id), 303)
