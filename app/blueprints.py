"""Every blueprint of the application, in the order of the layers."""

from flask import Flask

from app import health, theme


def init_app(app: Flask) -> None:
    """Register all views."""
    app.register_blueprint(health.bp)
    app.register_blueprint(theme.bp)
