"""`/mi/<token>`: a participant's own page. Whoever holds the link is the participant, so no cookie plays a part."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, codes, qr
from app.certificates import labels
from app.errors import DomainError
from app.events import queries as events
from app.extensions import csrf, limiter
from app.pages import attachment
from app.participants import page
from app.participants.forms import CancelForm
from app.permissions import participant
from app.registration import queries, services
from app.registration.errors import NoSlips
from app.registration.models import Registration, RegistrationStatus
from app.registration.receipts import receipts
from app.security import keep_private

bp = Blueprint("participants", __name__, url_prefix="/mi")
csrf.exempt(bp)


def _private(template: str, status: int = 200, **values: object) -> Response:
    return keep_private(Response(render_template(template, **values), status=status))


@bp.get("/<token>")
@participant
def show(token: str) -> ResponseReturnValue:
    """Show pass, what is on now, agenda, attendance and certificates, in the order that the moment asks for."""
    registration = queries.by_token_or_404(token)
    event = events.with_agenda(registration.event_id)
    side, path = qr.svg_path(queries.pass_text(registration))
    shown = page.of(registration, event, at=clock.now())
    waits = registration.status == RegistrationStatus.WAITLISTED
    return _private(
        "participants/show.html",
        token=token,
        registration=registration,
        event=event,
        page=shown,
        certificates=shown.certificates,
        outlooks=shown.outlooks,
        names=shown.names,
        labels=labels,
        grouped=codes.grouped,
        code=codes.grouped(registration.code),
        pass_side=side,
        pass_path=path,
        place=queries.place_in_waitlist(registration) if waits else None,
        receipts=receipts(registration),
        saved=request.args.get("guardado", ""),
    )


@bp.get("/<token>/credencial")
@participant
@limiter.limit("30 per minute")
def badge(token: str) -> ResponseReturnValue:
    """Return the person's badge as a PDF, on the sheet that was asked for."""
    registration = queries.by_token_or_404(token)
    asked = request.args.get("formato", "")
    sheet = services.Sheet(asked) if asked in set(services.Sheet) else services.Sheet.A6
    try:
        content = services.own_badge(registration, sheet, at=clock.now())
    except NoSlips:
        return redirect(url_for(".show", token=token))
    name = f"credencial-{registration.event.slug}.pdf"
    return keep_private(attachment(content, name, "application/pdf"))


@bp.get("/<token>/cancelar")
@participant
def confirm_cancel(token: str) -> ResponseReturnValue:
    """Ask whether the registration shall really be cancelled, and why."""
    return _cancel_page(token, queries.by_token_or_404(token), CancelForm(formdata=None))


def _cancel_page(
    token: str, registration: Registration, form: CancelForm, *, error: DomainError | None = None
) -> Response:
    return _private(
        "participants/cancel.html",
        422 if error or form.errors else 200,
        token=token,
        registration=registration,
        form=form,
        error=error,
    )


@bp.post("/<token>/cancelar")
@participant
def cancel(token: str) -> ResponseReturnValue:
    """Cancel the registration; the seat goes to the next of the waitlist."""
    registration = queries.by_token_or_404(token)
    form = CancelForm()
    if not form.validate():
        return _cancel_page(token, registration, form)
    try:
        services.cancel(registration, at=clock.now(), by_participant=True, reason=form.given)
    except DomainError as error:
        return _cancel_page(token, registration, form, error=error)
    return redirect(url_for(".show", token=token), 303)


@bp.post("/<token>/renovar")
@participant
@limiter.limit("30 per hour")
def renew(token: str) -> ResponseReturnValue:
    """Make this link useless and send a new one to the participant's address.

    Where no letter would bring the new one, the old one stays: nobody is locked out.
    """
    registration = queries.by_token_or_404(token)
    if not registration.is_active or not registration.email:
        return redirect(url_for(".show", token=token), 303)
    services.renew_link(registration, at=clock.now())
    return _private("participants/renewed.html", registration=registration)
