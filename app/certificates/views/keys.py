"""The back office: the key with which an organisation signs its certificates."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Organisation
from app.certificates import keys, queries
from app.certificates.forms import KeyForm
from app.errors import DomainError
from app.pages import form_page
from app.permissions import Permission, requires

bp = Blueprint("signing_keys", __name__, url_prefix="/gestion/entidad/<slug>/firma")


@bp.get("")
@requires(Permission.ORGANISATION_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """Show which key signs, and which ones did."""
    return _page(accounts.managed_organisation_or_404(slug), KeyForm(formdata=None))


def _page(organisation: Organisation, form: KeyForm) -> Response:
    return form_page(
        "certificates/office/keys.html",
        active="organisations",
        organisation=organisation,
        form=form,
        key=queries.key_in_force(organisation.id),
        keys=queries.keys_of(organisation.id),
        now=clock.now(),
    )


@bp.post("")
@requires(Permission.ORGANISATION_EDIT)
def add(slug: str) -> ResponseReturnValue:
    """Sign with another key from now on."""
    organisation = accounts.managed_organisation_or_404(slug)
    form = KeyForm()
    if not form.validate():
        return _page(organisation, form)
    try:
        key = keys.add(organisation, form.content, form.password.data or "", at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _page(organisation, form)
    flash(
        _("From now on certificates are signed with the key of %(subject)s.", subject=key.subject), "success"
    )
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/retirar")
@requires(Permission.ORGANISATION_EDIT)
def retire(slug: str) -> ResponseReturnValue:
    """Sign no more."""
    organisation = accounts.managed_organisation_or_404(slug)
    if keys.retire(organisation, at=clock.now()):
        flash(_("From now on certificates are issued without a signature."), "success")
    return redirect(url_for(".index", slug=slug), 303)
