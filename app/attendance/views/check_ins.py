"""Checking in by oneself: the room's screen, the page that its QR symbol opens, the participant's own page."""

import secrets
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, qr
from app.attendance.errors import CodeRunOut, NoPhone, UnknownPass
from app.attendance.models import LedgerSource, RoomScreen
from app.attendance.queries import check_ins as queries
from app.attendance.queries.check_ins import Place
from app.attendance.rules import check_ins as rules
from app.attendance.rules.scans import code_in, is_pass
from app.attendance.services import check_ins as services
from app.errors import DomainError
from app.events.models import Event, Session
from app.extensions import csrf, limiter
from app.localisation import clock_time
from app.permissions import participant, public
from app.registration import queries as registrations
from app.registration.models import Registration
from app.security import keep_private

bp = Blueprint("check_in", __name__)
csrf.exempt(bp)
_COOKIE = "phone"
_COOKIE_LIVES = 60 * 24 * 3600  # seconds
# Only what failed counts: a hall of three hundred may share one address.
_WRONG_PER_ADDRESS = "60 per 10 minutes"
_WRONG_PER_PERSON = "12 per 10 minutes"


def _failed(response: Response) -> bool:
    return response.status_code in {410, 422}


def _path() -> str:
    return request.path


@bp.get("/pantalla/<token>")
@public
def screen(token: str) -> ResponseReturnValue:
    """Show the code of the session that is on in a room, large: for the room's projector."""
    shown = queries.screen_by_token_or_404(token)
    event = shown.event
    page = render_template("attendance/check_in/screen.html", event=event, token=token, **_state(shown))
    return keep_private(Response(page))


@bp.get("/pantalla/<token>/codigo")
@public
def screen_code(token: str) -> ResponseReturnValue:
    """Answer what a screen shows now, for the page that stays open."""
    state = _state(queries.screen_by_token_or_404(token))
    session, following = state.pop("session"), state.pop("following")
    state.pop("room")
    zone = state.pop("zone")
    answer = jsonify(
        **state,
        title=session.title if session else "",
        next=following.title if following else "",
        next_at=clock_time(following.starts_at, zone) if following else "",
    )
    return keep_private(answer)


def _state(shown: RoomScreen) -> dict[str, Any]:
    at = clock.now()
    sessions = queries.sessions_of_screen(shown)
    session = rules.shown(sessions, at=at)
    state: dict[str, Any] = {
        "session": session,
        "following": rules.coming(sessions, at=at),
        "room": shown.room.name if shown.room else "",
        "zone": shown.event.timezone,
        "left": rules.seconds_left(at),
        "step": int(rules.STEP.total_seconds()),
        "code": "",
        "side": 0,
        "path": "",
        "address": "",
    }
    if session is not None:
        code = queries.code_of(shown, session, at=at)
        address = url_for("check_in.here", screen_id=shown.id, code=code, _external=True)
        side, path = qr.svg_path(address)
        state |= {"code": f"{code[:3]} {code[3:]}", "side": side, "path": path, "address": address}
    return state


def _device(event_id: int) -> str:
    return services.device_of(event_id, request.cookies.get(_COOKIE, "")[:64])


