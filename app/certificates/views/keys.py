"""The back office: the key with which an organisation signs its certificates."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, unit_of_work
from app.accounts import queries as accounts
from app.accounts.models import Organisation
from app.certificates import keys, queries, services
from app.certificates.forms import KeyForm, TimeStampForm, TokenForm
from app.errors import DomainError
from app.extensions import limiter
from app.imports import lazily
from app.pages import form_page
from app.permissions import Permission, requires

if TYPE_CHECKING:
    from app.certificates import tokens
else:
    tokens = lazily("app.certificates.tokens")

bp = Blueprint("signing_keys", __name__, url_prefix="/gestion/entidad/<slug>/firma")


@bp.get("")
@requires(Permission.ORGANISATION_EDIT)
def index(slug: str) -> ResponseReturnValue:
    """Show which key signs, and which ones did."""
    return _page(accounts.managed_organisation_or_404(slug), KeyForm(formdata=None))


def _page(
    organisation: Organisation,
    form: KeyForm,
    *,
    time_stamps: TimeStampForm | None = None,
    token: TokenForm | None = None,
) -> Response:
    key = queries.key_in_force(organisation.id)
    stamps = time_stamps or TimeStampForm(formdata=None, time_stamps=key.timestamp_url if key else "")
    return form_page(
        "certificates/office/keys.html",
        active="organisations",
        organisation=organisation,
        form=form,
        stamps=stamps,
        token_form=token or TokenForm(formdata=None),
        has_tokens=bool(current_app.config["PKCS11_LIBRARY"]),
        key=key,
        keys=queries.keys_of(organisation.id),
        now=clock.now(),
        needs_second_person=queries.needs_second_person(organisation.id),
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


@bp.post("/token")
@requires(Permission.ORGANISATION_EDIT)
@limiter.limit("20 per hour", methods=["POST"])
@unit_of_work.reads_first
def add_on_token(slug: str) -> ResponseReturnValue:
    """Sign with a key on a token from now on."""
    organisation = accounts.managed_organisation_or_404(slug)
    form = TokenForm()
    if not form.validate():
        return _page(organisation, KeyForm(formdata=None), token=form)
    try:
        access = tokens.Access(form.token.data, form.key.data, form.pin.data)
        found = keys.on_token(access, at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _page(organisation, KeyForm(formdata=None), token=form)
    unit_of_work.start_writing()
    organisation = accounts.managed_organisation_or_404(slug)
    key = keys.add_on_token(organisation, found, at=clock.now())
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


@bp.post("/sello-de-tiempo")
@requires(Permission.ORGANISATION_EDIT)
@unit_of_work.reads_first
def time_stamps(slug: str) -> ResponseReturnValue:
    """Ask a time-stamp server with each signature from now on, or none."""
    organisation = accounts.managed_organisation_or_404(slug)
    form = TimeStampForm()
    if not form.validate():
        return _page(organisation, KeyForm(formdata=None), time_stamps=form)
    address = form.time_stamps.data or ""
    try:
        if address:
            keys.check_time_stamps(address)
    except DomainError as error:
        form.with_error(error)
        return _page(organisation, KeyForm(formdata=None), time_stamps=form)
    unit_of_work.start_writing()
    keys.set_time_stamps(organisation, address, at=clock.now())
    flash(_("Saved."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/segunda-persona")
@requires(Permission.ORGANISATION_EDIT)
def second_person(slug: str) -> ResponseReturnValue:
    """Ask for a second person's word before an issue in batch begins, or no more."""
    organisation = accounts.managed_organisation_or_404(slug)
    needed = bool(request.form.get("needed"))
    services.ask_second_person(organisation, needed=needed, at=clock.now())
    flash(
        _("From now on a second person confirms each issue in batch.")
        if needed
        else _("From now on one person is enough to issue."),
        "success",
    )
    return redirect(url_for(".index", slug=slug), 303)
