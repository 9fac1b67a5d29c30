"""Answers that many views give."""

from collections.abc import Iterator
from typing import Any

from flask import Response, make_response, redirect, render_template, request, stream_with_context

from app.unit_of_work import SAFE_METHODS


def form_page(template: str, **values: Any) -> Response:
    """Return the page of a form: 200 when it is asked for, 422 when what was sent cannot be taken."""
    status = 200 if request.method in SAFE_METHODS else 422
    return make_response(render_template(template, **values), status)


def attachment(content: bytes | Iterator[bytes], name: str, mimetype: str) -> Response:
    """Return a file to be saved under a name of plain letters; what comes in pieces is sent while it is made."""
    body = content if isinstance(content, bytes) else stream_with_context(content)
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def away(address: str) -> Response:
    """Lead to a page elsewhere."""
    return make_response(redirect(address))
