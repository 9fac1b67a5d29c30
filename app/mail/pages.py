"""The HTML of a letter as a page: with its own styles and pictures, and no scripts."""

import base64

from flask import Response

from app.mail.letters import Letter
from app.security import keep_private


def with_picture(markup: str, name: str, data: bytes, subtype: str) -> str:
    """Return a letter's HTML with one of its pictures put in its place."""
    return markup.replace(f"cid:{name}", f"data:image/{subtype};base64,{base64.b64encode(data).decode()}")


def letter_page(letter: Letter) -> Response:
    """Answer a letter as a mail program shows it."""
    markup = letter.html
    for picture in letter.pictures:
        markup = with_picture(markup, picture.name, picture.data, picture.subtype)
    return html_page(markup)


def html_page(markup: str) -> Response:
    """Answer a letter's HTML under a policy of its own. Pages of this site may show it in a frame."""
    response = keep_private(Response(markup, content_type="text/html; charset=utf-8"))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self';"
        " sandbox allow-popups allow-top-navigation-by-user-activation"
    )
    return response
