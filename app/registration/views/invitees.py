"""The office's page of invitations: whom, what was sent, who answered."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app import clock
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.forms import whole
from app.pages import form_page
from app.permissions import Permission, requires
from app.registration import labels, queries
from app.registration.forms.invitations import InviteForm
from app.registration.models import RegistrationForm, Words
from app.registration.rules.answers import words
from app.registration.rules.invitations import state
from app.registration.services import invitations

bp = Blueprint("invitations_office", __name__, url_prefix="/gestion/eventos/<slug>/invitaciones")
PAGE = 50


def _title(text: Words) -> str:
    return words(text, str(get_locale()))


def _page(event: Event, form: Any = None, *, error: DomainError | None = None) -> Response:
    now, forms = clock.now(), queries.invited_forms(event)
    everybody, sent, answered = queries.invitation_counts(event)
    pages = max(1, -(-everybody // PAGE))
    number = min(whole(request.args.get("pagina")), pages)
    return form_page(
        "registration/office/invitations.html",
        event=event,
        form=form or InviteForm.to(forms, _title, formdata=None),
        forms=forms,
        error=error,
        labels=labels,
        state=lambda one: state(one, at=now),
        rows=queries.invitations_of(event, limit=PAGE, offset=(number - 1) * PAGE),
        page={"page": number, "pages": pages},
        figures={"everybody": everybody, "sent": sent, "answered": answered},
        unsent=len(queries.unsent(event, at=now)),
        waiting=len(queries.to_remind(event, since=now - invitations.BETWEEN_LETTERS, at=now)),
    )


def _back(event: Event) -> ResponseReturnValue:
    return redirect(url_for(".index", slug=event.slug, pagina=request.args.get("pagina")), 303)


@bp.get("")
@requires(Permission.REGISTRATION_VIEW)
def index(slug: str) -> ResponseReturnValue:
    """Show who was invited, and who has answered."""
    return _page(events.managed_event_or_404(slug))


@bp.post("")
@requires(Permission.REGISTRATION_EDIT)
def add(slug: str) -> ResponseReturnValue:
    """Put people on the list; nobody is written to yet."""
    event = events.managed_event_or_404(slug)
    forms: dict[str, RegistrationForm] = {str(one.id): one for one in queries.invited_forms(event)}
    form = InviteForm.to(list(forms.values()), _title)
    if not form.validate():
        return _page(event, form)
    try:
        people = form.invitees()
        number = invitations.invite(
            forms[form.form_id.data], people, expires_at=form.until(event.timezone), at=clock.now()
        )
    except DomainError as error:
        return _page(event, form.with_error(error))
    flash(
        ngettext("%(num)s person is on the list.", "%(num)s people are on the list.", number)
        + " "
        + _("Those who stood on it before stay as they were."),
        "success",
    )
    return _back(event)


@bp.post("/enviar")
@requires(Permission.REGISTRATION_EDIT)
def send(slug: str) -> ResponseReturnValue:
    """Send every invitation that waits for it."""
    event, now = events.managed_event_or_404(slug), clock.now()
    number = invitations.send(event, queries.unsent(event, at=now), at=now)
    flash(ngettext("We send %(num)s invitation.", "We send %(num)s invitations.", number), "success")
    return _back(event)


@bp.post("/recordar")
@requires(Permission.REGISTRATION_EDIT)
def remind(slug: str) -> ResponseReturnValue:
    """Remind everybody who has not answered."""
    event, now = events.managed_event_or_404(slug), clock.now()
    waiting = queries.to_remind(event, since=now - invitations.BETWEEN_LETTERS, at=now)
    number = invitations.remind(event, waiting, at=now)
    flash(ngettext("We remind %(num)s person.", "We remind %(num)s people.", number), "success")
    return _back(event)


@bp.post("/<int:invitation_id>/enviar")
@requires(Permission.REGISTRATION_EDIT)
def send_again(slug: str, invitation_id: int) -> ResponseReturnValue:
    """Invite one person anew."""
    event = events.managed_event_or_404(slug)
    invitation = queries.invitation_of_event_or_404(event, invitation_id)
    try:
        invitations.send_again(invitation, at=clock.now())
    except DomainError as error:
        return _page(event, error=error)
    flash(_("We send a new invitation to %(email)s.", email=invitation.email), "success")
    return _back(event)


@bp.post("/<int:invitation_id>/recordar")
@requires(Permission.REGISTRATION_EDIT)
def remind_one(slug: str, invitation_id: int) -> ResponseReturnValue:
    """Remind one person."""
    event = events.managed_event_or_404(slug)
    invitation = queries.invitation_of_event_or_404(event, invitation_id)
    if invitations.remind(event, [invitation.id], at=clock.now()):
        flash(_("We remind %(email)s.", email=invitation.email), "success")
    else:
        said = _("%(email)s was written to in the last hours, or has answered.", email=invitation.email)
        flash(said, "warning")
    return _back(event)


@bp.post("/<int:invitation_id>/anular")
@requires(Permission.REGISTRATION_EDIT)
def revoke(slug: str, invitation_id: int) -> ResponseReturnValue:
    """Take one invitation back."""
    event = events.managed_event_or_404(slug)
    invitation = queries.invitation_of_event_or_404(event, invitation_id)
    try:
        invitations.revoke(invitation, at=clock.now())
    except DomainError as error:
        return _page(event, error=error)
    flash(_("The invitation of %(email)s no longer works.", email=invitation.email), "success")
    return _back(event)