def _remembering(answer: Response, cookie: str) -> Response:
    """Give a phone its number: random, told to nobody, and another one for each event in what is kept."""
    answer.set_cookie(
        _COOKIE,
        cookie,
        max_age=_COOKIE_LIVES,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return keep_private(answer)


def _cookie() -> str:
    return request.cookies.get(_COOKIE, "")[:64] or secrets.token_urlsafe(24)


@bp.get("/aqui/<int(max=2147483647):screen_id>/<code>")
@public
@limiter.limit(_WRONG_PER_ADDRESS, deduct_when=_failed)
def here(screen_id: int, code: str) -> ResponseReturnValue:
    """Ask who scanned a screen's code; a phone that checked in before is known, and presses one button."""
    shown = queries.open_screen_or_404(screen_id)
    at, cookie = clock.now(), _cookie()
    session = queries.session_of_screen_code(shown, rules.typed(code), at=at)
    device = services.device_of(shown.event_id, cookie)
    return _remembering(_here(shown.event, session, device, screen_id=screen_id), cookie)


def _here(
    event: Event, session: Session | None, device: str, *, screen_id: int, error: DomainError | None = None
) -> Response:
    at = clock.now()
    page = render_template(
        "attendance/check_in/here.html",
        event=event,
        session=session,
        screen_id=screen_id,
        ticket=queries.ticket(session, device, at=at) if session else "",
        owner=queries.owner_of_phone(event.id, device) if session and device else None,
        error=error,
        typed=request.form.get("code", "")[:40],
        done=None,
    )
    return Response(page, status=422 if error else 410 if session is None else 200)


@bp.get("/aqui/<int(max=2147483647):screen_id>")
@public
def nowhere(screen_id: int) -> ResponseReturnValue:
    """Say that a code is needed, to whoever loads again what answered a form."""
    return keep_private(_here(queries.open_screen_or_404(screen_id).event, None, "", screen_id=screen_id))


@bp.post("/aqui/<int(max=2147483647):screen_id>")
@public
@limiter.limit(_WRONG_PER_ADDRESS, deduct_when=_failed)
def check_in_here(screen_id: int) -> ResponseReturnValue:
    """Check in whoever scanned a screen's code, by the code of their pass or as the owner of this phone."""
    shown = queries.open_screen_or_404(screen_id)
    event, device, at = shown.event, _device(shown.event_id), clock.now()
    if not device:
        return keep_private(_here(event, None, device, screen_id=screen_id, error=NoPhone()))
    session = queries.session_of_ticket(event.id, request.form.get("ticket", "")[:200], device, at=at)
    if session is None:
        return keep_private(_here(event, None, device, screen_id=screen_id))
    try:
        person = _person(event, device)
        services.check_in(person, Place(session, LedgerSource.SELF_CHECK_IN), device=device, at=at)
    except CodeRunOut:
        return keep_private(_here(event, None, device, screen_id=screen_id))
    except DomainError as error:
        return keep_private(_here(event, session, device, screen_id=screen_id, error=error))
    page = render_template(
        "attendance/check_in/here.html",
        event=event,
        session=session,
        screen_id=screen_id,
        done=person.full_name,
        error=None,
    )
    return keep_private(Response(page))


def _person(event: Event, device: str) -> Registration:
    """Return who the form says: the owner of this phone, or whose pass it is. Raises UnknownPass."""
    if request.form.get("me") == "yes" and device:
        owner = queries.owner_of_phone(event.id, device)
        if owner is not None:
            return owner
    code = code_in(request.form.get("code", "")[:300])
    found = queries.person_of_code(event, code) if is_pass(code) else None
    if found is None:
        raise UnknownPass
    return found


@bp.get("/mi/<token>/aqui")
@participant
def mine(token: str) -> ResponseReturnValue:
    """Ask a participant for the code on the screen or in the stream."""
    person = registrations.by_token_or_404(token)
    return _remembering(_mine(token, person), _cookie())


def _mine(token: str, person: Registration, *, error: DomainError | None = None) -> Response:
    at = clock.now()
    page = render_template(
        "attendance/check_in/mine.html",
        token=token,
        registration=person,
        event=person.event,
        is_open=queries.takes_codes(person.event, at=at),
        done=request.args.get("listo", ""),
        error=error,
        typed=request.form.get("code", "")[:40],
    )
    return Response(page, status=422 if error else 200)


@bp.post("/mi/<token>/aqui")
@participant
@limiter.limit(_WRONG_PER_PERSON, key_func=_path, deduct_when=_failed)
def check_in_mine(token: str) -> ResponseReturnValue:
    """Check a participant in with the code that they typed."""
    person = registrations.by_token_or_404(token)
    at = clock.now()
    place = queries.place_of_code(person.event, request.form.get("code", ""), at=at)
    try:
        if place is None:
            raise CodeRunOut
        services.check_in(person, place, device=_device(person.event_id), at=at)
    except DomainError as error:
        return keep_private(_mine(token, person, error=error))
    return redirect(url_for(".mine", token=token, listo=place.session.id), 303)
