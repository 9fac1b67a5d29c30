"""The back office: importing participants from a file."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from app import clock, unit_of_work
from app.accounts import queries as accounts
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import options
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import importing, labels, queries, tasks, ubigeo
from app.registration.forms.imports import MappingForm, ReadingForm, StartForm, UploadForm
from app.registration.models import Import, ImportStatus
from app.registration.rules.answers import words
from app.registration.services import imports, rejected
from app.registration.services.imports import Mapping
from app.registration.sheets import Row, UnreadableFile

bp = Blueprint("registration_imports", __name__, url_prefix="/gestion/eventos/<slug>/importar")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ENVELOPE = 64 * 1024  # bytes that a form adds around its file
_LET_RUN_OUT = 512 * 1024 * 1024  # bytes
_BLOCK = 1024 * 1024
_SAMPLES = 3  # rows beside each column
_LISTED = 50  # rejected rows on the page; the file has them all


@bp.url_value_preprocessor
def _allow_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take files beyond the usual size. Runs before anything reads the form."""
    if endpoint == "registration_imports.upload":
        request.max_content_length = imports.LARGEST + _ENVELOPE


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    # A browser shows no answer to what it is still sending: what an office sends is let run out, and thrown away.
    if current_user.is_authenticated and (request.content_length or 0) <= _LET_RUN_OUT:
        while request.environ["wsgi.input"].read(_BLOCK):
            pass
    page = render_template(
        "errors/error.html",
        code=413,
        heading=_("That file is too large"),
        advice=_("A list may have up to 20 MB. Leave out columns that nobody needs, or part it in two."),
    )
    return page, 413


