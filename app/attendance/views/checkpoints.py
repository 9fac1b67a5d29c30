"""Checkpoints: the office sets them up, and whoever serves there reads passes on a plain page."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.attendance import queries, services
from app.attendance.checkpoint_forms import CheckpointForm
from app.attendance.errors import MalformedScan
from app.attendance.forms import new_nonce, reading_from
from app.attendance.labels import answer_words
from app.attendance.models import Checkpoint
from app.attendance.queries import LET_IN
from app.attendance.services import Answer
from app.attendance.views.blueprint import bp
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.pages import form_page
from app.permissions import Permission, may, requires
from app.registration.models import Words
from app.registration.rules.answers import words

_NUMBER = "<int(max=2147483647):checkpoint_id>"


def _said(text: Words) -> str:
    return words(text, str(get_locale()))


@bp.get("/puntos")
@requires(Permission.ATTENDANCE_VIEW)
def checkpoints(slug: str) -> ResponseReturnValue:
    """List the checkpoints of an event and how many are inside each place."""
    return _list(events.managed_event_or_404(slug, agenda=True), CheckpointForm(formdata=None))


@bp.post("/puntos")
@requires(Permission.ATTENDANCE_EDIT)
def add_checkpoint(slug: str) -> ResponseReturnValue:
    """Add a checkpoint."""
    event = events.managed_event_or_404(slug, agenda=True)
    form = CheckpointForm().for_event(event, _said)
    if not form.validate():
        return _list(event, form)
    try:
        services.add_checkpoint(event, form.facts(), at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _list(event, form)
    return redirect(url_for(".checkpoints", slug=slug), 303)


def _list(event: Event, form: CheckpointForm) -> ResponseReturnValue:
    return form_page(
        "attendance/checkpoints/index.html",
        event=event,
        form=form.for_event(event, _said),
        checkpoints=queries.checkpoints_of(event),
        place_of=queries.place_of,
        inside=queries.inside_by_place(event.id),
    )


@bp.route(f"/puntos/{_NUMBER}", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_EDIT)
def checkpoint(slug: str, checkpoint_id: int) -> ResponseReturnValue:
    """Change who may pass a checkpoint."""
    event = events.managed_event_or_404(slug, agenda=True)
    found = queries.checkpoint_or_404(event, checkpoint_id)
    if request.method == "GET":
        form = CheckpointForm(formdata=None).for_event(event, _said).of(found)
        return _edit(event, found, form)
    form = CheckpointForm().for_event(event, _said)
    form.place.data = CheckpointForm(formdata=None).of(found).place.data
    if not form.validate():
        return _edit(event, found, form)
    try:
        services.update_checkpoint(found, form.facts(), at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _edit(event, found, form)
    return redirect(url_for(".checkpoints", slug=slug), 303)


def _edit(event: Event, found: Checkpoint, form: CheckpointForm) -> ResponseReturnValue:
    return form_page("attendance/checkpoints/edit.html", event=event, checkpoint=found, form=form)


@bp.post(f"/puntos/{_NUMBER}/cerrar")
@requires(Permission.ATTENDANCE_EDIT)
def close_checkpoint(slug: str, checkpoint_id: int) -> ResponseReturnValue:
    """Read no more passes at a checkpoint."""
    event = events.managed_event_or_404(slug)
    services.close_checkpoint(queries.checkpoint_or_404(event, checkpoint_id), at=clock.now())
    flash(_("The checkpoint is closed. What was read there stays."), "success")
    return redirect(url_for(".checkpoints", slug=slug), 303)


@bp.get(f"/puntos/{_NUMBER}/puerta")
@requires(Permission.CHECK_IN)
def serve(slug: str, checkpoint_id: int) -> ResponseReturnValue:
    """Show the page of whoever serves at a checkpoint."""
    event = events.managed_event_or_404(slug)
    return _serve(event, queries.checkpoint_or_404(event, checkpoint_id))


@bp.post(f"/puntos/{_NUMBER}/puerta")
@requires(Permission.CHECK_IN)
def pass_through(slug: str, checkpoint_id: int) -> ResponseReturnValue:
    """Take what was read or typed; 200 also where nobody may pass, since a refused scan is a row too."""
    event = events.managed_event_or_404(slug)
    found = queries.checkpoint_or_404(event, checkpoint_id)
    return _read(event, found, None, at=clock.now())


@bp.post(f"/puntos/{_NUMBER}/excepcion")
@requires(Permission.FORCE_ENTRY)
def force(slug: str, checkpoint_id: int) -> ResponseReturnValue:
    """Let somebody in against the rules, with a reason."""
    event = events.managed_event_or_404(slug)
    found = queries.checkpoint_or_404(event, checkpoint_id)
    return _read(event, found, request.form.get("reason", ""), at=clock.now())


def _read(event: Event, found: Checkpoint, forced: str | None, *, at: datetime) -> ResponseReturnValue:
    try:
        # A checkpoint knows its days by itself: what day is sent does not matter.
        _day, reading = reading_from(request.form.to_dict() | {"day": at.date().isoformat()}, at=at)
        given = services.pass_through(found, reading, by=current_user.id, at=at, forced=forced)
    except (MalformedScan, DomainError) as error:
        return _serve(event, found, error=error), 422
    return _serve(event, found, given=given)


def _serve(
    event: Event, found: Checkpoint, *, given: Answer | None = None, error: DomainError | None = None
) -> str:
    word, detail = answer_words(given, event.timezone) if given else ("", "")
    is_refused = given is not None and given.holder is not None and given.result not in LET_IN
    return render_template(
        "attendance/checkpoints/serve.html",
        event=event,
        checkpoint=found,
        given=given,
        word=word,
        detail=detail,
        error=error,
        code=request.form.get("code", ""),
        nonce=new_nonce(),
        may_force=(is_refused or (error is not None and error.field == "reason"))
        and may(Permission.FORCE_ENTRY, event),
        inside=given.inside if given else queries.inside(event.id, queries.place_of(found)),
    )
