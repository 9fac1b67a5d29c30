"""The public site: coming and past events, an event with its agenda, its calendar files."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.addresses import absolute
from app.events import agenda, calendar, jsonld, labels, queries, rules
from app.events.models import Event, EventStatus, Session
from app.localisation import to_json
from app.microcache import cached
from app.permissions import public

bp = Blueprint("events", __name__)


@bp.get("/")
@public
@cached
def index() -> ResponseReturnValue:
    """List coming and past events."""
    at = clock.now()
    today = at.astimezone(ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])).date()
    return render_template(
        "events/index.html",
        labels=labels,
        coming=queries.coming(today),
        past=queries.past(today),
        today=today,
        window=lambda event: rules.registration_window(event, at=at).value,
    )


@bp.get("/eventos/<slug>")
@public
@cached
def show(slug: str) -> ResponseReturnValue:
    """Show an event: what, when, how to join, and the agenda by day."""
    event = queries.published_with_agenda_or_404(slug)
    at = clock.now()
    link = absolute("events.show", slug=event.slug)
    colour = event.organisation.accent.removeprefix("#")
    picture = absolute("theme.picture", seed=event.slug, colour=colour)
    return render_template(
        "events/show.html",
        labels=labels,
        event=event,
        link=link,
        picture=picture,
        colour=colour,
        structured=to_json(jsonld.describe(event, link=link, picture=picture)),
        window=rules.registration_window(event, at=at).value,
        is_over=event.ends_on is not None and event.ends_on < rules.today(event, at=at),
        hours=agenda.daily_hours(event),
        now=rules.on_and_next(_shown(event), at=at),
        today=rules.today(event, at=at),
        current_day=agenda.current_day(event, at=at),
        slots=agenda.slots,
        phase=lambda session: agenda.phase(session.starts_at, session.ends_at, at=at).value,
    )


def _shown(event: Event) -> list[Session]:
    """Return the sessions of which a visitor learns when they are on: none of an event that does not take place."""
    return (
        []
        if event.status == EventStatus.CANCELLED
        else [session for day in event.days for session in day.sessions]
    )


@bp.get("/eventos/<slug>/agenda.ics")
@public
@cached
def calendar_file(slug: str) -> Response:
    """Answer the whole agenda as a calendar."""
    event = queries.published_with_agenda_or_404(slug)
    return _calendar(event, (session for day in event.days for session in day.sessions))


@bp.get("/eventos/<slug>/sesiones/<int:session_id>.ics")
@public
@cached
def session_calendar_file(slug: str, session_id: int) -> Response:
    """Answer one session as a calendar. A session of another event is not found."""
    event = queries.published_or_404(slug)
    session = queries.session_of(event, session_id)
    if session is None:
        abort(404)
    return _calendar(event, [session])


def _calendar(event: Event, sessions: Iterable[Session]) -> Response:
    body = calendar.feed(event, sessions, link=absolute("events.show", slug=event.slug))
    return Response(body, content_type="text/calendar; charset=utf-8")
