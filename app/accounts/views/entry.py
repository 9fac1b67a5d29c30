"""Signing in and out, and choosing a password."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from app import clock
from app.accounts import queries, services
from app.accounts.errors import LinkNotUsable, WrongCredentials
from app.accounts.forms import ChangePasswordForm, NewPasswordForm, SetUpForm, SignInForm
from app.accounts.models import User
from app.accounts.rules import safe_next
from app.errors import DomainError
from app.extensions import limiter
from app.pages import form_page
from app.permissions import public, signed_in
from app.security import keep_private
from app.unit_of_work import reads_first, start_writing

bp = Blueprint("accounts", __name__)


def _typed_email() -> str:
    return "e-mail:" + request.form.get("email", "").strip().lower()[:254]


def _failed(response: Response) -> bool:
    return response.status_code == 422


def _page_to_go_on_to(address: str | None) -> str | None:
    """Return where somebody was led away from, if that is a page; what took a form's answers is none."""
    path = safe_next(address)
    adapter = current_app.create_url_adapter(request)
    if path is None or adapter is None or not adapter.test(path.partition("?")[0], "GET"):
        return None
    return path


def _enter(user: User) -> None:
    session.clear()
    session.permanent = True
    login_user(user)


@bp.route("/gestion/entrar", methods=["GET", "POST"])
@public
@reads_first
@limiter.limit("60 per minute; 400 per hour", methods=["POST"], deduct_when=_failed)
@limiter.limit("20 per 15 minutes", key_func=_typed_email, methods=["POST"], deduct_when=_failed)
def sign_in() -> ResponseReturnValue:
    """Let somebody into the back office."""
    if current_user.is_authenticated:
        return redirect(url_for("organisers.dashboard"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return form_page("accounts/sign_in.html", form=form)
    try:
        user = services.authenticate(form.email.data, form.password.data)
    except WrongCredentials as error:
        return form_page("accounts/sign_in.html", form=form.with_error(error))
    start_writing()
    _enter(user)  # first, so that the log knows who it was
    services.record_sign_in(user, form.password.data, at=clock.now())
    return redirect(_page_to_go_on_to(form.next.data) or url_for("organisers.dashboard"))


@bp.post("/gestion/salir")
@public
def sign_out() -> ResponseReturnValue:
    """End the sign-in of this browser."""
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"), 303)


def _not_usable(error: DomainError) -> ResponseReturnValue:
    return render_template("accounts/link_not_usable.html", message=str(error)), 410


@bp.route("/instalar/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60 per hour")
def set_up(token: str) -> ResponseReturnValue:
    """Make the first organisation and its administrator, by a one-time address."""
    now = clock.now()
    try:
        link = services.check_link(services.SETUP, token, at=now)
        form = SetUpForm()
        if not form.validate_on_submit():
            return keep_private(form_page("accounts/set_up.html", form=form))
        services.use_link(link, at=now)
        user = services.set_up(
            organisation_name=form.organisation.data,
            name=form.name.data,
            email=form.email.data,
            password=form.password.data,
            at=now,
        )
    except LinkNotUsable as error:
        return _not_usable(error)
    _enter(user)
    return redirect(url_for("organisers.dashboard"), 303)


@bp.route("/gestion/clave/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60 per hour")
def choose_password(token: str) -> ResponseReturnValue:
    """Choose a password by a one-time address."""
    now = clock.now()
    try:
        link = services.check_link(services.PASSWORD, token, at=now)
        owner = link.user
        form = NewPasswordForm(email_of_owner=owner.email if owner else "")
        if not form.validate_on_submit():
            return keep_private(form_page("accounts/choose_password.html", form=form, owner=owner))
        user = services.choose_password(
            token,
            form.password.data,
            at=now,
            offered=request.args.get("rol", "")[:60],
            proof=request.args.get("carta", "")[:60],
        )
    except LinkNotUsable as error:
        return _not_usable(error)
    _enter(user)
    flash(_("Your password is set."), "success")
    return redirect(url_for("organisers.dashboard"), 303)


@bp.route("/gestion/mi-clave", methods=["GET", "POST"])
@signed_in
@limiter.limit("30 per hour", methods=["POST"], deduct_when=_failed)
def change_password() -> ResponseReturnValue:
    """Change one's own password."""
    form = ChangePasswordForm(email_of_owner=current_user.email)
    if not form.validate_on_submit():
        return form_page("accounts/change_password.html", form=form)
    user = queries.user_by_id(current_user.id)
    assert user is not None  # noqa: S101 - it is the person who is signed in
    try:
        services.change_password(user, form.present.data, form.password.data, at=clock.now())
    except DomainError as error:
        return form_page("accounts/change_password.html", form=form.with_error(error))
    _enter(user)
    flash(_("Your password is changed. Other devices are signed out."), "success")
    return redirect(url_for("organisers.dashboard"), 303)
