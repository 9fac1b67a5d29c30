"""The back office: what a person was written, and sending it again."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, clock
from app.events import queries as events
from app.events.models import Event
from app.mail.copies import Copy, copy_of
from app.mail.models import OutgoingLetter
from app.mail.pages import html_page
from app.mail.services import letter_about, send_again
from app.organisers.labels import letter_name, letter_state, may_go_again
from app.permissions import Permission, requires
from app.registration import queries as registrations
from app.registration.models import Registration
from app.security import allow_in_policy

bp = Blueprint(
    "registration_letters",
    __name__,
    url_prefix="/gestion/eventos/<slug>/inscripciones/<int:registration_id>/cartas/<int:letter_id>",
)


def _letter_or_404(event: Event, registration_id: int, letter_id: int) -> tuple[Registration, OutgoingLetter]:
    registration = registrations.of_event_or_404(event, registration_id)
    return registration, letter_about(
        letter_id, registration, *registrations.invitations_behind(registration)
    ) or abort(404)


@bp.get("")
@requires(Permission.REGISTRATION_VIEW)
def show(slug: str, registration_id: int, letter_id: int) -> ResponseReturnValue:
    """Show what a letter said, for as long as its words are kept."""
    event = events.managed_event_or_404(slug)
    registration, letter = _letter_or_404(event, registration_id, letter_id)
    allow_in_policy("frame-src", "'self'")
    return render_template(
        "organisers/registrations/letter.html",
        event=event,
        registration=registration,
        letter=letter,
        copy=copy_of(letter),
        letter_name=letter_name,
        letter_state=letter_state,
        may_go_again=may_go_again(letter) and bool(registration.email),
    )


@bp.get("/html")
@requires(Permission.REGISTRATION_VIEW)
def html(slug: str, registration_id: int, letter_id: int) -> Response:
    """Answer a letter's HTML as it was, without its pictures."""
    event = events.managed_event_or_404(slug)
    _registration, letter = _letter_or_404(event, registration_id, letter_id)
    copy: Copy = copy_of(letter) or abort(404)
    return html_page(copy.html)


@bp.post("/otra-vez")
@requires(Permission.REGISTRATION_EDIT)
def again(slug: str, registration_id: int, letter_id: int) -> ResponseReturnValue:
    """Send a letter once more, to the person's present address."""
    event = events.managed_event_or_404(slug)
    registration, letter = _letter_or_404(event, registration_id, letter_id)
    if not may_go_again(letter) or not registration.email:
        abort(404)
    send_again(letter, to=registration.email)
    audit.record("letter.sent_again", registration, event=event, at=clock.now(), letter=letter.letter)
    flash(_("We write to %(email)s.", email=registration.email), "success")
    return redirect(url_for("registration_office.show", slug=slug, registration_id=registration_id), 303)
