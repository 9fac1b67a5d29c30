"""Keys of passes, for whoever checks them: published for all, changed by an organisation's people."""

from datetime import datetime

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import queries as accounts
from app.events import queries as events
from app.permissions import Permission, public, requires
from app.registration import queries, services
from app.registration.models import PassKey
from app.security import keep_private

bp = Blueprint("passes", __name__)
_AGE = 300  # seconds for which others may keep the keys


@bp.get("/claves/<slug>.json")
@public
def published(slug: str) -> ResponseReturnValue:
    """Publish with which keys an organisation's passes are checked now."""
    organisation = queries.organisation_of_keys(slug)
    if organisation is None:
        abort(404)
    now = clock.now()
    keys = [key for key in queries.pass_keys_of(organisation) if _is_in_force(key, now)]
    answer = jsonify(
        organisation=organisation.slug,
        name=organisation.name,
        checked_at=now.isoformat(),
        keys=[_as_json(key) for key in keys],
    )
    answer.headers["Cache-Control"] = f"public, max-age={_AGE}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _is_in_force(key: PassKey, at: datetime) -> bool:
    return key.valid_until is None or key.valid_until > at


def _as_json(key: PassKey) -> dict[str, object]:
    return {
        "number": key.number,
        "algorithm": "Ed25519",
        "public_key": key.public_key.hex(),
        "valid_from": key.valid_from.isoformat(),
        "valid_until": key.valid_until.isoformat() if key.valid_until else None,
    }


@bp.get("/gestion/eventos/<slug>/pases/anulados.json")
@requires(Permission.CHECK_IN)
def void(slug: str) -> ResponseReturnValue:
    """Tell a door which passes for an event are void: below which version, or all of somebody whose place ended."""
    event = events.managed_event_or_404(slug)
    void = [
        {"registration": one.registration_id, "below": one.below, "ended": one.is_ended}
        for one in queries.void_passes(event)
    ]
    return keep_private(Response(jsonify(event=event.id, void=void).get_data(), mimetype="application/json"))


@bp.get("/gestion/entidad/<slug>/pases")
@requires(Permission.ORGANISATION_EDIT)
def keys(slug: str) -> ResponseReturnValue:
    """Show with which keys passes are signed."""
    organisation = accounts.managed_organisation_or_404(slug)
    now, found = clock.now(), queries.pass_keys_of(organisation)
    return render_template(
        "registration/passes/keys.html",
        active="organisations",
        organisation=organisation,
        keys=[key for key in found if _is_in_force(key, now)],
        former=[key for key in found if not _is_in_force(key, now)],
    )


@bp.post("/gestion/entidad/<slug>/pases")
@requires(Permission.ORGANISATION_EDIT)
def rotate(slug: str) -> ResponseReturnValue:
    """Sign with a new key from now on."""
    organisation = accounts.managed_organisation_or_404(slug)
    services.rotate_keys(organisation, at_once=request.form.get("at_once") == "yes", at=clock.now())
    flash(_("From now on passes are signed with a new key."), "success")
    return redirect(url_for(".keys", slug=slug), 303)
