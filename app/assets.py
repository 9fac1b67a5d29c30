"""Built browser files: their addresses carry a hash of their content, so that they may be kept for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, url_for
from whitenoise import WhiteNoise

from app.config import PROJECT

STATIC = PROJECT / "static"


@lru_cache
def _version(path: Path, changed: float) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()


def asset(name: str) -> str:
    """Return the address of a file of `static/build`, with its content's hash.

    Raises FileNotFoundError with advice where the browser parts have not been built.
    """
    path = STATIC / "build" / name
    try:
        version = _version(path, path.stat().st_mtime)
    except FileNotFoundError:
        raise FileNotFoundError(f"{name} is not built: run `make build`") from None
    return url_for("static", filename=f"build/{name}", v=version)


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def init_app(app: Flask) -> None:
    """Serve `static/` through WhiteNoise, ahead of Flask."""
    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=STATIC,
        prefix="static/",
        max_age=31_536_000,
        autorefresh=app.debug or app.testing,
        add_headers_function=_add_headers,
    )
