"""A session's virtual room, for those who are registered."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, security
from app.attendance import queries as attendance
from app.attendance import services
from app.attendance.errors import RoomClosed
from app.attendance.rules import Span, attended_minutes, slots_of
from app.attendance.services import BY_HAND
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Session
from app.events.rules import today
from app.extensions import csrf, limiter
from app.forms import whole
from app.live import materials, providers, queries
from app.live import services as live
from app.live.errors import RoomFull
from app.live.models import LinkKind
from app.live.providers import janus
from app.live.views import policy
from app.live.views.board import board_address
from app.localisation import local
from app.pages import away
from app.permissions import participant
from app.registration import queries as registration
from app.registration.models import Registration, RegistrationStatus
from app.unit_of_work import reads_first, start_writing

bp = Blueprint("live", __name__, url_prefix="/mi/<token>/sala/<int(max=2147483647):session_id>")
csrf.exempt(bp)
BEAT_SECONDS = 60
_DEVICE = re.compile(r"[0-9a-f]{16,32}")
# YouTube's frame refuses to play for pages that tell it nothing of where they stand.
_REFERRER = "strict-origin-when-cross-origin"
# A page sends one a minute; several devices, tabs and presses of the button fit in, filling the database does not.
_BEATS = "20 per minute"
_QUESTIONS = "4 per minute; 30 per hour"
_VOTES = "60 per minute"
_ENTRIES = "12 per minute"


def of_person() -> str:
    """Return what limits count by: one person in one room."""
    return request.path


def _not_found() -> NoReturn:
    abort(404)


def room_of(token: str, session_id: int) -> tuple[Registration, Session]:
    """Return a confirmed participant and the session of their event whose room this is, or answer 404."""
    person = registration.by_token_or_404(token)
    session = registration.session_for(person, session_id)
    if person.status != RegistrationStatus.CONFIRMED or session is None or not session.online_url:
        _not_found()
    return person, session


def _minutes(person: Registration, session: Session) -> int:
    slots = slots_of([session])
    return attendance.session_minutes(person, slots[0]) if slots else 0


@bp.get("")
@participant
def room(token: str, session_id: int) -> ResponseReturnValue:
    """Show the room: how to get in, what is on and next, and the minutes so far; before and after, say when."""
    person, session = room_of(token, session_id)
    return _page(token, person, session)


def _page(
    token: str,
    person: Registration,
    session: Session,
    *,
    error: DomainError | None = None,
    typed: str = "",
    status: int = 422,
) -> Response:
    at = clock.now()
    place, links = queries.place_shown(person.event, session), queries.links_of(session.id)
    settings = queries.settings_of(session.id)
    channel = next((one for one in links[LinkKind.CHANNEL] if str(one.id) == request.args.get("canal")), None)
    if place.stream and channel:
        place = replace(place, stream=channel.url)
    shows_player = bool(place.embed or place.stream) and "ver" in request.args
    if shows_player:
        _admit_player(place)
    state = queries.state(session, at=at)
    if state == queries.RoomState.OPEN:
        policy.admit(place)
    page = render_template(
        "live/room.html",
        token=token,
        registration=person,
        event=person.event,
        session=session,
        state=state,
        opens_at=queries.opens_at(session),
        opens_on=local(queries.opens_at(session), person.event.timezone).date(),
        opens_in=int((queries.opens_at(session) - at).total_seconds()) + 1,
        today=today(person.event, at=at),
        place=place,
        shows_player=shows_player,
        names=queries.names_on_stage(session.id)[: janus.SLOTS] if place.is_own else [],
        links=links,
        files=queries.files_of(session.id),
        kind_of_file=materials.WORDS,
        channel=channel,
        capacity=settings.capacity,
        has_place=settings.capacity is None or queries.holds_place(session.id, person.id, at=at),
        minutes=_minutes(person, session),
        now=queries.now(events.sessions_of(person.event_id), at=at),
        beat_seconds=BEAT_SECONDS,
        board=queries.board(session.id),
        hands=queries.hands(session.id, at=at),
        own_hand=queries.hand_mark(session.id, person.id),
        talk=queries.talk(session.id, at=at),
        settings=settings,
        board_url=board_address(session),
        voted=queries.voted_for(session.id, person.id),
        answered=queries.answered_polls(session.id, person.id),
        error=error,
        typed=typed,
    )
    return security.keep_private(
        Response(page, status if error else 200), referrer=_REFERRER if shows_player else "no-referrer"
    )


def _admit_player(place: providers.Place) -> None:
    """Let the page's policy admit the frame, or the pieces of the stream and the film that is put together of them."""
    if place.frame_source:
        security.allow_in_policy("frame-src", place.frame_source)
    if place.stream:
        security.allow_in_policy("media-src", "blob:", providers.origin(place.stream))
        security.allow_in_policy("connect-src", providers.origin(place.stream))


