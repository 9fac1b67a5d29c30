"""Pages for what goes wrong: what happened and what to do, in the person's language."""

import time

from flask import Flask, g, jsonify, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.extensions import limiter, login_manager

_TEXTS = {
    403: (
        _l("You may not open this page"),
        _l("Ask an administrator of your organisation for the role you need."),
    ),
    404: (_l("We cannot find this page"), _l("Check the address, or start again from the list of events.")),
    405: (_l("This address does not take that"), _l("Go back and use the buttons of the page.")),
    410: (_l("This is no longer here"), _l("It was withdrawn. The page that led you here may say more.")),
    413: (_l("That was too large"), _l("Send a smaller file or a shorter text.")),
    429: (_l("Too many attempts in a short time"), _l("Wait a minute and try again.")),
    500: (_l("Something failed on our side"), _l("Nothing was lost. Try again in a moment.")),
}
# Of an address that a letter brought: whoever follows it has no other way in.
_DEAD_LINK = (
    _l("This link no longer works"),
    _l(
        "It was replaced by a newer one, has ended, or was copied incompletely. Look for the last letter about it."
    ),
)
_OF_STAFF = ("/gestion/", "/instalar/", "/pantalla/")
_OTHER = (_l("We could not understand that"), _l("Go back, check what you sent and try again."))


def _page(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    if code < 400:
        return error.get_response()
    is_dead_link = code == 404 and _is_of_a_letter()
    heading, advice = _DEAD_LINK if is_dead_link else _TEXTS.get(code, _OTHER)
    if code >= 500:
        _forget_the_person()
        session.pop("_flashes", None)  # "saved" was said of what is rolled back
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(error=str(heading), advice=str(advice)), code, _headers(error)
    page = render_template(
        "errors/error.html", code=code, heading=heading, advice=advice, is_dead_link=is_dead_link
    )
    return page, code, _headers(error)


def _is_of_a_letter() -> bool:
    return "token" in (request.view_args or {}) and not request.path.startswith(_OF_STAFF)


def _headers(error: HTTPException) -> list[tuple[str, str]]:
    headers = [(key, value) for key, value in error.get_headers() if key in {"Allow", "Retry-After"}]
    if error.code == 429 and (limit := limiter.current_limit):
        headers.append(("Retry-After", str(max(1, int(limit.reset_at - time.time())))))
    return headers


def _forget_the_person() -> None:
    # The page must come about where the database fails, so it must not ask there who is signed in.
    g._login_user = login_manager.anonymous_user()


def _forgery(error: CSRFError) -> ResponseReturnValue:
    return (
        render_template(
            "errors/error.html",
            code=400,
            heading=_l("This form had grown old"),
            advice=_l("Go back, load the page again and repeat what you did."),
        ),
        400,
    )


def init_app(app: Flask) -> None:
    """Answer every HTTP error of `app` with a page of its own."""
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(InternalServerError, _page)
    app.register_error_handler(CSRFError, _forgery)
