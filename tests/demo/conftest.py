"""The demonstration, loaded once for the tests of this folder."""

import json

import pytest

from app import clock, create_app
from app.extensions import db
from tests.conftest import NOON, Client


@pytest.fixture(scope="module")
def demo(own_databases, tmp_path_factory):
    """An application with the demonstration, loaded at noon in Lima on Tuesday 12 May 2026."""
    folder = tmp_path_factory.mktemp("demo")
    with own_databases() as url:
        app = application(url, folder)
        with clock.freeze(NOON):
            run(app, "demo", "load")
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def application(url, folder):
    """Return an application in demo mode."""
    app = create_app(
        TESTING=True, SQLALCHEMY_DATABASE_URI=url, INSTANCE=folder, DEMO=True, WTF_CSRF_ENABLED=False
    )
    app.test_client_class = Client
    return app


def run(app, *words):
    """Run a `flask` command and return what it printed; fail unless it ended well."""
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output
    return result.output


def told(app):
    """Return what the demonstration tells of itself."""
    return json.loads((app.config["INSTANCE"] / "demo.json").read_text())
