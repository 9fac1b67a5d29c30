"""What thousands ask for every few seconds, answered before the application is asked at all.

Asking the application costs ten times as much as comparing an ETag. Only addresses that mean the same to everybody come
here: their whole meaning, language included, stands in the address.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIFETIME = 0.25  # seconds
ENTRIES = 256
_OF_BODY = {"content-length", "content-type", "content-encoding"}


class _Answer(NamedTuple):
    made: float
    headers: list[tuple[str, str]]
    body: bytes
    etag: str


class Ahead:
    """Keeps the whole answers of some addresses for a quarter of a second, in the process."""

    def __init__(self, application: "WSGIApplication", is_shared: Callable[[str], bool]) -> None:
        """Stand before an application; `is_shared` tells by its path which address means the same to everybody."""
        self._application = application
        self._is_shared = is_shared
        self._answers: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer what was answered a moment ago, or let the application answer."""
        request = environ
        path = request.get("PATH_INFO", "")
        if request["REQUEST_METHOD"] != "GET" or not self._is_shared(path):
            return self._application(request, start_response)
        key = (path, request.get("QUERY_STRING", ""), str("gzip" in request.get("HTTP_ACCEPT_ENCODING", "")))
        answer = self._answers.get(key)
        if answer is None or time.monotonic() - answer.made > LIFETIME:
            wanted = request.pop("HTTP_IF_NONE_MATCH", "")
            status, headers, body = self._asked(request)
            etag = next((value for name, value in headers if name.lower() == "etag"), "")
            is_own = any(name.lower() == "set-cookie" for name, _value in headers)
            if not status.startswith("200") or not etag or is_own:
                start_response(status, headers)
                return [body]
            answer = _Answer(time.monotonic(), headers, body, etag)
            self._answers[key] = answer
            if len(self._answers) > ENTRIES:
                self._answers.popitem(last=False)
        else:
            wanted = request.get("HTTP_IF_NONE_MATCH", "")
        if answer.etag in wanted:
            fields = [field for field in answer.headers if field[0].lower() not in _OF_BODY]
            start_response("304 NOT MODIFIED", fields)
            return [b""]
        start_response("200 OK", answer.headers)
        return [answer.body]

    def _asked(self, request: "WSGIEnvironment") -> tuple[str, list[tuple[str, str]], bytes]:
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            told[:] = [status, headers]
            return lambda _data: None

        pieces = self._application(request, start)
        try:
            body = b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        return told[0], told[1], body
