"""The audit log."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.forms import whole
from app.organisers import labels, log
from app.organisers.actions import ACTIONS
from app.permissions import Permission, requires

bp = Blueprint("audit", __name__, url_prefix="/gestion/auditoria")


@bp.get("")
@requires(Permission.AUDIT_VIEW)
def index() -> ResponseReturnValue:
    """List who did what, and when; within the organisations that one audits."""
    action = request.args.get("accion", "")
    page = log.entries(
        current_user,
        action=action if action in ACTIONS else "",
        page=whole(request.args.get("pagina")),
    )
    return render_template(
        "organisers/audit.html",
        page=page,
        names=log.names(page.items),
        action=action,
        actions=ACTIONS,
        labels=labels,
        active="audit",
    )
