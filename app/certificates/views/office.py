"""The back office: what certificates say, who has earned one, issuing, correcting and annulling."""

import io
import tempfile
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import audit, clock, codes, unit_of_work
from app.certificates import exports, issuing, keys, labels, queries, reissuing, services, tasks, wording
from app.certificates.composition import Terms
from app.certificates.forms import AgainForm, CorrectionForm, ReasonForm, TermsForm, named
from app.certificates.models import Award, Certificate, CertificateRole, IssueRun
from app.certificates.queries import State
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import Form, whole
from app.pages import attachment, form_page
from app.permissions import Permission, requires

bp = Blueprint("certificates_office", __name__, url_prefix="/gestion/eventos/<slug>/constancias")

CHANGED = "changed"  # stands beside the states in the filter


@bp.get("")
@requires(Permission.CERTIFICATE_VIEW)
def index(slug: str) -> ResponseReturnValue:
    """Show who has earned a certificate, what the others lack, and which were issued."""
    return _index(events.managed_event_or_404(slug))


def _index(event: Event, *, error: DomainError | None = None) -> Response:
    search = request.args.get("q", "").strip()[:100]
    award = queries.award_of_event_or_404(event, _chosen())
    everybody = queries.standings(award)
    found = queries.standings(award, search=search) if search else everybody
    chosen = request.args.get("estado", "")
    if chosen in set(State):
        found = [standing for standing in found if standing.state == chosen]
    elif chosen == CHANGED:
        found = [standing for standing in found if standing.change is not None]
    return form_page(
        "certificates/office/index.html",
        event=event,
        error=error,
        award=award,
        awards=queries.awards_of(event),
        hours=award.hours or event.hours,
        minimum_percent=queries.minimum_percent(award),
        names=labels.names_of(event),
        counts=queries.counted(everybody),
        changed=queries.changed(everybody),
        page=queries.page_of(found, page=whole(request.args.get("pagina"))),
        run=queries.newest_run(event.id, award.id),
        unfinished=queries.unfinished_run(event.id),
        state=chosen,
        search=search,
        may_issue=_may_issue(event),
        grouped=codes.grouped,
        labels=labels,
    )


def _chosen() -> int | None:
    """Return the id of the award that the address names, if it names one."""
    return whole(request.args.get("premio"), default=0) or None


def _may_issue(event: Event) -> bool:
    return bool(
        current_user.may(
            Permission.CERTIFICATE_ISSUE, organisation_id=event.organisation_id, event_id=event.id
        )
    )


@bp.route("/ajustes", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE)
def settings(slug: str) -> ResponseReturnValue:
    """Settle what the certificates will say."""
    event = events.managed_event_or_404(slug)
    form = TermsForm() if request.method == "POST" else TermsForm.of(services.terms_of(event))
    if not form.validate_on_submit():
        return _settings_page(event, form)
    try:
        services.save_terms(event, form.terms(), at=clock.now())
    except DomainError as error:
        return _settings_page(event, form.with_error(error))
    flash(_("Saved. Certificates issued from now on will look like this."), "success")
    return redirect(url_for(".settings", slug=slug), 303)


def _settings_page(event: Event, form: Form) -> Response:
    return form_page(
        "certificates/office/settings.html", event=event, form=form, merge_fields=wording.MERGE_FIELDS
    )


@bp.get("/muestra.pdf")
@requires(Permission.CERTIFICATE_VIEW)
def sample(slug: str) -> ResponseReturnValue:
    """Answer a sample of what is settled now."""
    event = events.managed_event_or_404(slug)
    try:
        award = queries.award_of_event_or_404(event, _chosen())
        return _sample(event, services.award_terms(award), award)
    except DomainError as error:
        return _index(event, error=error)


@bp.post("/muestra.pdf")
@requires(Permission.CERTIFICATE_ISSUE)
@unit_of_work.reads_first
def try_out(slug: str) -> ResponseReturnValue:
    """Answer a sample of what is typed into the form, without saving it."""
    event = events.managed_event_or_404(slug)
    form = TermsForm()
    if not form.validate():
        return _settings_page(event, form)
    try:
        return _sample(event, form.terms())
    except DomainError as error:
        return _settings_page(event, form.with_error(error))


def _sample(event: Event, terms: Terms, award: Award | None = None) -> Response:
    name = queries.longest_name(event) or services.SAMPLE_NAME
    data = services.sample(event, terms, name=name, at=clock.now(), award=award)
    return send_file(
        io.BytesIO(data), mimetype="application/pdf", download_name=f"{wording.SAMPLE}.pdf", max_age=0
    )


