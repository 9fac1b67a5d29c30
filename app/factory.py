"""The application, put together."""

from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import (
    addresses,
    assets,
    blueprints,
    config,
    errors_pages,
    jobs,
    localisation,
    migrations_state,
    permissions,
    security,
    unit_of_work,
)
from app.accounts import queries as accounts
from app.ahead import Ahead
from app.cli import commands
from app.extensions import csrf, db, init_limiter, login_manager
from app.live.views import board as live_board
from app.mail import tasks as mail_tasks


def create_app(**overrides: Any) -> Flask:
    """Return the application, configured from the environment and by `overrides`."""
    app = Flask("app", static_folder=str(assets.STATIC), template_folder=str(config.PROJECT / "templates"))
    app.config.from_mapping(config.settings() | overrides)
    app.url_map.strict_slashes = False
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    unit_of_work.init_app(app)
    csrf.init_app(app)
    init_limiter(app)
    login_manager.init_app(app)
    login_manager.user_loader(accounts.user_by_cookie)
    login_manager.login_view = "accounts.sign_in"
    login_manager.login_message = None
    for part in (migrations_state, addresses, localisation, assets, permissions, security, errors_pages):
        part.init_app(app)
    blueprints.init_app(app)
    commands.init_app(app)
    app.extensions["mail_wake"] = mail_tasks.wake
    jobs.bind(app)
    if not app.testing:  # tests look at once at what they have just changed
        app.wsgi_app = Ahead(app.wsgi_app, live_board.is_shared)  # type: ignore[method-assign]
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return app
