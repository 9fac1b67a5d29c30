"""Addresses: whole ones for letters, calendars and certificates, and what may stand in one."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, url_for
from werkzeug.routing import IntegerConverter, Map, Rule

LARGEST_NUMBER = 2**31 - 1  # of a row, in both engines


def absolute(endpoint: str, **values: Any) -> str:
    """Return the public address of a page, under BASE_URL: never under the host that a request claims to ask."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, _external=False, **values)}"


class RowNumber(IntegerConverter):
    """`<int:...>` in an address: the number of a row. A larger one than a row can have is 404, not a failure."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_NUMBER} | kwargs)


class LateRule(Rule):
    """A rule that learns to make its addresses when the first is asked for: at the start that takes a tenth of it."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            compiled: Callable[..., tuple[str, str]] = compile_now(append_unknown).__get__(rule, None)
            setattr(rule, name, compiled)
            return compiled(**values)

        return build


def init_app(app: Flask) -> None:
    """Bound the numbers in all addresses of `app`, and let letters name whole addresses."""
    app.url_rule_class = LateRule
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.globals["absolute"] = absolute
