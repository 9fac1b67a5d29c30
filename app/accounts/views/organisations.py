"""What an organisation tells of itself: name, look, units, privacy notice."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.accounts import queries, services
from app.accounts.forms import ConsentForm, NewOrganisationForm, OrganisationForm, UnitForm
from app.accounts.models import Organisation
from app.errors import DomainError
from app.pages import form_page
from app.permissions import Permission, public, requires

bp = Blueprint("organisations", __name__)
_LOGO_AGE = 3600


@bp.get("/entidades/<slug>/logo")
@public
def logo(slug: str) -> ResponseReturnValue:
    """Answer the logo of an organisation."""
    organisation = queries.logo_or_404(slug)
    response = make_response(organisation.logo or b"")
    response.mimetype = organisation.logo_type or "application/octet-stream"
    response.headers["Cache-Control"] = f"public, max-age={_LOGO_AGE}"
    response.add_etag()
    return response.make_conditional(request)


def _administers_all() -> bool:
    return current_user.organisation_ids(Permission.ORGANISATION_EDIT) is None


@bp.get("/gestion/organisaciones")
@requires(Permission.ORGANISATION_EDIT)
def index() -> ResponseReturnValue:
    """List the organisations that one administers."""
    organisations = queries.organisations_for(current_user, Permission.ORGANISATION_EDIT)
    return render_template(
        "accounts/organisations.html",
        active="organisations",
        organisations=organisations,
        may_create=_administers_all(),
    )


@bp.route("/gestion/organisaciones/nueva", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def create() -> ResponseReturnValue:
    """Add a public body: for administrators of the whole installation."""
    if not _administers_all():
        abort(403)
    form = NewOrganisationForm()
    if not form.validate_on_submit():
        return form_page("accounts/new_organisation.html", active="organisations", form=form)
    try:
        organisation = services.create_organisation(
            form.name.data, short_name=form.short_name.data or "", at=clock.now()
        )
    except DomainError as error:
        return form_page(
            "accounts/new_organisation.html", active="organisations", form=form.with_error(error)
        )
    return redirect(url_for(".edit", slug=organisation.slug), 303)


@bp.route("/gestion/entidad/<slug>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def edit(slug: str) -> ResponseReturnValue:
    """Edit what an organisation tells of itself."""
    organisation = queries.managed_organisation_or_404(slug)
    form = OrganisationForm.of(organisation)
    if not form.validate_on_submit():
        return form_page(
            "accounts/organisation.html", active="organisations", form=form, organisation=organisation
        )
    services.update_organisation(organisation, form.facts())
    if form.logo.data:
        services.set_logo(organisation, form.logo.data)
    elif form.remove_logo.data and organisation.logo_type:
        services.set_logo(organisation, None)
    flash(_("Saved."), "success")
    return redirect(url_for(".edit", slug=slug), 303)


@bp.get("/gestion/entidad/<slug>/unidades")
@requires(Permission.ORGANISATION_EDIT)
def units(slug: str) -> ResponseReturnValue:
    """List the units of an organisation."""
    return _units_page(queries.managed_organisation_or_404(slug), UnitForm(formdata=None))


def _units_page(organisation: Organisation, form: UnitForm, *, unit_id: int | None = None) -> Response:
    return form_page(
        "accounts/units.html", active="organisations", form=form, organisation=organisation, unit_id=unit_id
    )


@bp.post("/gestion/entidad/<slug>/unidades")
@requires(Permission.ORGANISATION_EDIT)
def add_unit(slug: str) -> ResponseReturnValue:
    """Add a unit to an organisation."""
    organisation = queries.managed_organisation_or_404(slug)
    form = UnitForm()
    if not form.validate():
        return _units_page(organisation, form)
    try:
        services.add_unit(organisation, form.name.data)
    except DomainError as error:
        return _units_page(organisation, form.with_error(error))
    return redirect(url_for(".units", slug=slug), 303)


@bp.route("/gestion/entidad/<slug>/unidades/<int:unit_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def rename_unit(slug: str, unit_id: int) -> ResponseReturnValue:
    """Give a unit another name."""
    organisation = queries.managed_organisation_or_404(slug)
    unit = queries.unit_of(organisation, unit_id) or abort(404)
    form = UnitForm(obj=unit)
    if not form.validate_on_submit():
        return _units_page(organisation, form, unit_id=unit_id)
    try:
        services.rename_unit(unit, form.name.data)
    except DomainError as error:
        return _units_page(organisation, form.with_error(error), unit_id=unit_id)
    return redirect(url_for(".units", slug=slug), 303)


@bp.route("/gestion/entidad/<slug>/privacidad", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def consent(slug: str) -> ResponseReturnValue:
    """Write the next version of the privacy notice."""
    organisation = queries.managed_organisation_or_404(slug)
    newest = queries.newest_consent_text(organisation.id)
    form = ConsentForm(text=queries.consent_in_force(organisation))
    if not form.validate_on_submit():
        return form_page(
            "accounts/consent.html",
            active="organisations",
            form=form,
            organisation=organisation,
            newest=newest,
        )
    services.write_consent_text(organisation, form.text.data, at=clock.now())
    flash(_("The privacy notice is in force. Who registers from now on agrees to this text."), "success")
    return redirect(url_for(".consent", slug=slug), 303)
