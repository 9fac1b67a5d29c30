"""What everybody asks for alike is answered before the application is asked; nothing else is."""

import pytest

from app import ahead

BODY = b"the board"


class Application:
    """Counts how often it is asked."""

    def __init__(self, status="200 OK", **headers):
        self.asked, self.status, self.headers = [], status, headers

    def __call__(self, environ, start_response):
        self.asked.append(environ.get("HTTP_IF_NONE_MATCH", ""))
        start_response(self.status, [("Content-Length", "9"), *self.headers.items()])
        return [BODY]


def ask(application, path="/tablero", method="GET", etag=""):
    told = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_IF_NONE_MATCH": etag}
    body = b"".join(application(environ, lambda status, headers: told.extend([status, headers])))
    return told[0][:3], body, dict(told[1])


@pytest.fixture(autouse=True)
def forever(monkeypatch):
    monkeypatch.setattr(ahead, "LIFETIME", 60)


def test_it_asks_once_and_compares_by_itself():
    inner = Application(ETag='W/"1"', Vary="Cookie")
    outer = ahead.Ahead(inner, lambda path: path.endswith("/tablero"))
    headers = {"Content-Length": "9", "ETag": 'W/"1"', "Vary": "Cookie"}
    # Also the first, who has it already: the application always answers whole.
    assert ask(outer, etag='W/"1"') == ("304", b"", {"ETag": 'W/"1"', "Vary": "Cookie"})
    assert ask(outer) == ("200", BODY, headers)
    assert ask(outer, etag='W/"0"') == ("200", BODY, headers)
    assert inner.asked == [""]


@pytest.mark.parametrize(
    ("path", "method", "status", "headers"),
    [
        ("/otra", "GET", "200 OK", {"ETag": "1"}),
        ("/tablero", "POST", "200 OK", {"ETag": "1"}),
        ("/tablero", "GET", "404 NOT FOUND", {"ETag": "1"}),
        ("/tablero", "GET", "200 OK", {}),
        ("/tablero", "GET", "200 OK", {"ETag": "1", "Set-Cookie": "a=b"}),
    ],
)
def test_what_is_somebody_s_own_or_odd_is_asked_for_each_time(path, method, status, headers):
    inner = Application(status, **headers)
    outer = ahead.Ahead(inner, lambda path: path == "/tablero")
    assert [ask(outer, path, method)[0] for _ in range(2)] == [status[:3]] * 2
    assert len(inner.asked) == 2


def test_what_is_old_is_asked_for_anew(monkeypatch):
    monkeypatch.setattr(ahead, "LIFETIME", -1)
    inner = Application(ETag="1")
    outer = ahead.Ahead(inner, lambda _path: True)
    assert [ask(outer)[0] for _ in range(3)] == ["200"] * 3
    assert len(inner.asked) == 3
