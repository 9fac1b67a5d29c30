"""The door that needs no signal: the shell of an application that a device keeps, and what it talks to.

Nobody signs in here. A device is paired by an address that works once, and shows its own token from then on; no
cookie is read or set.
"""

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import assets, clock
from app.attendance import queries, rules, services
from app.attendance.batches import Served, batch_from, cursor_from
from app.attendance.errors import MalformedBatch, PairingLapsed
from app.attendance.labels import place_words, refusal
from app.attendance.models import Checkpoint, DoorDevice, ScanResult
from app.attendance.queries import Facts, Known
from app.attendance.rules import DeviceState
from app.extensions import csrf, limiter
from app.localisation import day as format_day
from app.permissions import device, public
from app.registration import queries as registrations
from app.registration.models import RegistrationStatus
from app.security import allow_camera, allow_in_policy
from app.unit_of_work import reads_first, start_writing

bp = Blueprint("door_app", __name__, url_prefix="/puerta")
csrf.exempt(bp)
SHELL = (
    "app.css",
    "door.css",
    "door-app.css",
    "door-app.js",
    "reader.js",
    "zxing_reader.wasm",
    "ed25519.js",
    "door-192.png",
    "favicon.svg",
    "inter.woff2",
)


@bp.get("/")
@public
def shell() -> ResponseReturnValue:
    """Show the application's shell: the same for everybody, and kept by the device."""
    if not request.path.endswith("/"):
        return redirect(url_for(".shell"), 308)  # the worker serves what lies below the slash
    allow_camera()
    allow_in_policy("script-src", "'wasm-unsafe-eval'")
    response = make_response(
        render_template(
            "attendance/door_app.html", refusals={str(result): refusal(result) for result in ScanResult}
        )
    )
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """Give the service worker, which begins with the list of what it keeps: another list is another worker."""
    files = [url_for(".shell"), url_for(".manifest"), *(assets.asset(name) for name in SHELL)]
    script = (assets.STATIC / "build" / "door-worker.js").read_text()
    return _file(f"self.SHELL={json.dumps(files)};\n{script}", "text/javascript; charset=utf-8")


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Say what the application is called and looks like once it is installed."""
    icons = [
        {"src": assets.asset(f"door-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    facts = {
        "id": url_for(".shell"),
        "name": _("Door · Tinkuy"),
        "short_name": _("Door"),
        "start_url": url_for(".shell"),
        "scope": url_for(".shell"),
        "display": "standalone",
        "background_color": "#12151c",
        "theme_color": "#12151c",
        "icons": [*icons, {**icons[1], "purpose": "maskable"}],
    }
    return _file(json.dumps(facts, ensure_ascii=False), "application/manifest+json")


def _file(body: str, kind: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.post("/vincular")
@public
@limiter.limit("30 per minute")
def pair() -> ResponseReturnValue:
    """Pair the device that shows the token of its address; give it the token that it shows from now on."""
    values = request.get_json(silent=True)
    token = values.get("token") if isinstance(values, dict) else None
    try:
        if not isinstance(token, str):
            raise PairingLapsed
        paired, own = services.pair(token[:100], at=clock.now())
    except PairingLapsed as error:
        return _refusal(str(error), 403, state="lapsed")
    return _unkept(jsonify(token=own, **_about(paired)))


@bp.post("/sincronizar")
@device
@reads_first
def sync() -> ResponseReturnValue:
    """Take the scans of a device, and tell it what has changed since it last asked; all of it, or an error."""
    at = clock.now()
    found = queries.device_by_token(_bearer())
    state = _state(found, at=at)
    if found is None or not rules.may_tell(state, expires_at=found.expires_at, at=at):
        word = "unknown" if found is None else str(state)
        return _refusal(
            _("This device has no access any more. Ask the office for a new code."), 401, state=word
        )
    try:
        return _unkept(_synchronised(found, state, at=at))
    except MalformedBatch as error:
        return _refusal(str(error), 422, field=error.field, row=error.row)


def _synchronised(found: DoorDevice, state: DeviceState, *, at: datetime) -> Response:
    days = queries.days_of_device(found)
    values = _payload()
    number, day_ids = found.id, [day.id for day in days]
    answer: dict[str, Any] = {"server_time": at.isoformat(), "state": state}
    known = frozenset(one.id for one in queries.checkpoints_of_device(found, closed=True))
    batch = batch_from(values, Served(frozenset(day_ids), known, found.forced_by_id is not None))
    if state is DeviceState.WORKING:
        answer |= _about(found) | _news(found, day_ids, values, at=at)
    start_writing()
    outcomes = services.receive(number, batch, at=at)
    answer["outcomes"] = [
        [one.nonce, one.result, one.registration_id, one.first_at and one.first_at.isoformat()]
        for one in outcomes
    ]
    answer["inside"] = queries.people_in_by_day(day_ids)
    return jsonify(answer)


def _news(found: DoorDevice, day_ids: list[int], values: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """Return what a device that works has not read yet, as plain lists: thousands of names would cost much."""
    checkpoints = queries.checkpoints_of_device(found)
    needs = str(queries.needs_of_checkpoints(checkpoints))
    # Whoever knew less of people than the checkpoints ask by now learns everybody anew.
    since = cursor_from(values) if values.get("needs", "") == needs else None
    news = queries.changes(found.id, found.event_id, day_ids, checkpoints, since=since, at=at)
    return {
        "needs": needs,
        "cursor": str(news.cursor),
        "anew": news.anew,
        "more": news.more,
        "people": [_person(one, news.facts) for one in news.people] if needs else news.people,
        "gone": news.gone,
        "entries": [[person, day, moment.isoformat()] for person, day, moment in news.entries],
        "passages": [
            [person, place, direction, moment.isoformat()]
            for person, place, direction, moment in news.passages
        ],
        "keys": {
            number: key.hex()
            for number, key in registrations.pass_keys_in_force(found.event_id, at=at).items()
        },
        "registered": registrations.counts(found.event_id)[RegistrationStatus.CONFIRMED],
    }


def _person(known: Known, facts: dict[int, Facts]) -> list[Any]:
    """Return a row of the list with what checkpoints ask besides: form, places in sessions, choices."""
    own = facts.get(known.id, Facts())
    return [*known, own.form_id, sorted(own.places), sorted(own.chosen)]


def _about(found: DoorDevice) -> dict[str, Any]:
    """Return what a device shows of itself and of its event."""
    event = found.event
    return {
        "device": {"name": found.name, "expires_at": found.expires_at.isoformat()},
        "event": {"id": event.id, "title": event.title, "timezone": event.timezone},
        "days": [
            {
                "id": day.id,
                "date": day.date.isoformat(),
                "label": format_day(day.date, year=False, weekday=True),
            }
            for day in queries.days_of_device(found)
        ],
        "checkpoints": [_checkpoint(one) for one in queries.checkpoints_of_device(found)],
        "force": services.sealed_pin(found),
    }


def _checkpoint(found: Checkpoint) -> dict[str, Any]:
    """Return a checkpoint as a device serves it, by the rules that bind both."""
    gate, place = queries.gate_of(found), queries.place_of(found)
    return {
        "id": found.id,
        "name": found.name,
        "leads": place_words(found),
        "place": place,
        "scope": queries.scope_of(place),
        "gate": {
            "kind": gate.kind,
            "ways": gate.ways,
            "how_often": gate.how_often,
            "admits_waiting": gate.admits_waiting,
            "form_ids": sorted(gate.form_ids),
            "needs_place_in": gate.needs_place_in,
            "choice": gate.choice,
            "dates": sorted(one.isoformat() for one in gate.dates),
            "opens_at": gate.opens_at and gate.opens_at.isoformat(),
            "closes_at": gate.closes_at and gate.closes_at.isoformat(),
        },
    }


def _payload() -> dict[str, Any]:
    request.max_content_length = rules.LARGEST
    if (request.content_length or 0) > rules.LARGEST:
        message = _(
            "At most %(most)s scans and 1 MB may be sent at once. Send them in several parts.",
            most=rules.MOST_SCANS,
        )
        raise MalformedBatch(message, "scans")
    values = request.get_json(silent=True)
    if not isinstance(values, dict):
        raise MalformedBatch(_("The body has to be a JSON object."), "")
    return values


def _bearer() -> str:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip()[:200] if kind.lower() == "bearer" else ""


def _state(found: DoorDevice | None, *, at: datetime) -> DeviceState:
    if found is None:
        return DeviceState.LAPSED
    return rules.device_state(
        pairing_expires_at=found.pairing_expires_at,
        paired_at=found.paired_at,
        expires_at=found.expires_at,
        revoked_at=found.revoked_at,
        at=at,
    )


def _refusal(message: str, status: int, **details: Any) -> ResponseReturnValue:
    response = _unkept(jsonify(error=message, **details))
    response.status_code = status
    return response


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
