"""The back office: subjects, and the grades of everybody, by hand or from a file."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user

from app import clock
from app.assessments import queries, rules, services
from app.assessments.errors import BadGradeFile, NotAGrade
from app.assessments.forms import FileForm, SubjectForm
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import Form, whole
from app.pages import form_page
from app.permissions import Permission, requires

bp = Blueprint("grades", __name__, url_prefix="/gestion/eventos/<slug>/notas")


@bp.get("")
@requires(Permission.CERTIFICATE_ISSUE)
def index(slug: str) -> ResponseReturnValue:
    """Show the subjects and everybody's grades."""
    return _page(events.managed_event_or_404(slug))


def _page(
    event: Event,
    *,
    subject: Form | None = None,
    file: Form | None = None,
    problems: Sequence[str] = (),
    wrong: dict[str, str] | None = None,
) -> Response:
    search = request.args.get("q", "").strip()[:100]
    return form_page(
        "assessments/index.html",
        event=event,
        subjects=queries.subjects_of(event.id),
        people=queries.people(event, text=search, page=whole(request.args.get("pagina"))),
        grades=queries.grades_of_event(event.id),
        search=search,
        subject_form=subject or SubjectForm(formdata=None),
        file_form=file or FileForm(formdata=None),
        problems=problems,
        wrong=wrong or {},
    )


@bp.post("")
@requires(Permission.CERTIFICATE_ISSUE)
def enter(slug: str) -> ResponseReturnValue:
    """Enter the grades of one page."""
    event = events.managed_event_or_404(slug)
    search = request.args.get("q", "").strip()[:100]
    people = queries.people(event, text=search, page=whole(request.args.get("pagina")))
    subjects = queries.subjects_of(event.id)
    grades, wrong = {}, {}
    for person in people:
        for subject in subjects:
            name = f"n-{person.id}-{subject.id}"
            if name in request.form:
                try:
                    grades[person.id, subject.id] = rules.parse(request.form[name][:20])
                except NotAGrade:
                    wrong[name] = request.form[name][:20]
    if wrong:
        return _page(event, wrong=wrong)
    changed = services.enter(event, grades, by=current_user, at=clock.now())
    flash(ngettext("%(num)s grade changed.", "%(num)s grades changed.", changed), "success")
    return redirect(url_for(".index", slug=slug, q=search or None, pagina=request.args.get("pagina")), 303)


@bp.post("/materias")
@requires(Permission.CERTIFICATE_ISSUE)
def add_subject(slug: str) -> ResponseReturnValue:
    """Add a subject."""
    event = events.managed_event_or_404(slug)
    form = SubjectForm()
    if not form.validate():
        return _page(event, subject=form)
    try:
        services.add_subject(event, form.name.data, at=clock.now())
    except DomainError as error:
        return _page(event, subject=form.with_error(error))
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/materias/<int:subject_id>/borrar")
@requires(Permission.CERTIFICATE_ISSUE)
def delete_subject(slug: str, subject_id: int) -> ResponseReturnValue:
    """Take a subject away that has no grades."""
    event = events.managed_event_or_404(slug)
    try:
        services.delete_subject(event, queries.subject_or_404(event, subject_id), at=clock.now())
    except DomainError as error:
        return _page(event, subject=SubjectForm(formdata=None).with_error(error))
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/archivo")
@requires(Permission.CERTIFICATE_ISSUE)
def import_file(slug: str) -> ResponseReturnValue:
    """Enter the grades of a file."""
    event = events.managed_event_or_404(slug)
    form = FileForm()
    if not form.validate():
        return _page(event, file=form)
    try:
        changed = services.import_file(event, form.content, by=current_user, at=clock.now())
    except BadGradeFile as error:
        return _page(event, file=form.with_error(error), problems=error.problems)
    flash(ngettext("%(num)s grade changed.", "%(num)s grades changed.", changed), "success")
    return redirect(url_for(".index", slug=slug), 303)