@bp.get("")
@requires(Permission.REGISTRATION_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """Ask for a file, and show the imports so far."""
    return _index(events.managed_event_or_404(slug), UploadForm())


def _index(event: Event, form: Any) -> Response:
    return form_page(
        "registration/imports/index.html",
        event=event,
        form=form,
        runs=queries.imports_of(event),
        labels=labels,
        counted=importing.counted,
    )


@bp.post("")
@requires(Permission.REGISTRATION_EDIT)
@unit_of_work.reads_first
def upload(slug: str) -> ResponseReturnValue:
    """Take a file in; it is read before the database is written to, so that nobody waits for it."""
    event = events.managed_event_or_404(slug)
    form = UploadForm()
    if not form.validate():
        return _index(event, form)
    try:
        received = imports.receive(form.file.data.stream, form.file.data.filename)
    except UnreadableFile as error:
        return _index(event, form.with_error(error))
    unit_of_work.start_writing()
    event = events.managed_event_or_404(slug)
    run = imports.create(event, received, by=current_user, language=str(get_locale()), at=clock.now())
    return redirect(url_for(".columns", slug=slug, import_id=run.id), 303)


def _found(slug: str, import_id: int) -> tuple[Event, Import]:
    event = events.managed_event_or_404(slug)
    return event, queries.import_of_event_or_404(event, import_id)


@bp.get("/<int:import_id>")
@requires(Permission.REGISTRATION_EDIT)
def show(slug: str, import_id: int) -> ResponseReturnValue:
    """Show how far an import is, or what became of it."""
    event, run = _found(slug, import_id)
    return _show(event, run)


def _show(event: Event, run: Import, *, error: DomainError | None = None) -> ResponseReturnValue:
    if run.status == ImportStatus.DRAFT:
        return redirect(url_for(".columns", slug=event.slug, import_id=run.id))
    return form_page(
        "registration/imports/show.html",
        event=event,
        run=run,
        error=error,
        counts=importing.counted(run.counts),
        rejected=[] if run.is_under_way else list(queries.rejected_rows(run.id, limit=_LISTED)),
        problems_in_words=rejected.problems_in_words,
        labels=labels,
    )


@bp.get("/<int:import_id>.json")
@requires(Permission.REGISTRATION_EDIT)
def progress(slug: str, import_id: int) -> Response:
    """Answer how far an import is, for the page that watches it."""
    _event, run = _found(slug, import_id)
    return jsonify(
        percent=run.percent, done=min(run.done, run.total or run.done), finished=not run.is_under_way
    )


@bp.route("/<int:import_id>/columnas", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def columns(slug: str, import_id: int) -> ResponseReturnValue:
    """Settle what the columns of a file hold."""
    event, run = _found(slug, import_id)
    if run.status != ImportStatus.DRAFT:
        return redirect(url_for(".show", slug=slug, import_id=import_id), 303)
    form = _mapping_form(run)
    if not form.validate_on_submit():
        return _columns_page(event, run, form)
    imports.map_columns(run, form.mapping(), at=clock.now())
    return redirect(url_for(".preview", slug=slug, import_id=import_id), 303)


def _mapping_form(run: Import) -> MappingForm:
    return MappingForm.of(
        run.headings, Mapping.of(run.mapping), imports.targets_of(run), imports.fields_of(run)
    )


def _columns_page(event: Event, run: Import, form: Any, *, error: DomainError | None = None) -> Response:
    forms = {one.slug: words(one.title, str(get_locale())) for one in queries.forms_of(event)}
    reading = ReadingForm(formdata=None, data={**run.reading, "form": run.form.slug if run.form else ""})
    reading.form.choices, reading.sheet.choices = options(forms.items()), options(run.sheets)
    notes: list[str] = []
    samples: list[Row] = []
    try:
        seen = imports.look_at(run)
        notes, samples = seen.notes, seen.rows[:_SAMPLES]
    except UnreadableFile as broken:
        error = broken
    return form_page(
        "registration/imports/columns.html",
        event=event,
        run=run,
        form=form,
        reading=reading,
        notes=notes,
        samples=samples,
        error=error,
    )


@bp.post("/<int:import_id>/lectura")
@requires(Permission.REGISTRATION_EDIT)
@unit_of_work.reads_first
def read_otherwise(slug: str, import_id: int) -> ResponseReturnValue:
    """Read the file another way, another sheet, encoding or delimiter: before anybody waits for the database."""
    event, run = _found(slug, import_id)
    chosen = {name: request.form.get(name, "")[:200] for name in ("sheet", "encoding", "delimiter")}
    try:
        imports.look_otherwise(run, **chosen)
        unit_of_work.start_writing()
        event, run = _found(slug, import_id)
        imports.read_otherwise(run, **chosen, form=request.form.get("form", "")[:200])
    except DomainError as error:
        form = _mapping_form(run)
        return _columns_page(event, run, form, error=error)
    return redirect(url_for(".columns", slug=slug, import_id=import_id), 303)


@bp.route("/<int:import_id>/revisar", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def preview(slug: str, import_id: int) -> ResponseReturnValue:
    """Show the first rows as they would be imported, ask how, and begin."""
    event, run = _found(slug, import_id)
    if run.status != ImportStatus.DRAFT:
        return redirect(url_for(".show", slug=slug, import_id=import_id), 303)
    form = StartForm()
    if not form.validate_on_submit():
        return _preview_page(event, run, form)
    try:
        imports.start(
            run,
            is_all_or_nothing=form.rows.data == "all",
            updates=form.existing.data == "update",
            sends_letters=form.letters.data,
            language=str(get_locale()),
            at=clock.now(),
        )
    except DomainError as error:
        return _preview_page(event, run, form.with_error(error))
    tasks.wake_import(run)
    return redirect(url_for(".show", slug=slug, import_id=import_id), 303)


def _preview_page(event: Event, run: Import, form: Any) -> Response:
    rows: list[Any] = []
    try:
        rows = importing.first_rows(run)
    except UnreadableFile as broken:
        form.with_error(broken)
    return form_page(
        "registration/imports/preview.html",
        event=event,
        run=run,
        form=form,
        rows=rows,
        labels=labels,
        district=ubigeo.label,
        notice=accounts.consent_in_force(event.organisation),
    )


@bp.post("/<int:import_id>/cancelar")
@requires(Permission.REGISTRATION_EDIT)
def cancel(slug: str, import_id: int) -> ResponseReturnValue:
    """Stop an import."""
    event, run = _found(slug, import_id)
    try:
        imports.cancel(run, at=clock.now())
    except DomainError as error:
        return _show(event, run, error=error)
    flash(_("The import is stopped."), "success")
    return redirect(url_for(".show", slug=slug, import_id=import_id), 303)


@bp.get("/<int:import_id>/rechazadas.csv")
@requires(Permission.REGISTRATION_EDIT)
def rejected_csv(slug: str, import_id: int) -> ResponseReturnValue:
    """Send the rejected rows with their errors as CSV."""
    return _rejected_file(slug, import_id, rejected.write_csv, "csv", "text/csv; charset=utf-8")


@bp.get("/<int:import_id>/rechazadas.xlsx")
@requires(Permission.REGISTRATION_EDIT)
def rejected_xlsx(slug: str, import_id: int) -> ResponseReturnValue:
    """Send the rejected rows with their errors as a workbook."""
    return _rejected_file(slug, import_id, rejected.write_xlsx, "xlsx", _XLSX)


def _rejected_file(
    slug: str, import_id: int, write: Callable[[Import, Path], None], ending: str, kind: str
) -> Response:
    _event, run = _found(slug, import_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        write(run, path)
        # Open files outlive their name: the folder is gone before the last byte is sent.
        return send_file(
            path.open("rb"),
            mimetype=kind,
            as_attachment=True,
            download_name=f"{slug}-{import_id}-errores.{ending}",
        )
