"""The back office's first page, and an event's summary with what can be done to the event as a whole."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.addresses import absolute
from app.errors import DomainError
from app.events import queries as events
from app.events import services
from app.events.models import Event
from app.organisers import labels, overview
from app.permissions import Permission, requires, signed_in
from app.registration import queries as registration

bp = Blueprint("organisers", __name__, url_prefix="/gestion")
_EVENT = "/eventos/<slug>"


@bp.get("/")
@signed_in
def dashboard() -> ResponseReturnValue:
    """List the events that one may open: those to come or under way, then the past ones."""
    at = clock.now()
    everything = overview.listed(events.managed_events(current_user))
    past = [one for one in everything if overview.is_past(one.event, at=at)]
    coming = [one for one in everything if one not in past]
    return render_template(
        "organisers/dashboard.html",
        coming=coming[::-1],
        past=past,
        labels=labels,
        may_create=current_user.may_somewhere(Permission.EVENT_EDIT),
        active="events",
    )


@bp.get(_EVENT)
@requires(Permission.EVENT_VIEW)
def event(slug: str) -> ResponseReturnValue:
    """Show an event at a glance: its state, its numbers and the next step."""
    managed = events.managed_event_or_404(slug)
    return render_template(
        "organisers/event.html",
        event=managed,
        summary=overview.summary(managed, at=clock.now()),
        labels=labels,
        public_url=absolute("events.show", slug=managed.slug),
        active="summary",
    )


def _change(slug: str, change: Callable[[Event], None], said: str) -> ResponseReturnValue:
    managed = events.managed_event_or_404(slug)
    try:
        change(managed)
    except DomainError as error:
        flash(str(error), "error")
    else:
        flash(said, "success")
    return redirect(url_for(".event", slug=slug), 303)


@bp.post(f"{_EVENT}/publicar")
@requires(Permission.EVENT_PUBLISH)
def publish(slug: str) -> ResponseReturnValue:
    """Show the event to the public."""
    at = clock.now()
    return _change(
        slug,
        lambda managed: services.publish(managed, at=at),
        _("The event is public and people can register."),
    )


@bp.post(f"{_EVENT}/retirar")
@requires(Permission.EVENT_PUBLISH)
def unpublish(slug: str) -> ResponseReturnValue:
    """Take the event back to draft, while nobody is registered."""
    at = clock.now()

    def take_back(managed: Event) -> None:
        services.unpublish(managed, registered=sum(registration.counts(managed.id).values()), at=at)

    return _change(slug, take_back, _("The event is a draft again."))


@bp.get(f"{_EVENT}/cancelar")
@requires(Permission.EVENT_PUBLISH)
def confirm_cancel(slug: str) -> ResponseReturnValue:
    """Ask whether the event shall really be called off."""
    managed = events.managed_event_or_404(slug)
    return render_template("organisers/cancel.html", event=managed, active="summary")


@bp.post(f"{_EVENT}/cancelar")
@requires(Permission.EVENT_PUBLISH)
def cancel(slug: str) -> ResponseReturnValue:
    """Call the event off; its page stays and says so."""
    at = clock.now()
    return _change(
        slug,
        lambda managed: services.cancel(managed, at=at),
        _("The event is cancelled and its page says so."),
    )
