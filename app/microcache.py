"""A half-second cache of whole anonymous pages, in the process.

A rush asks for the same page hundreds of times a second; a page made anew twice a second costs almost nothing and is
never older than an editor would notice, so that nothing has to be invalidated.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from flask import Response, current_app, make_response, request, session

from app.localisation import language

LIFETIME = 0.5  # seconds
ENTRIES = 256


class _Page(NamedTuple):
    made: float
    plain: bytes
    compressed: bytes
    etag: str
    mimetype: str


def cached(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a view's 200 answers for half a second, with an ETag, and gzip them once.

    People who are signed in, or to whom a message waits, get their own page each time.
    """
    pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if session or current_app.testing:
            return view(*args, **kwargs)
        key = (request.full_path, language())
        page = pages.get(key)
        if page is None or time.monotonic() - page.made > LIFETIME:
            response = make_response(view(*args, **kwargs))
            # A view that has left something in its visitor's cookie has made a page for that visitor alone.
            if response.status_code != 200 or session:
                return response
            page = _page(response)
            pages[key] = page
            if len(pages) > ENTRIES:
                pages.popitem(last=False)
        return _answer(page)

    return answer


def _page(response: Response) -> _Page:
    body = response.get_data()
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return _Page(time.monotonic(), body, gzip.compress(body, 6, mtime=0), etag, response.content_type or "")


def _answer(page: _Page) -> Response:
    headers = {
        "ETag": f'W/"{page.etag}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding, Cookie",
    }
    if page.etag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    if request.accept_encodings["gzip"]:
        return Response(
            page.compressed, headers={**headers, "Content-Encoding": "gzip"}, content_type=page.mimetype
        )
    return Response(page.plain, headers=headers, content_type=page.mimetype)