@bp.post("/archivos.zip")
@requires(Permission.REGISTRATION_EXPORT)
def archive(slug: str) -> ResponseReturnValue:
    """Answer the files of an award's certificates that hold, in one archive."""
    event = events.managed_event_or_404(slug)
    award = queries.award_of_event_or_404(event, _chosen())
    audit.record("certificates.files_exported", event=event, at=clock.now(), award_id=award.id)
    return attachment(exports.archive(award), f"{event.slug}-constancias.zip", "application/zip")


@bp.post("/impresion.pdf")
@requires(Permission.REGISTRATION_EXPORT)
def pages(slug: str) -> ResponseReturnValue:
    """Answer the pages of an award's certificates that hold in one file, for the printer."""
    event = events.managed_event_or_404(slug)
    award = queries.award_of_event_or_404(event, _chosen())
    audit.record("certificates.printed", event=event, at=clock.now(), award_id=award.id)
    name = f"{event.slug}-constancias-para-imprimir.pdf"
    return attachment(exports.pages(award), name, "application/pdf")


@bp.post("/lista.xlsx")
@requires(Permission.REGISTRATION_EXPORT)
def workbook(slug: str) -> ResponseReturnValue:
    """Answer the list of an award's certificates, ended ones too."""
    event = events.managed_event_or_404(slug)
    award = queries.award_of_event_or_404(event, _chosen())
    audit.record("certificates.list_exported", event=event, at=clock.now(), award_id=award.id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lista.xlsx"
        exports.write_list(award, path)
        # Open files outlive their name: the folder is gone before the last byte is sent.
        return send_file(
            path.open("rb"), as_attachment=True, download_name=f"{event.slug}-constancias.xlsx", max_age=0
        )


@bp.post("/emisiones")
@requires(Permission.CERTIFICATE_ISSUE)
@unit_of_work.reads_first
def issue(slug: str) -> ResponseReturnValue:
    """Begin to issue an award to everybody who has earned it, or to those of a search."""
    event = events.managed_event_or_404(slug)
    try:
        keys.try_out(event.organisation, at=clock.now())
    except DomainError as error:
        return _index(event, error=error)
    unit_of_work.start_writing()
    event = events.managed_event_or_404(slug)
    try:
        award = queries.award_of_event_or_404(event, _chosen())
        search = request.args.get("q", "").strip()[:100]
        run = issuing.start(event, award=award, search=search, by=current_user, at=clock.now())
    except DomainError as error:
        return _index(event, error=error)
    tasks.wake(run)
    return redirect(url_for(".run", slug=slug, run_id=run.id), 303)


@bp.get("/emisiones/<int:run_id>")
@requires(Permission.CERTIFICATE_VIEW)
def run(slug: str, run_id: int) -> ResponseReturnValue:
    """Show how far an issue in batch has come."""
    event = events.managed_event_or_404(slug)
    return _run_page(event, queries.run_of_event_or_404(event, run_id))


def _run_page(event: Event, found: IssueRun, *, error: DomainError | None = None) -> Response:
    return form_page(
        "certificates/office/run.html",
        event=event,
        run=found,
        problems=queries.problems_of(found),
        started_by=queries.name_of(found.started_by_id),
        confirmed_by=queries.name_of(found.confirmed_by_id),
        may_confirm=_may_issue(event) and found.started_by_id != current_user.id,
        may_issue=_may_issue(event),
        labels=labels,
        error=error,
    )


@bp.post("/emisiones/<int:run_id>/confirmar")
@requires(Permission.CERTIFICATE_ISSUE)
def confirm(slug: str, run_id: int) -> ResponseReturnValue:
    """Let an issue begin that waits for a second person's word."""
    event = events.managed_event_or_404(slug)
    found = queries.run_of_event_or_404(event, run_id)
    try:
        issuing.confirm(found, by=current_user, at=clock.now())
    except DomainError as error:
        return _run_page(event, found, error=error)
    tasks.wake(found)
    return redirect(url_for(".run", slug=slug, run_id=run_id), 303)


@bp.post("/emisiones/<int:run_id>/cancelar")
@requires(Permission.CERTIFICATE_ISSUE)
def cancel(slug: str, run_id: int) -> ResponseReturnValue:
    """Give up an issue that waits for a second person's word."""
    event = events.managed_event_or_404(slug)
    found = queries.run_of_event_or_404(event, run_id)
    try:
        issuing.cancel(found, at=clock.now())
    except DomainError as error:
        return _run_page(event, found, error=error)
    flash(_("Nothing is issued. You can start again."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.get("/emisiones/<int:run_id>.json")
@requires(Permission.CERTIFICATE_VIEW)
def progress(slug: str, run_id: int) -> Response:
    """Answer how far an issue in batch has come, for the page that watches it."""
    return jsonify(_numbers(queries.run_of_event_or_404(events.managed_event_or_404(slug), run_id)))


def _numbers(found: IssueRun) -> dict[str, Any]:
    return {
        "total": found.total,
        "done": found.done,
        "failed": found.failed,
        "percent": found.percent,
        "finished": found.finished_at is not None,
    }


@bp.get("/<int:certificate_id>")
@requires(Permission.CERTIFICATE_VIEW)
def certificate(slug: str, certificate_id: int) -> ResponseReturnValue:
    """Show a certificate, its history, and the forms that correct or annul it."""
    event = events.managed_event_or_404(slug)
    return _certificate_page(event, queries.of_event_or_404(event, certificate_id))


def _certificate_page(
    event: Event,
    shown: Certificate,
    *,
    correction: Form | None = None,
    annulment: Form | None = None,
    again: Form | None = None,
) -> Response:
    name = shown.person.full_name
    return form_page(
        "certificates/office/certificate.html",
        event=event,
        certificate=shown,
        editions=queries.editions_of(shown),
        correction=correction or CorrectionForm(formdata=None, name=name, role=str(shown.role)),
        annulment=annulment or ReasonForm(formdata=None),
        again=again or named(AgainForm, name),
        may_issue=_may_issue(event),
        grouped=codes.grouped,
        labels=labels,
    )


@bp.post("/<int:certificate_id>/anular")
@requires(Permission.CERTIFICATE_ISSUE)
def annul(slug: str, certificate_id: int) -> ResponseReturnValue:
    """Declare a certificate void."""
    event = events.managed_event_or_404(slug)
    found = queries.of_event_or_404(event, certificate_id)
    form = ReasonForm()
    if not form.validate():
        return _certificate_page(event, found, annulment=form)
    try:
        services.annul(found, reason=form.reason.data, by=current_user, at=clock.now())
    except DomainError as error:
        return _certificate_page(event, found, annulment=form.with_error(error))
    flash(_("The certificate is annulled. Its code answers so from now on."), "success")
    return redirect(url_for(".certificate", slug=slug, certificate_id=certificate_id), 303)


@bp.post("/<int:certificate_id>/reemplazar")
@requires(Permission.CERTIFICATE_ISSUE)
@unit_of_work.reads_first
def replace(slug: str, certificate_id: int) -> ResponseReturnValue:
    """Issue a certificate anew with a corrected name."""
    event = events.managed_event_or_404(slug)
    found = queries.of_event_or_404(event, certificate_id)
    form = CorrectionForm()
    if not form.validate():
        return _certificate_page(event, found, correction=form)
    try:
        successor = reissuing.replace(
            found,
            name=form.name.data,
            role=CertificateRole(form.role.data),
            reason=form.reason.data,
            by=current_user,
            at=clock.now(),
        )
    except DomainError as error:
        return _certificate_page(event, found, correction=form.with_error(error))
    flash(_("The corrected certificate is issued. The former code answers that it was replaced."), "success")
    return redirect(url_for(".certificate", slug=slug, certificate_id=successor.id), 303)


@bp.post("/<int:certificate_id>/emitir")
@requires(Permission.CERTIFICATE_ISSUE)
@unit_of_work.reads_first
def issue_again(slug: str, certificate_id: int) -> ResponseReturnValue:
    """Issue a new certificate to somebody whose last one was annulled."""
    event = events.managed_event_or_404(slug)
    found = queries.of_event_or_404(event, certificate_id)
    form = AgainForm()
    if not form.validate():
        return _certificate_page(event, found, again=form)
    try:
        successor = reissuing.issue_again(found, name=form.name.data, by=current_user, at=clock.now())
    except DomainError as error:
        return _certificate_page(event, found, again=form.with_error(error))
    flash(_("The new certificate is issued."), "success")
    return redirect(url_for(".certificate", slug=slug, certificate_id=successor.id), 303)
