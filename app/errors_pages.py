"""Pages for what goes wrong: what happened and what to do, in the person's language."""

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError


def _texts(code: int) -> tuple[str, str]:
    match code:
        case 403:
            return _("You may not open this page"), _("Ask an administrator of your organisation for the role you need.")
        case 404:
            return _("We cannot find this page"), _("Check the address, or start again from the list of events.")
        case 405:
            return _("This address does not take that"), _("Go back and use the buttons of the page.")
        case 410:
            return _("This is no longer here"), _("It was withdrawn. The page that led you here may say more.")
        case 413:
            return _("That was too large"), _("Send a smaller file or a shorter text.")
        case 429:
            return _("Too many attempts in a short time"), _("Wait a minute and try again.")
        case 500:
            return _("Something failed on our side"), _("Nothing was lost. Try again in a moment.")
        case _:
            return _("We could not understand that"), _("Go back, check what you sent and try again.")


def _page(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    if code < 400:
        return error.get_response()
    heading, advice = _texts(code)
    headers = [(key, value) for key, value in error.get_headers() if key in {"Allow", "Retry-After"}]
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(error=heading, advice=advice), code, headers
    return render_template("errors/error.html", code=code, heading=heading, advice=advice), code, headers


def _forgery(error: CSRFError) -> ResponseReturnValue:
    return (
        render_template(
            "errors/error.html",
            code=400,
            heading=_("This form had grown old"),
            advice=_("Go back, load the page again and repeat what you did."),
        ),
        400,
    )


def init_app(app: Flask) -> None:
    """Answer every HTTP error of `app` with a page of its own."""
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(InternalServerError, _page)
    app.register_error_handler(CSRFError, _forgery)
