"""The back office: an organisation's designs, their editor with a live preview, and the choice for an event."""

import gzip
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, unit_of_work
from app.accounts import queries as accounts
from app.accounts.models import Organisation
from app.certificates import designing, pdf, specimens
from app.certificates.design_forms import DesignForm, SourceForm
from app.certificates.designing import Draft
from app.certificates.looks import PICTURE_PLACES, Look
from app.certificates.models import Design
from app.certificates.specimens import Preview
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.pages import form_page
from app.permissions import Permission, requires

bp = Blueprint("designs", __name__, url_prefix="/gestion")
_OF_BODY = "/entidad/<slug>/disenos"
_OF_EVENT = "/eventos/<slug>/constancias/diseno"
_NEW = Look(template="sober")
_LARGEST = 20 * 1024 * 1024  # bytes of a form with all its pictures


@bp.get(_OF_BODY)
@requires(Permission.DESIGN_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """List the designs of an organisation."""
    organisation = accounts.managed_organisation_or_404(slug)
    found = [(design, designing.newest(design)) for design in designing.of_organisation(organisation)]
    return render_template(
        "certificates/office/designs.html",
        active="organisations",
        organisation=organisation,
        designs=found,
        may_write=current_user.may(Permission.DESIGN_SOURCE, organisation_id=organisation.id),
    )


@bp.route(f"{_OF_BODY}/nuevo", methods=["GET", "POST"])
@requires(Permission.DESIGN_EDIT)
def create(slug: str) -> ResponseReturnValue:
    """Make a design from a finished one."""
    organisation = accounts.managed_organisation_or_404(slug)
    return _saved(organisation, None, DesignForm() if _is_sent() else DesignForm.of(Draft("", _NEW)))


@bp.route(f"{_OF_BODY}/fuente", methods=["GET", "POST"])
@requires(Permission.DESIGN_SOURCE)
def write(slug: str) -> ResponseReturnValue:
    """Make a design in Typst."""
    organisation = accounts.managed_organisation_or_404(slug)
    form = SourceForm() if _is_sent() else SourceForm.of(Draft("", Look(template="own")))
    form.source.data = form.source.data or pdf.example()
    return _saved(organisation, None, form)


@bp.route(f"{_OF_BODY}/<int:design_id>", methods=["GET", "POST"])
@requires(Permission.DESIGN_EDIT)
def edit(slug: str, design_id: int) -> ResponseReturnValue:
    """Change a design: what was issued keeps the version that it bears."""
    organisation = accounts.managed_organisation_or_404(slug)
    design = designing.of_organisation_or_404(organisation, design_id)
    before = designing.draft_of(design)
    if before.look.template == "own":
        return redirect(url_for(".rewrite", slug=slug, design_id=design_id))
    return _saved(organisation, design, DesignForm() if _is_sent() else DesignForm.of(before))


@bp.route(f"{_OF_BODY}/<int:design_id>/fuente", methods=["GET", "POST"])
@requires(Permission.DESIGN_SOURCE)
def rewrite(slug: str, design_id: int) -> ResponseReturnValue:
    """Change a design in Typst."""
    organisation = accounts.managed_organisation_or_404(slug)
    design = designing.of_organisation_or_404(organisation, design_id)
    before = designing.draft_of(design)
    if before.look.template != "own":
        return redirect(url_for(".edit", slug=slug, design_id=design_id))
    form = SourceForm() if _is_sent() else SourceForm.of(before)
    if not _is_sent():
        form.source.data = designing.load(before.look.files["source"]).decode()
    return _saved(organisation, design, form)


def _is_sent() -> bool:
    if request.method == "POST":
        request.max_content_length = _LARGEST
    return request.method == "POST"


def _saved(organisation: Organisation, design: Design | None, form: DesignForm) -> ResponseReturnValue:
    """Show a form, or store what it says as a design or its next version."""
    if not form.validate_on_submit():
        return _editor(organisation, design, form)
    before = dict(designing.draft_of(design).look.files) if design else {}
    try:
        files = form.files(before, designing.keep_picture)
        files |= {place: designing.keep(data, ".typ") for place, data in form.texts().items()}
        draft = form.draft(files)
        designing.check(draft)
        if draft.look.template == "own":  # one of the finished ones cannot fail
            specimens.drawn(organisation, None, draft.look, at=clock.now())
        if design is None:
            design = designing.create(organisation, draft, by=current_user, at=clock.now())
            flash(_("Saved. Choose it in the certificates of an event."), "success")
        else:
            number = designing.change(design, draft, by=current_user, at=clock.now()).number
            flash(_("Saved as version %(number)s. What was issued stays as it is.", number=number), "success")
    except DomainError as error:
        return _editor(organisation, design, form.with_error(error))
    return redirect(url_for(".edit", slug=organisation.slug, design_id=design.id), 303)


@bp.post(f"{_OF_BODY}/<int:design_id>/retirar")
@requires(Permission.DESIGN_EDIT)
def retire(slug: str, design_id: int) -> ResponseReturnValue:
    """Offer a design no more."""
    organisation = accounts.managed_organisation_or_404(slug)
    designing.retire(designing.of_organisation_or_404(organisation, design_id), at=clock.now())
    flash(_("The design is no longer offered. What was issued with it stays as it is."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.post(f"{_OF_BODY}/vista")
@requires(Permission.DESIGN_EDIT)
@unit_of_work.reads_first
def preview(slug: str) -> ResponseReturnValue:
    """Answer what is typed as pictures: as JSON for the page that asks by itself, else as the page again."""
    request.max_content_length = _LARGEST
    return _shown(accounts.managed_organisation_or_404(slug), DesignForm())


@bp.post(f"{_OF_BODY}/fuente/vista")
@requires(Permission.DESIGN_SOURCE)
@unit_of_work.reads_first
def preview_source(slug: str) -> ResponseReturnValue:
    """Answer the same for a source in Typst."""
    request.max_content_length = _LARGEST
    return _shown(accounts.managed_organisation_or_404(slug), SourceForm())


def _shown(organisation: Organisation, form: DesignForm) -> ResponseReturnValue:
    """Answer a form as pictures; nothing is kept."""
    number = request.form.get("design", type=int)
    design = designing.of_organisation_or_404(organisation, number) if number else None
    is_program = request.accept_mimetypes.best == "application/json"
    try:
        shown = _preview(organisation, design, form) if _can_be_drawn(form) else None
    except DomainError as error:
        form.with_error(error)
        shown = None
    if not is_program:
        answer = _editor(organisation, design, form, shown=shown)
        answer.status_code = 200 if shown else 422
        return answer
    if shown is None:
        messages = [str(text) for texts in form.errors.values() for text in _flat(texts)]
        return jsonify(errors=messages), 422
    return _as_json(shown)


def _can_be_drawn(form: DesignForm) -> bool:
    """Return whether a form is in order, but for the name of the design: it is looked at before it has one."""
    if not form.validate() and set(form.errors) == {"name"}:
        form.name.errors = ()
    return not form.errors


def _as_json(shown: Preview) -> Response:
    answer = jsonify(pictures=_inline(shown), milliseconds=round(shown.milliseconds))
    if request.accept_encodings["gzip"]:
        answer.data = gzip.compress(answer.data, 1, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Server-Timing"] = f"draw;dur={shown.milliseconds:.1f}"
    return answer


def _flat(texts: Any) -> list[Any]:
    """Return the messages of a field, and of the fields within it."""
    if isinstance(texts, dict):
        return [text for inner in texts.values() for text in _flat(inner)]
    return [text for one in texts for text in (_flat(one) if isinstance(one, dict | list) else [one])]


def _inline(shown: Preview) -> list[dict[str, str]]:
    """Return drawings as they stand in a page: as pictures, in which no script runs and nothing is fetched."""
    return [
        {"name": name, "src": "data:image/svg+xml," + data.decode().replace("%", "%25").replace("#", "%23")}
        for name, data in shown.pictures.items()
    ]


def _preview(organisation: Organisation, design: Design | None, form: DesignForm) -> Preview:
    kept = dict(designing.draft_of(design).look.files) if design else {}
    files = {
        place: name
        for place, name in kept.items()
        if place in PICTURE_PLACES and not form[f"remove_{place}"].data
    }
    unsaved = {designing.name_of(data, ".typ"): (place, data) for place, data in form.texts().items()}
    draft = form.draft(files | {place: name for name, (place, _data) in unsaved.items()})
    designing.check(draft)
    return specimens.drawn(
        organisation,
        _example(organisation),
        draft.look,
        unsaved={name: data for name, (_place, data) in unsaved.items()},
        at=clock.now(),
    )


def _events(organisation: Organisation) -> list[Event]:
    """Return the newest events of an organisation whose participants one may see."""
    return [
        event
        for event in events.newest_of(organisation, 30)
        if current_user.may(Permission.REGISTRATION_VIEW, organisation_id=organisation.id, event_id=event.id)
    ]


def _example(organisation: Organisation) -> Event | None:
    """Return the event whose names a preview bears: the chosen one, else none."""
    chosen = request.values.get("evento", "")
    return next((event for event in _events(organisation) if event.slug == chosen), None)


def _editor(
    organisation: Organisation, design: Design | None, form: Any, *, shown: Preview | None = None
) -> Response:
    is_source = isinstance(form, SourceForm)
    return form_page(
        "certificates/office/design.html",
        is_source=is_source,
        address=_address(organisation, design, is_source=is_source),
        preview_address=url_for(".preview_source" if is_source else ".preview", slug=organisation.slug),
        active="organisations",
        organisation=organisation,
        design=design,
        versions=designing.versions(design) if design else [],
        files=designing.draft_of(design).look.files if design else {},
        form=form,
        places=PICTURE_PLACES,
        events=_events(organisation),
        example=request.values.get("evento", ""),
        pictures=_inline(shown) if shown else [],
    )


def _address(organisation: Organisation, design: Design | None, *, is_source: bool) -> str:
    """Return where a form is sent to, also from the page of a preview."""
    if design is None:
        return url_for(".write" if is_source else ".create", slug=organisation.slug)
    return url_for(".rewrite" if is_source else ".edit", slug=organisation.slug, design_id=design.id)


@bp.get(f"{_OF_BODY}/<int:design_id>/muestra.png")
@requires(Permission.DESIGN_EDIT)
def picture(slug: str, design_id: int) -> ResponseReturnValue:
    """Answer a small picture of a design, for lists."""
    organisation = accounts.managed_organisation_or_404(slug)
    draft = designing.draft_of(designing.of_organisation_or_404(organisation, design_id))
    shown = specimens.picture(organisation, draft.look, at=clock.now())
    answer = Response(shown, mimetype="image/png")
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


@bp.route(_OF_EVENT, methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE)
def of_event(slug: str) -> ResponseReturnValue:
    """Choose the design of an event's certificates."""
    event = events.managed_event_or_404(slug)
    designs = designing.of_organisation(event.organisation)
    if request.method == "POST":
        typed = request.form.get("design", "")
        chosen = next((design for design in designs if str(design.id) == typed), None)
        designing.choose(event, chosen, at=clock.now())
        flash(_("Saved. Certificates issued from now on will look like this."), "success")
        return redirect(url_for(".of_event", slug=slug), 303)
    return render_template(
        "certificates/office/event_design.html",
        active="certificates",
        event=event,
        designs=designs,
        chosen=designing.chosen_for(event),
        may_edit=current_user.may(Permission.DESIGN_EDIT, organisation_id=event.organisation_id),
    )
