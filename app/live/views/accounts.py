"""The back office: an organisation's accounts with servers of rooms."""

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import queries as accounts
from app.errors import DomainError
from app.live import queries, services
from app.live.forms import ACCOUNT_FORMS, BigBlueButtonForm, JitsiForm
from app.pages import form_page
from app.permissions import Permission, requires
from app.unit_of_work import reads_first

bp = Blueprint("room_accounts", __name__, url_prefix="/gestion/entidad/<slug>/salas")


@bp.get("")
@requires(Permission.ORGANISATION_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """List the servers that an organisation has accounts with."""
    organisation = accounts.managed_organisation_or_404(slug)
    return form_page(
        "live/accounts.html",
        active="organisations",
        organisation=organisation,
        accounts=queries.accounts_of(organisation.id),
    )


def _form_of(kind: str) -> type[BigBlueButtonForm] | type[JitsiForm]:
    return ACCOUNT_FORMS.get(kind) or abort(404)


def _form_page(slug: str, kind: str, form: BigBlueButtonForm | JitsiForm) -> Response:
    organisation = accounts.managed_organisation_or_404(slug)
    return form_page(
        "live/account.html", active="organisations", organisation=organisation, kind=kind, form=form
    )


@bp.get("/<kind>")
@requires(Permission.ORGANISATION_EDIT)
def new(slug: str, kind: str) -> ResponseReturnValue:
    """Show the form of an account."""
    return _form_page(slug, kind, _form_of(kind)(formdata=None))


@bp.post("/<kind>")
@requires(Permission.ORGANISATION_EDIT)
def save(slug: str, kind: str) -> ResponseReturnValue:
    """Keep an account, in place of the one with the same server."""
    organisation = accounts.managed_organisation_or_404(slug)
    form = _form_of(kind)()
    if not form.validate():
        return _form_page(slug, kind, form)
    typed = {name: form.data.get(name) or "" for name in ("app_id", "subject", "key_id")}
    services.save_account(
        organisation,
        kind,
        form.address.data,
        form.secret.data.strip(),
        algorithm=form.algorithm.data,
        at=clock.now(),
        **typed,
    )
    flash(_("Saved. Try the connection."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/<int:account_id>/probar")
@requires(Permission.ORGANISATION_EDIT)
@reads_first
def check(slug: str, account_id: int) -> ResponseReturnValue:
    """Try the connection; nothing is written, and no other writer waits for a slow server."""
    organisation = accounts.managed_organisation_or_404(slug)
    account = queries.account_or_404(organisation.id, account_id)
    try:
        services.check_account(account)
    except DomainError as error:
        flash(f"{account.address}: {error}", "error")
    else:
        flash(_("The server of %(address)s answers as it should.", address=account.address), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/<int:account_id>/quitar")
@requires(Permission.ORGANISATION_EDIT)
def remove(slug: str, account_id: int) -> ResponseReturnValue:
    """Forget an account."""
    organisation = accounts.managed_organisation_or_404(slug)
    services.remove_account(organisation, queries.account_or_404(organisation.id, account_id), at=clock.now())
    flash(_("The account is forgotten."), "success")
    return redirect(url_for(".index", slug=slug), 303)
