"""An application of its own, in which a test may commit, with views that do what the kernel is tested for."""

from collections.abc import Iterator

import pytest
from flask import Flask, abort, flash, redirect, request
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import audit, clock, create_app, unit_of_work
from app.audit import AuditEntry
from app.extensions import db, limiter
from app.permissions import Permission, public, requires, signed_in
from tests.conftest import Client


def entries() -> list[str]:
    """Return the actions in the audit log, as another connection sees them."""
    with db.engine.connect() as connection:
        return list(connection.execute(select(AuditEntry.action).order_by(AuditEntry.id)).scalars())


def _write() -> str:
    audit.record(request.args.get("action", "written"))
    return _answer()


def _answer() -> str:
    match request.args.get("answer", "200"):
        case "raise":
            raise RuntimeError("a view that fails")
        case "broken":
            db.session.add(AuditEntry(action="without a moment"))
            db.session.flush()
        case "redirect":
            return redirect("/elsewhere", 303)  # type: ignore[return-value]
        case code if code != "200":
            abort(int(code))
    return "done"


@unit_of_work.reads_first
def _read_then_write() -> tuple[str, int]:
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    if request.args.get("valid") != "yes":
        audit.record("never kept")
        return "not valid", 422
    match request.args.get("early"):
        case "row":
            audit.record("too early")
        case "object":
            db.session.add(AuditEntry(action="too early", at=clock.now()))
    unit_of_work.start_writing()
    audit.record(f"after {before}")
    return "done", 200


def _write_with_afterthought() -> str:
    unit_of_work.after_commit(lambda: notes.append(f"saw {entries()}"))
    return _write()


def _greet() -> str:
    flash("Guardado")
    return "hello"


def _greet_and_write() -> str:
    flash("Guardado")
    return _write()


@limiter.limit("1 per minute")
def _limited() -> str:
    return "once"


notes: list[str] = []


def add_views(app: Flask) -> None:
    """Add the views under `/probe/`, `/gestion/probe/`."""
    both = ["GET", "POST"]
    for path, view in {
        "write": _write,
        "read-then-write": _read_then_write,
        "afterthought": _write_with_afterthought,
        "greet": _greet,
        "greet-and-write": _greet_and_write,
        "limited": _limited,
        "gestion/signed-in": signed_in(lambda: "in"),
        "gestion/export": requires(Permission.REGISTRATION_EXPORT)(lambda: "exported"),
    }.items():
        app.add_url_rule(
            f"/probe/{path}" if not path.startswith("gestion") else f"/{path}",
            endpoint=path,
            view_func=public(view) if not hasattr(view, "access") else view,
            methods=both,
        )


@pytest.fixture
def own_app(own_database: str) -> Iterator[Flask]:
    """An application on a database of its own, as a server has it: errors are answered, pages are cached."""
    app = create_app(SQLALCHEMY_DATABASE_URI=own_database, WTF_CSRF_ENABLED=False, ROBOT_CHECKS=False)
    app.test_client_class = Client
    add_views(app)
    notes.clear()
    limiter.enabled = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def visitor(own_app: Flask) -> FlaskClient:
    """A visitor of that application."""
    return own_app.test_client()
