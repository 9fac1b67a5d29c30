"""Addresses: whole ones for letters, calendars and certificates, and what may stand in one."""

from typing import Any

from flask import Flask, current_app, url_for
from werkzeug.routing import IntegerConverter, Map

LARGEST_NUMBER = 2**31 - 1  # of a row, in both engines


def absolute(endpoint: str, **values: Any) -> str:
    """Return the public address of a page, under BASE_URL: never under the host that a request claims to ask."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, _external=False, **values)}"


class RowNumber(IntegerConverter):
    """`<int:...>` in an address: the number of a row. A larger one than a row can have is 404, not a failure."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_NUMBER} | kwargs)


def init_app(app: Flask) -> None:
    """Bound the numbers in all addresses of `app`, and let letters name whole addresses."""
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.globals["absolute"] = absolute
