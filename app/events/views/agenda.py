"""The office's pages of an event's programme: days, sessions, speakers, rooms."""

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import DomainError
from app.events import labels, queries, rules, services
from app.events.forms import DayForm, DayTitleForm, RoomForm, SessionForm, SpeakerForm
from app.events.models import Day, Event, Room, Session, Speaker
from app.events.views.office import bp
from app.forms import whole
from app.pages import form_page
from app.permissions import Permission, requires

_PATH = "/gestion/eventos/<slug>/agenda"


def _to_agenda(event: Event, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("events_office.agenda", slug=event.slug, _anchor=anchor), 303)


def _page(template: str, event: Event, **values: object) -> Response:
    return form_page(f"events/office/{template}", event=event, active="agenda", labels=labels, **values)


def _agenda_page(event: Event, form: DayForm) -> Response:
    sessions = [session for day in event.days for session in day.sessions]
    clashes = rules.clashes(sessions, capacity=event.capacity)
    return _page(
        "agenda.html",
        event,
        form=form,
        clashes=clashes,
        clashing={one.id for clash in clashes for one in (clash.session, clash.other) if one},
    )


@bp.get(_PATH)
@requires(Permission.EVENT_EDIT)
def agenda(slug: str) -> ResponseReturnValue:
    """Show the programme by day, with what clashes."""
    return _agenda_page(queries.managed_event_or_404(slug, agenda=True), DayForm(formdata=None))


@bp.post(f"{_PATH}/dias")
@requires(Permission.EVENT_EDIT)
def add_day(slug: str) -> ResponseReturnValue:
    """Add a day."""
    event = queries.managed_event_or_404(slug, agenda=True)
    form = DayForm()
    if not form.validate():
        return _agenda_page(event, form)
    try:
        day = services.add_day(event, form.date.data, form.title.data or "")
    except DomainError as error:
        form.with_error(error)
        return _agenda_page(event, form)
    return _to_agenda(event, f"dia-{day.id}")


