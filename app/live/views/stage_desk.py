"""The desk of whoever moderates a session, by their own link: what the office's desk does in this one room."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock, security
from app.events.models import Appearance, Event, Session, SpeakerRole
from app.extensions import limiter
from app.live import queries
from app.live.forms import PollForm
from app.live.views import acts
from app.live.views.office import desk_parts
from app.live.views.stage import bp
from app.permissions import participant

ACTS = "120 per minute"


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


def did(
    session_id: int, speaker_id: int, key: str, anchor: str, work: Callable[[Event, Session], object]
) -> ResponseReturnValue:
    """Do something at the desk, in the audit log under the speaker's number, and lead back to its place."""
    part = _moderating(session_id, speaker_id, key)
    with _in_the_name_of(part):
        work(part.session.event, part.session)
    return redirect(
        url_for(".desk", session_id=session_id, speaker_id=speaker_id, key=key, _anchor=anchor), 303
    )


def _in_the_name_of(part: Appearance) -> AbstractContextManager[None]:
    return audit.done_by(speaker=part.speaker_id)


@bp.get("/mesa")
@participant
def desk(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Show the desk."""
    return _page(_moderating(session_id, speaker_id, key), key)


@bp.post("/mesa/ajustes")
@participant
@limiter.limit(ACTS)
def desk_settle(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Decide how questions are taken."""
    return did(session_id, speaker_id, key, "ajustes", acts.settle)


@bp.post("/mesa/conversacion")
@participant
@limiter.limit(ACTS)
def desk_settle_chat(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Open or close the chat."""
    return did(session_id, speaker_id, key, "conversacion", acts.settle_chat)


@bp.post("/mesa/preguntas/<int:question_id>")
@participant
@limiter.limit(ACTS)
def desk_question(session_id: int, speaker_id: int, key: str, question_id: int) -> ResponseReturnValue:
    """Let a question in, pin it, call it answered, or put it away."""
    anchor = f"pregunta-{question_id}"
    return did(
        session_id, speaker_id, key, anchor, lambda event, session: acts.question(event, session, question_id)
    )


@bp.post("/mesa/encuestas")
@participant
@limiter.limit(ACTS)
def desk_draft(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Write a poll."""
    part = _moderating(session_id, speaker_id, key)
    with _in_the_name_of(part):
        form = acts.draft(part.session.event, part.session)
    if form:
        return _page(part, key, poll=form)
    return redirect(
        url_for(".desk", session_id=session_id, speaker_id=speaker_id, key=key, _anchor="encuestas"), 303
    )


@bp.post("/mesa/encuestas/<int:poll_id>")
@participant
@limiter.limit(ACTS)
def desk_poll(session_id: int, speaker_id: int, key: str, poll_id: int) -> ResponseReturnValue:
    """Open or close a poll, show or hide how it stands."""
    anchor = f"encuesta-{poll_id}"
    return did(session_id, speaker_id, key, anchor, lambda event, session: acts.poll(event, session, poll_id))


@bp.post("/mesa/mensajes/<int:message_id>")
@participant
@limiter.limit(ACTS)
def desk_message(session_id: int, speaker_id: int, key: str, message_id: int) -> ResponseReturnValue:
    """Take a message away, or let its author write no more."""
    return did(
        session_id,
        speaker_id,
        key,
        "conversacion",
        lambda event, session: acts.message(event, session, message_id),
    )
