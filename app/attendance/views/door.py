"""The door: whoever serves there scans a pass, types its code or finds a person by name."""

from datetime import date, datetime
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.attendance import queries, services
from app.attendance.errors import MalformedScan
from app.attendance.forms import new_nonce, reading_from
from app.attendance.labels import answer_words, masked_document, status_words
from app.attendance.queries import PassHolder
from app.attendance.services import Answer
from app.attendance.views.blueprint import bp
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Day, Event
from app.events.rules import today
from app.permissions import Permission, may, requires
from app.registration import queries as registrations
from app.registration.models import RegistrationStatus
from app.security import allow_camera, allow_in_policy
from app.unit_of_work import reads_first, start_writing


@bp.get("/puerta")
@requires(Permission.CHECK_IN)
def door(slug: str) -> ResponseReturnValue:
    """Show the door of a day: today's unless another is asked for."""
    event = events.managed_event_or_404(slug)
    return _page(event, day_of(event, request.args.get("dia", ""), at=clock.now()))


@bp.post("/puerta")
@requires(Permission.CHECK_IN)
@reads_first
def answer(slug: str) -> ResponseReturnValue:
    """Take a code that was typed into the page, and answer with the page: all works without JavaScript."""
    try:
        on, reading = reading_from(request.form, at=clock.now())
    except MalformedScan as error:
        event = events.managed_event_or_404(slug)
        day = day_of(event, request.form.get("day", ""), at=clock.now())
        return _page(event, day, error=error), 422
    place = queries.door_day_or_404(slug, on)
    if place.day_id is None:
        event = events.managed_event_or_404(slug)
        no_day = MalformedScan(_("The event has no such day."), field="day")
        return _page(event, day_of(event, "", at=clock.now()), error=no_day), 422
    staff = current_user.id
    start_writing()
    given = services.scan(place.event_id, place.day_id, reading, by=staff, at=clock.now())
    event = events.managed_event_or_404(slug)
    return _page(event, day_of(event, on.isoformat(), at=clock.now()), given=given)


@bp.post("/puerta/excepcion")
@requires(Permission.FORCE_ENTRY)
def force_at_door(slug: str) -> ResponseReturnValue:
    """Let somebody in against the rules of the day's door, with a reason."""
    event, at = events.managed_event_or_404(slug), clock.now()
    day = day_of(event, request.form.get("day", ""), at=at)
    try:
        _on, reading = reading_from(request.form, at=at)
        if day is None:
            raise MalformedScan(_("The event has no such day."), field="day")
        given = services.force(event, day, reading, request.form.get("reason", ""), by=current_user.id, at=at)
    except DomainError as error:
        return _page(event, day, error=error), 422
    return _page(event, day, given=given)


@bp.post("/puerta/ingresos")
@requires(Permission.CHECK_IN)
@reads_first
def scan(slug: str) -> ResponseReturnValue:
    """Take a reading as JSON; 200 also where nobody may pass, since a refused scan is a row too."""
    at = clock.now()
    try:
        on, reading = reading_from(_payload(), at=at)
    except MalformedScan as error:
        return jsonify(error=str(error), field=error.field), 422
    place = queries.door_day_or_404(slug, on)
    if place.day_id is None:
        return jsonify(error=_("The event has no such day."), field="day"), 422
    staff = current_user.id
    start_writing()
    given = services.scan(place.event_id, place.day_id, reading, by=staff, at=at)
    return jsonify(_as_json(given, place.timezone))


def _payload() -> dict[str, Any]:
    try:
        payload = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets, thousands deep
        payload = None
    if not isinstance(payload, dict):
        raise MalformedScan(_("The body has to be a JSON object."))
    return payload


def _as_json(given: Answer, zone: str) -> dict[str, Any]:
    word, detail = answer_words(given, zone)
    holder = given.holder
    return {
        "result": given.result,
        "word": word,
        "name": holder.full_name if holder else "",
        "entity": holder.entity if holder else "",
        "detail": detail,
        "first_at": given.first_at.isoformat() if given.first_at else None,
        "inside": given.inside,
        "may_be_forced": _is_refused(given),
    }


@bp.get("/puerta/estado")
@requires(Permission.CHECK_IN)
def state(slug: str) -> ResponseReturnValue:
    """Tell how many are inside, of how many."""
    event = events.managed_event_or_404(slug)
    return jsonify(_counter(event, day_of(event, request.args.get("dia", ""), at=clock.now())))


def _counter(event: Event, day: Day | None) -> dict[str, int]:
    return {
        "inside": queries.people_in(day) if day else 0,
        "registered": registrations.counts(event.id)[RegistrationStatus.CONFIRMED],
    }


@bp.get("/puerta/buscar")
@requires(Permission.CHECK_IN)
def search(slug: str) -> ResponseReturnValue:
    """Find people by name, document or code, as JSON."""
    event = events.managed_event_or_404(slug)
    return jsonify(people=[_found(holder) for holder in _find(event, request.args.get("q", ""))])


def _find(event: Event, text: str) -> list[PassHolder]:
    return queries.holders_by_name(event.id, text[:100]) if len(text.strip()) > 1 else []


def _found(holder: PassHolder) -> dict[str, str]:
    return {
        "name": holder.full_name,
        "entity": holder.entity,
        "document": masked_document(holder),
        "code": holder.code,
        "status": holder.status,
        "state": status_words(holder.status),
    }


def day_of(event: Event, asked: str, *, at: datetime) -> Day | None:
    """Return the day that was asked for, else today's, else the next one, else the last."""
    by_date = {day.date: day for day in event.days}
    try:
        chosen = by_date.get(date.fromisoformat(asked))
    except ValueError:
        chosen = None
    now = today(event, at=at)
    coming = [day for day in event.days if day.date >= now]
    return chosen or next(iter(coming or event.days[-1:]), None)


def _page(
    event: Event, day: Day | None, *, given: Answer | None = None, error: DomainError | None = None
) -> str:
    allow_camera()
    allow_in_policy("script-src", "'wasm-unsafe-eval'")
    now = today(event, at=clock.now())
    text = request.args.get("q", "")
    return render_template(
        "attendance/door.html",
        event=event,
        day=day,
        today=now,
        is_today=day is not None and day.date == now,
        answer=_as_json(given, event.timezone) if given else None,
        error=error,
        counter=_counter(event, day),
        nonce=new_nonce(),
        text=text,
        found=[_found(holder) for holder in _find(event, text)],
        may_force=may(Permission.FORCE_ENTRY, event),
        is_refused=_is_refused(given) or (error is not None and error.field == "reason"),
    )


def _is_refused(given: Answer | None) -> bool:
    """Return whether somebody whom we know was refused: that can be overruled, with a reason."""
    return given is not None and given.holder is not None and given.result not in queries.LET_IN