@bp.route(f"{_PATH}/dias/<int:day_id>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def edit_day(slug: str, day_id: int) -> ResponseReturnValue:
    """Give a day another title."""
    event = queries.managed_event_or_404(slug)
    day = queries.day_of(event, day_id) or abort(404)
    form = DayTitleForm(obj=day)
    if not form.validate_on_submit():
        return _page("day.html", event, form=form, day=day)
    services.retitle_day(event, day, form.title.data or "")
    return _to_agenda(event, f"dia-{day.id}")


@bp.post(f"{_PATH}/dias/<int:day_id>/quitar")
@requires(Permission.EVENT_EDIT)
def remove_day(slug: str, day_id: int) -> ResponseReturnValue:
    """Take a day out."""
    event = queries.managed_event_or_404(slug)
    day: Day = queries.day_of(event, day_id) or abort(404)
    try:
        services.remove_day(event, day)
    except DomainError as error:
        return _page("day.html", event, form=DayTitleForm(formdata=None, obj=day).with_error(error), day=day)
    flash(_("The day was removed."), "success")
    return _to_agenda(event)


def _session_page(event: Event, form: SessionForm, session: Session | None) -> Response:
    form.add_spare_lines()
    return _page("session.html", event, form=form, session=session, speakers=queries.speakers_of(event))


@bp.route(f"{_PATH}/sesiones/nueva", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def add_session(slug: str) -> ResponseReturnValue:
    """Add a session."""
    event = queries.managed_event_or_404(slug)
    day = queries.day_of(event, whole(request.args.get("dia")))
    form = SessionForm.of(event, None, queries.rooms_of(event), day=day)
    return _save_session(event, form, None)


@bp.route(f"{_PATH}/sesiones/<int:session_id>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def edit_session(slug: str, session_id: int) -> ResponseReturnValue:
    """Edit a session."""
    event = queries.managed_event_or_404(slug)
    session = queries.session_of(event, session_id) or abort(404)
    form = SessionForm.of(event, session, queries.rooms_of(event))
    return _save_session(event, form, session)


def _save_session(event: Event, form: SessionForm, session: Session | None) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _session_page(event, form, session)
    try:
        saved = services.save_session(event, session, form.facts(event), form.parts(), at=clock.now())
    except DomainError as error:
        form.with_error(error)
        return _session_page(event, form, session)
    flash(_("The session is saved."), "success")
    return _to_agenda(event, f"sesion-{saved.id}")


@bp.post(f"{_PATH}/sesiones/<int:session_id>/eliminar")
@requires(Permission.EVENT_EDIT)
def delete_session(slug: str, session_id: int) -> ResponseReturnValue:
    """Take a session out of the programme."""
    event = queries.managed_event_or_404(slug)
    session: Session = queries.session_of(event, session_id) or abort(404)
    day_id = session.day_id
    try:
        services.delete_session(event, session)
    except DomainError as error:
        form = SessionForm.of(event, session, queries.rooms_of(event), formdata=None)
        form.with_error(error)
        return _session_page(event, form, session)
    flash(_("The session was deleted."), "success")
    return _to_agenda(event, f"dia-{day_id}")


@bp.route(f"{_PATH}/ponentes/nuevo", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def add_speaker(slug: str) -> ResponseReturnValue:
    """Add a speaker."""
    event = queries.managed_event_or_404(slug)
    form = SpeakerForm()
    if not form.validate_on_submit():
        return _page("speaker.html", event, form=form, speaker=None)
    services.add_speaker(event, form.facts())
    return _to_agenda(event, "ponentes")


@bp.route(f"{_PATH}/ponentes/<int:speaker_id>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def edit_speaker(slug: str, speaker_id: int) -> ResponseReturnValue:
    """Edit a speaker."""
    event = queries.managed_event_or_404(slug)
    speaker = queries.speaker_of(event, speaker_id) or abort(404)
    form = SpeakerForm(obj=speaker)
    if not form.validate_on_submit():
        return _page("speaker.html", event, form=form, speaker=speaker)
    services.update_speaker(event, speaker, form.facts())
    return _to_agenda(event, "ponentes")


@bp.post(f"{_PATH}/ponentes/<int:speaker_id>/eliminar")
@requires(Permission.EVENT_EDIT)
def delete_speaker(slug: str, speaker_id: int) -> ResponseReturnValue:
    """Take a speaker out of an event."""
    event = queries.managed_event_or_404(slug)
    speaker: Speaker = queries.speaker_of(event, speaker_id) or abort(404)
    try:
        services.delete_speaker(event, speaker)
    except DomainError as error:
        form = SpeakerForm(formdata=None, obj=speaker).with_error(error)
        return _page("speaker.html", event, form=form, speaker=speaker)
    return _to_agenda(event, "ponentes")


@bp.route(f"{_PATH}/salas/nueva", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def add_room(slug: str) -> ResponseReturnValue:
    """Add a room."""
    event = queries.managed_event_or_404(slug)
    form = RoomForm()
    if not form.validate_on_submit():
        return _page("room.html", event, form=form, room=None)
    try:
        services.add_room(event, form.facts())
    except DomainError as error:
        return _page("room.html", event, form=form.with_error(error), room=None)
    return _to_agenda(event, "salas")


@bp.route(f"{_PATH}/salas/<int:room_id>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def edit_room(slug: str, room_id: int) -> ResponseReturnValue:
    """Edit a room."""
    event = queries.managed_event_or_404(slug)
    room = queries.room_of(event, room_id) or abort(404)
    form = RoomForm(obj=room)
    if not form.validate_on_submit():
        return _page("room.html", event, form=form, room=room)
    try:
        services.update_room(event, room, form.facts())
    except DomainError as error:
        return _page("room.html", event, form=form.with_error(error), room=room)
    return _to_agenda(event, "salas")


@bp.post(f"{_PATH}/salas/<int:room_id>/eliminar")
@requires(Permission.EVENT_EDIT)
def delete_room(slug: str, room_id: int) -> ResponseReturnValue:
    """Take a room out of an event."""
    event = queries.managed_event_or_404(slug)
    room: Room = queries.room_of(event, room_id) or abort(404)
    try:
        services.delete_room(event, room)
    except DomainError as error:
        form = RoomForm(formdata=None, obj=room).with_error(error)
        return _page("room.html", event, form=form, room=room)
    return _to_agenda(event, "salas")
