"""Headers that every answer carries, the strict Content-Security-Policy among them."""

from typing import Any

from flask import Flask, Response, abort, current_app, g, request
from flask.json.provider import DefaultJSONProvider

_POLICY: dict[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "manifest-src": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
    "base-uri": ("'none'",),
}


def _policy(extra: dict[str, tuple[str, ...]]) -> str:
    directives = {**_POLICY}
    for directive, sources in extra.items():
        directives[directive] = (*directives.get(directive, ()), *sources)
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in directives.items())


_DEFAULT_POLICY = _policy({})


def allow_in_policy(directive: str, *sources: str) -> None:
    """Let the present answer's policy admit more, for example the frame of a video room."""
    extra = g.setdefault("policy_extra", {})
    extra[directive] = (*extra.get(directive, ()), *sources)


def allow_camera(*, with_microphone: bool = False) -> None:
    """Let the present answer's page ask for the camera, and for the microphone where people are to be heard."""
    g.camera = "(self)"
    g.microphone = "(self)" if with_microphone else "()"


def keep_private(response: Response, *, referrer: str = "no-referrer") -> Response:
    """Mark an answer whose address is itself a secret: not kept, not indexed, its address told to nobody.

    `referrer="strict-origin-when-cross-origin"` tells the site's name alone, which YouTube's frame insists on.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = referrer
    return response


class _JsonProvider(DefaultJSONProvider):
    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _refuse_nul() -> None:
    # PostgreSQL stores no NUL, so that asking it for a text which holds one fails.
    if "\0" in request.path or b"%00" in request.query_string:
        abort(404)


def _after_request(response: Response) -> Response:
    extra = g.get("policy_extra")
    wanted = {
        "Content-Security-Policy": _policy(extra) if extra else _DEFAULT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": f"camera={g.get('camera', '()')}, microphone={g.get('microphone', '()')}, geolocation=()",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if current_app.config["SESSION_COOKIE_SECURE"]:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    if request.path.startswith("/gestion"):
        wanted["Cache-Control"] = "no-store"
    # Asking Werkzeug for each header whether the view has set it takes five times as long.
    given = {name for name, _value in response.headers}
    for name, value in wanted.items():
        if name not in given:
            response.headers.add(name, value)
    return response


def init_app(app: Flask) -> None:
    """Add the headers to every answer of `app`, and refuse addresses and bodies that nobody could work with."""
    app.json = _JsonProvider(app)
    app.before_request(_refuse_nul)
    app.after_request(_after_request)