@bp.get("/entrar")
@participant
@limiter.limit(_ENTRIES, key_func=of_person)
def enter(token: str, session_id: int) -> ResponseReturnValue:
    """Lead into a meeting whose server gives each person a way in of their own."""
    person, session = room_of(token, session_id)
    guest = providers.Guest(queries.guest_id(person.id), person.full_name)
    at = clock.now()
    try:
        check_place(person, session, at=at)
        return security.keep_private(away(live.way_in(person.event, session, guest, at=at)))
    except providers.ProviderFailed as error:
        return _page(token, person, session, error=error, status=503)
    except DomainError as error:
        return _page(token, person, session, error=error, status=403)


def check_place(person: Registration, session: Session, *, at: datetime) -> None:
    """Refuse whoever holds no place in a room with few of them. Raises RoomFull."""
    is_few = queries.settings_of(session.id).capacity is not None
    if is_few and not queries.holds_place(session.id, person.id, at=at):
        raise RoomFull


@bp.post("/lugar")
@participant
@limiter.limit(_ENTRIES, key_func=of_person)
def take_place(token: str, session_id: int) -> ResponseReturnValue:
    """Take a place in a room with few of them."""
    person, session = room_of(token, session_id)
    try:
        live.enter(person, session, at=clock.now())
    except DomainError as error:
        return _page(token, person, session, error=error)
    return redirect(url_for(".room", token=token, session_id=session_id), 303)


@bp.post("/presencia")
@participant
@reads_first
@limiter.limit(_BEATS, key_func=of_person)
def beat(token: str, session_id: int) -> ResponseReturnValue:
    """Count a minute: sent by the open page once a minute, or by the button of a page without JavaScript."""
    visit = queries.visit_or_404(token, session_id)
    device = request.form.get("device", "")
    by_page = _DEVICE.fullmatch(device) is not None
    evidence = attendance.evidence_of_one(visit.id) if by_page else []
    start_writing()
    at = clock.now()
    asked, is_counted = _asked(visit, is_act=not by_page or "here" in request.form, at=at)
    # Whoever found no place in a room with few of them is not in it.
    has_place = visit.room.capacity is None or live.keep_place(visit, visit.room, at=at)
    noted = _noted(visit, device if by_page else BY_HAND, at=at) if is_counted and has_place else None
    if not by_page:
        anotado = 1 if noted else None
        return redirect(url_for(".room", token=token, session_id=session_id, anotado=anotado), 303)
    if noted:
        evidence.append(attendance.growing_stretch(session_id, *noted))
    minutes = attended_minutes(visit.room.slots, evidence)
    return jsonify(minutes=minutes, of=visit.room.minutes, open=visit.room.is_open(at=at), asked=asked)


def _noted(visit: queries.Visit, device: str, *, at: datetime) -> Span | None:
    """Return the stretch of presence that a beat belongs to, or None where the room takes none."""
    try:
        return services.beat(visit, visit.room, device=device, at=at, by_hand=device == BY_HAND)
    except RoomClosed:
        return None


def _asked(visit: queries.Visit, *, is_act: bool, at: datetime) -> tuple[bool, bool]:
    """Return whether somebody is asked now if they are still there, and whether their minutes count meanwhile."""
    room = visit.room
    if not room.asks_presence or not room.starts_at <= at < room.ends_at:
        return False, True
    if is_act:
        live.answer_check(visit, room, at=at)
        return False, True
    check = queries.check_of(visit, room, at=at)
    is_asked = not queries.is_answered(visit, room, check)
    return is_asked, not (is_asked and check.is_late)


@bp.post("/preguntas")
@participant
@reads_first
@limiter.limit(_QUESTIONS, key_func=of_person)
def ask(token: str, session_id: int) -> ResponseReturnValue:
    """Take a question."""
    typed = request.form.get("text", "")
    return did(token, session_id, lambda visit, at: live.ask(visit, visit.room, typed, at=at), typed=typed)


@bp.post("/votos")
@participant
@reads_first
@limiter.limit(_VOTES, key_func=of_person)
def vote(token: str, session_id: int) -> ResponseReturnValue:
    """Take a voice for a question."""
    question = whole(request.form.get("question"), default=0)
    return did(token, session_id, lambda visit, at: live.vote(visit, visit.room, question, at=at))


@bp.post("/encuestas")
@participant
@reads_first
@limiter.limit(_VOTES, key_func=of_person)
def answer(token: str, session_id: int) -> ResponseReturnValue:
    """Take the answer to a poll."""
    poll = whole(request.form.get("poll"), default=0)
    options = [whole(text, default=0) for text in request.form.getlist(f"option-{poll}")]
    return did(token, session_id, lambda visit, at: live.answer(visit, visit.room, poll, options, at=at))


def did(
    token: str, session_id: int, work: Callable[[queries.Visit, datetime], object], *, typed: str = ""
) -> ResponseReturnValue:
    """Do what was asked under the writer's lock; answer a script with a word, a page without one with the room anew."""
    visit = queries.visit_or_404(token, session_id)
    by_script = request.accept_mimetypes.best == "application/json"
    start_writing()
    try:
        work(visit, clock.now())
    except DomainError as error:
        if by_script:
            return jsonify(error=str(error)), 422
        person, session = room_of(token, session_id)
        return _page(token, person, session, error=error, typed=typed)
    if by_script:
        return jsonify(done=True)
    return redirect(url_for(".room", token=token, session_id=session_id, _anchor="tablero"), 303)
