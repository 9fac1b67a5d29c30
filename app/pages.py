"""Answers that many views give."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request

from app.unit_of_work import SAFE_METHODS


def form_page(template: str, **values: Any) -> Response:
    """Return the page of a form: 200 when it is asked for, 422 when what was sent cannot be taken."""
    status = 200 if request.method in SAFE_METHODS else 422
    return make_response(render_template(template, **values), status)


def away(address: str) -> Response:
    """Lead to a page elsewhere."""
    return make_response(redirect(address))
