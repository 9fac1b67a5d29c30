"""The room of this server, within our own pages: tokens for those who watch and speak, and order on the stage."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, clock, security, unit_of_work
from app.errors import DomainError
from app.events.models import Appearance, SpeakerRole
from app.extensions import limiter
from app.live import providers, queries, services
from app.live.views import room, rooms, stage
from app.permissions import Permission, participant, requires
from app.unit_of_work import reads_first

_PASSES = "20 per minute"


def _told(work: Callable[[], dict[str, Any]]) -> Response:
    """Answer a page's script with what it needs, or with why not."""
    try:
        answer = jsonify(work())
    except providers.ProviderFailed as error:
        answer = jsonify(error=str(error), again=True)
        answer.status_code = 503
    except DomainError as error:
        answer = jsonify(error=str(error))
        answer.status_code = 403
    return security.keep_private(answer)


@room.bp.post("/pase")
@participant
@reads_first
@limiter.limit(_PASSES, key_func=room.of_person)
def watch(token: str, session_id: int) -> ResponseReturnValue:
    """Answer what the page of a participant needs to watch: a token for some minutes, among others."""
    person, session = room.room_of(token, session_id)
    at = clock.now()
    guest = providers.Guest(queries.guest_id(person.id), person.full_name)

    def work() -> dict[str, Any]:
        room.check_place(person, session, at=at)
        return services.watch(person.event, session, guest, at=at)

    return _told(work)


@stage.bp.post("/pase")
@participant
@reads_first
@limiter.limit(_PASSES)
def speak(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Answer what the page of somebody who speaks needs, to join or to stay."""
    part = queries.appearance_by_key(session_id, speaker_id, key)
    return _told(lambda: services.speak(part, joins="joins" in request.form, at=clock.now()))


@stage.bp.post("/al-aire")
@participant
@reads_first
@limiter.limit(_PASSES)
def go_on_air(session_id: int, speaker_id: int, key: str) -> ResponseReturnValue:
    """Show the audience what somebody publishes."""
    part = queries.appearance_by_key(session_id, speaker_id, key)

    def work() -> dict[str, Any]:
        services.go_on_air(part)
        return {"done": True}

    return _told(work)


def _keep_order(part: Appearance) -> DomainError | None:
    """Do to somebody on stage what the form asks for, or return why not. A removal stands before Janus is asked."""
    wanted = request.form.get("do", "")
    if wanted not in {"mute", "unmute", "remove", "let_back"}:
        abort(404)
    try:
        if wanted in {"mute", "unmute"}:
            services.silence_on_stage(part, is_silent=wanted == "mute")
            with unit_of_work.transaction():
                services.note_silenced(part, is_silent=wanted == "mute", at=clock.now())
        else:
            with unit_of_work.transaction():
                act = services.remove_from_stage if wanted == "remove" else services.let_back
                act(part, at=clock.now())
            services.send_out(part)
    except DomainError as error:
        return error
    return None


@rooms.bp.post("/escena/<int:speaker_id>")
@requires(Permission.ROOM_MODERATE)
@reads_first
def order(slug: str, session_id: int, speaker_id: int) -> ResponseReturnValue:
    """Silence somebody on stage, send them off it, or let them back: the office."""
    _event, session = rooms.found(slug, session_id)
    if error := _keep_order(queries.part_of(session.id, speaker_id) or abort(404)):
        flash(str(error), "error")
    return redirect(url_for(".show", slug=slug, session_id=session_id, _anchor="escena"), 303)


@stage.bp.post("/escena/<int:other_id>")
@participant
@reads_first
@limiter.limit("120 per minute")
def order_by_moderator(session_id: int, speaker_id: int, key: str, other_id: int) -> ResponseReturnValue:
    """Do the same as somebody who moderates the session. A script is answered with a word: its page is on air."""
    part = queries.appearance_by_key(session_id, speaker_id, key)
    if part.role != SpeakerRole.MODERATOR:
        abort(404)
    other = queries.part_of(session_id, other_id) or abort(404)
    with audit.done_by(speaker=speaker_id):
        error = _keep_order(other)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=str(error) if error else None), 503 if error else 200
    if error:
        return stage.page(part, key, error=error)
    back = url_for(".show", session_id=session_id, speaker_id=speaker_id, key=key, _anchor="escena")
    return redirect(back, 303)


@rooms.bp.post("/probar")
@requires(Permission.ROOM_MODERATE)
@reads_first
def check(slug: str, session_id: int) -> ResponseReturnValue:
    """Try the connection to Janus."""
    _event, _session = rooms.found(slug, session_id)
    try:
        services.check_own()
    except DomainError as error:
        flash(str(error), "error")
    else:
        flash(_("The room of this server answers as it should."), "success")
    return redirect(url_for(".show", slug=slug, session_id=session_id), 303)
