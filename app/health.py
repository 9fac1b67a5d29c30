"""Answers for whoever watches the machine."""

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text

from app import jobs
from app.extensions import db
from app.migrations_state import expected_revision
from app.permissions import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """Say that this process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Say whether the database answers and is migrated and the queue can be reached."""
    checks = {"database": _database(), "migrations": _migrations(), "queue": _queue()}
    good = all(checks.values())
    return jsonify(status="ok" if good else "not ready", checks=checks), 200 if good else 503


def _database() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except Exception:
        current_app.logger.exception("the database does not answer")
        return False
    return True


def _migrations() -> bool:
    try:
        present = db.session.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    except Exception:
        current_app.logger.exception("the database holds no migrations")
        return False
    return list(present) == [expected_revision()]


def _queue() -> bool:
    try:
        jobs.huey.pending_count()
    except Exception:
        current_app.logger.exception("the queue does not answer")
        return False
    return True
