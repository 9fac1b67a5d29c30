"""`/eventos/<slug>/invitacion/<token>`: the form of somebody who was invited."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app import clock, unit_of_work
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.extensions import csrf, limiter
from app.permissions import public
from app.registration import queries, robots, services
from app.registration.errors import InvitationEnded, InvitationUsed
from app.registration.forms import PublicForm, public_form
from app.registration.models import Invitation
from app.registration.rules.invitations import InvitationState, state
from app.registration.views.public import page
from app.security import keep_private

bp = Blueprint("invitations", __name__)
# Whoever has the address is the invited person: no cookie plays a part that a forged request could abuse.
csrf.exempt(bp)


@bp.route("/eventos/<slug>/invitacion/<token>", methods=["GET", "POST"])
@public
@limiter.limit(robots.SENT)
@unit_of_work.reads_first
def register(slug: str, token: str) -> ResponseReturnValue:
    """Show the form with the invited address, and take what is sent; or say why it can no longer be used."""
    event = events.published_or_404(slug)
    invitation = queries.invitation_by_token_or_404(event, token)
    if request.method == "POST":
        return _take(event, invitation, token)
    if state(invitation, at=clock.now()) not in {InvitationState.OPEN, InvitationState.UNSENT}:
        return _ended(event, invitation)
    return _private(page(event, invitation.form, _form(invitation)))


def _private(text: str, status: int = 200) -> Response:
    return keep_private(Response(text, status))


def _form(invitation: Invitation) -> PublicForm:
    """Return the form with what is known of the invited person; the address is the invitation's, whatever is sent."""
    form_class = public_form(invitation.form)
    known = {
        name: getattr(invitation, name)
        for name in ("given_names", "first_surname", "second_surname", "entity")
    }
    if request.method == "POST":
        typed = MultiDict(request.form)
        typed["email"] = invitation.email
        form = form_class(formdata=CombinedMultiDict([request.files, typed]), **known)
    else:
        form = form_class(formdata=None, email=invitation.email, **known)
    if form.email is not None:
        form.email.render_kw = {"readonly": True}
    return form


def _take(event: Event, invitation: Invitation, token: str) -> ResponseReturnValue:
    form = _form(invitation)
    if not form.validate():
        return _private(page(event, invitation.form, form), 422)
    person, language = form.invited(invitation.email), str(get_locale())
    unit_of_work.start_writing()
    event = events.published_or_404(event.slug)
    invitation = queries.invitation_by_token_or_404(event, token)
    try:
        status = services.register(
            event,
            person,
            form=invitation.form,
            values=form.values,
            invitation=invitation,
            idempotency_key=form.key(),
            language=language,
            at=clock.now(),
        )
    except (InvitationUsed, InvitationEnded):
        return _ended(event, invitation)
    except DomainError as error:
        return _private(page(event, invitation.form, form.with_error(error)), 422)
    words = robots.WORDS.get(status, "inscrito")
    return redirect(url_for("registration.received", slug=event.slug, estado=words), 303)


def _ended(event: Event, invitation: Invitation) -> ResponseReturnValue:
    text = render_template(
        "registration/invitation_ended.html", event=event, state=state(invitation, at=clock.now())
    )
    return _private(text, 410)
