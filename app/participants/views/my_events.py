"""`/mis-eventos`: everything of an e-mail address in one place, by a link that goes to it and needs no password."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RequestLimit

from app import clock, codes, signing
from app.addresses import absolute
from app.certificates import labels as certificate_labels
from app.certificates import queries as certificates
from app.events import calendar
from app.extensions import csrf, limiter
from app.microcache import cached
from app.pages import attachment, form_page
from app.participants import agenda, emails, links, overview
from app.participants.downloads import zipped
from app.participants.forms import AddressForm
from app.participants.links import Opened
from app.permissions import participant, public
from app.registration import labels
from app.registration.queries import personal_token
from app.security import keep_private

bp = Blueprint("my_events", __name__, url_prefix="/mis-eventos")
csrf.exempt(bp)
# A whole municipality may share one address of the network; one mailbox is a person's, or ten people's.
_PER_VISITOR = "30 per minute; 300 per hour"
_PER_MAILBOX = "3 per 10 minutes; 12 per day"
_PER_LINK = "60 per minute"


def _same_answer(_limit: RequestLimit | None = None) -> Any:
    return redirect(url_for("my_events.sent"), 303)


def _mailbox() -> str:
    """Return the name under which letters to one mailbox are counted: nobody's address stands among the counters."""
    return signing.hashed(request.form.get("email", "")[:300].strip().lower())


@bp.get("")
@public
@cached
def ask() -> ResponseReturnValue:
    """Ask for the e-mail address to which the link shall go."""
    return render_template("participants/my_events/ask.html", form=AddressForm(formdata=None))


@bp.post("")
@public
@limiter.limit(_PER_VISITOR)
@limiter.limit(_PER_MAILBOX, key_func=_mailbox, on_breach=_same_answer)
def send() -> ResponseReturnValue:
    """Send the link to the address, if it has registrations. The answer is the same whether or not it has."""
    form = AddressForm()
    if not form.validate():
        return form_page("participants/my_events/ask.html", form=form)
    emails.my_events(form.email.data)
    return _same_answer()


@bp.get("/enviado")
@public
@cached
def sent() -> ResponseReturnValue:
    """Say that the link is on its way where the address is known."""
    return render_template("participants/my_events/sent.html", days=links.LIFETIME.days)


def _opened(token: str) -> Opened | Response:
    """Return what a link opens, or the page that says why it opens nothing."""
    found = links.opened(token, at=clock.now())
    if found is not None and not found.is_expired:
        return found
    page = render_template("participants/my_events/ended.html", form=AddressForm(formdata=None))
    return keep_private(Response(page, 404 if found is None else 410))


@bp.get("/<token>")
@participant
@limiter.limit(_PER_LINK)
def show(token: str) -> ResponseReturnValue:
    """Show all registrations of the address, by person: what comes, what was, and every certificate."""
    found = _opened(token)
    if isinstance(found, Response):
        return found
    issued = certificates.holding([one.id for one in found.registrations])
    page = render_template(
        "participants/my_events/show.html",
        token=token,
        people=overview.of(found.registrations, issued, at=clock.now()),
        number_of_certificates=len(issued),
        email=found.registrations[0].email,
        expires_at=found.expires_at,
        feed_token=links.feed_token(found.registrations),
        grouped=codes.grouped,
        profile_url=certificate_labels.profile_url,
        status=labels.status,
    )
    return keep_private(Response(page))


@bp.get("/<token>/agenda.ics")
@participant
@limiter.limit(_PER_LINK)
def feed(token: str) -> ResponseReturnValue:
    """Answer the sessions of everything of the address as one calendar that can be subscribed to."""
    found = links.feed_of(token) or abort(404)
    entries = [
        (event, session, absolute("participants.show", token=personal_token(one)))
        for one, event, session in agenda.of_all(found)
    ]
    body = calendar.feed_of_many(
        entries, name=_("My events"), zone=found[0].event.timezone, refreshed_every=agenda.REFRESH
    )
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="mis-eventos.ics"'
    return keep_private(response)


@bp.get("/<token>/constancias.zip")
@participant
@limiter.limit("10 per minute")
def download(token: str) -> ResponseReturnValue:
    """Answer all certificates of the address in one ZIP, made while it is sent."""
    found = _opened(token)
    if isinstance(found, Response):
        return found
    issued = certificates.holding([one.id for one in found.registrations])
    if not issued:
        return redirect(url_for(".show", token=token), 303)
    return keep_private(attachment(zipped(issued), "constancias.zip", "application/zip"))
