"""The desk of whoever moderates a session, by their own link: what the office's desk does in this one room."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock, security
from app.events.models import Appearance, SpeakerRole
from app.extensions import limiter
from app.live import queries
from app.live.forms import PollForm
from app.live.views import acts
from app.live.views.office import desk_parts
from app.live.views.stage import bp
from app.permissions import participant

_PRESSES = "120 per minute"


def _moderating(session_id: int, speaker_id: int, key: str) -> Appearance:
    """Return the part of somebody who moderates this session, or answer 404: those who speak have no desk."""
    part = queries.appearance_by_key(session_id, speaker_id, key)
    if part.role != SpeakerRole.MODERATOR:
        abort(404)
    return part


def _page(part: Appearance, key: str, *, poll: PollForm | None = None) -> ResponseReturnValue:
    session = part.session

    def to(name: str, **which: Any) -> str:
        return url_for(f".desk_{name}", session_id=session.id, speaker_id=part.speaker_id, key=key, **which)

    page = render_template(
        "live/stage_desk.html",
        to=to,
        is_office=False,
        part=part,
        key=key,
        session=session,
        event=session.event,
        at=clock.now(),
        **desk_parts(session, poll),
    )
    return security.keep_private(Response(page, 422 if poll else 200))


def _back(part: Appearance, key: str, anchor: str) -> ResponseReturnValue:
    address = url_for(
        ".desk", session_id=part.session_id, speaker_id=part.speaker_id, key=key, _anchor=anchor
    )
    return redirect(address, 303)


def _in_the_name_of(part: Appearance) -> AbstractContextManager[None]:
    return audit.done_by(speaker=part.speaker_id)


@bp.get("/mesa")
@participant
def desk(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Show the desk."""
    return _page(_moderating(session_id, speaker_id, key), key)


@bp.post("/mesa/encuestas")
@participant
@limiter.limit(_PRESSES)
def desk_draft(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Write a poll."""
    part = _moderating(session_id, speaker_id, key)
    with _in_the_name_of(part):
        form = acts.draft(part.session.event, part.session)
    if form:
        return _page(part, key, poll=form)
    return _back(part, key, "encuestas")


def _view(act: acts.Act) -> Callable[..., ResponseReturnValue]:
    def view(session_id: int, speaker_id: int, key: str, **which: int) -> ResponseReturnValue:
        part = _moderating(session_id, speaker_id, key)
        with _in_the_name_of(part):
            act.work(part.session.event, part.session, **which)
        return _back(part, key, act.anchor.format(**which))

    view.__name__ = f"desk_{act.name}"  # presses are counted by it
    return participant(limiter.limit(_PRESSES)(view))


for _act in acts.ACTS:
    bp.add_url_rule(f"/mesa{_act.path}", f"desk_{_act.name}", _view(_act), methods=["POST"])
