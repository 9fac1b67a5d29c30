"""The moderator's desk of a room: questions let in, pinned and answered, polls opened and closed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.events import queries as events
from app.events.models import Event, Session
from app.live import queries
from app.live.forms import AnnouncementForm, ChatForm, PollForm, SettingsForm
from app.live.views import acts
from app.live.views.projector import projector_address
from app.permissions import Permission, requires

bp = Blueprint("live_office", __name__, url_prefix="/gestion/eventos/<slug>/salas/<int:session_id>")


def found(slug: str, session_id: int) -> tuple[Event, Session]:
    """Return a session of an event that one may moderate, or answer 404."""
    event = events.managed_event_or_404(slug)
    session = events.session_of(event, session_id)
    if session is None:
        abort(404)
    return event, session


def back(slug: str, session_id: int, anchor: str) -> ResponseReturnValue:
    """Lead back to a part of the desk."""
    return redirect(url_for(".desk", slug=slug, session_id=session_id, _anchor=anchor), 303)


def desk_parts(session: Session, poll: PollForm | None) -> dict[str, Any]:
    """Return what each desk of a room shows, with a poll's form that was refused where there is one."""
    settings, at = queries.settings_of(session.id), clock.now()
    return {
        "board": queries.board(session.id, is_moderator=True),
        "hands": queries.hands(session.id, at=at, is_moderator=True),
        "talk": queries.talk(session.id, at=at),
        "silenced": queries.silenced_in(session.id),
        "people": queries.people_in(session, at=at),
        "settings_form": SettingsForm(formdata=None, obj=settings),
        "chat_form": ChatForm(formdata=None, obj=settings),
        "form": poll or PollForm(formdata=None),
    }


def desk_page(
    event: Event,
    session: Session,
    *,
    poll: PollForm | None = None,
    announcement: AnnouncementForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the desk, with a form that was refused where there is one."""

    def to(name: str, **which: Any) -> str:
        return url_for(f".{name}", slug=event.slug, session_id=session.id, **which)

    page = render_template(
        "live/office.html",
        to=to,
        is_office=True,
        event=event,
        session=session,
        projector=projector_address(session),
        **desk_parts(session, poll),
        announcement_form=announcement or AnnouncementForm(formdata=None),
    )
    return page, status


@bp.get("")
@requires(Permission.ROOM_MODERATE)
def desk(slug: str, session_id: int) -> ResponseReturnValue:
    """Show everything that was asked, the polls, and how questions are taken."""
    event, session = found(slug, session_id)
    return desk_page(event, session)


@bp.post("/encuestas")
@requires(Permission.ROOM_MODERATE)
def draft(slug: str, session_id: int) -> ResponseReturnValue:
    """Write a poll."""
    event, session = found(slug, session_id)
    if form := acts.draft(event, session):
        return desk_page(event, session, poll=form, status=422)
    return back(slug, session_id, "encuestas")


def _view(act: acts.Act) -> Callable[..., ResponseReturnValue]:
    @requires(Permission.ROOM_MODERATE)
    def view(slug: str, session_id: int, **which: int) -> ResponseReturnValue:
        event, session = found(slug, session_id)
        act.work(event, session, **which)
        return back(slug, session_id, act.anchor.format(**which))

    return view


for _act in acts.ACTS:
    bp.add_url_rule(_act.path, _act.name, _view(_act), methods=["POST"])
