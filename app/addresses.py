"""Whole addresses of this installation's pages, for letters, calendars and certificates."""

from typing import Any

from flask import current_app, url_for


def absolute(endpoint: str, **values: Any) -> str:
    """Return the public address of a page, under BASE_URL: never under the host that a request claims to ask."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, _external=False, **values)}"
