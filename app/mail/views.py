"""The demo's letter box: what would have been sent, for whoever tries Tinkuy without a mail server."""

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, abort, current_app, render_template

from app.mail.pages import html_page, with_picture
from app.permissions import public
from app.security import keep_private

bp = Blueprint("mailbox", __name__, url_prefix="/buzon")
NEWEST = 50


def _folder() -> Path:
    if not current_app.config["DEMO"] or current_app.config["SMTP_URL"]:
        abort(404)
    return cast(Path, current_app.config["INSTANCE"]) / "outbox"


def _letter(name: str) -> EmailMessage:
    known = {path.stem: path for path in _folder().glob("*.eml")}
    path = known.get(name) or abort(404)
    return email.message_from_bytes(path.read_bytes(), policy=default)


@bp.get("")
@public
def index() -> Response:
    """List the newest letters. Only in demo mode."""
    newest = sorted(_folder().glob("*.eml"), reverse=True)[:NEWEST]
    letters = [(path.stem, _letter(path.stem)) for path in newest]
    return keep_private(Response(render_template("mailbox/index.html", letters=letters)))


@bp.get("/<name>")
@public
def show(name: str) -> Response:
    """Show one letter as text, with its HTML beside it. Only in demo mode."""
    letter = _letter(name)
    text = letter.get_body(("plain",))
    files = [part.get_filename() for part in letter.iter_attachments()]
    page = render_template(
        "mailbox/show.html", name=name, letter=letter, text=text.get_content() if text else "", files=files
    )
    return keep_private(Response(page))


@bp.get("/<name>/html")
@public
def html(name: str) -> Response:
    """Show a letter's HTML as a mail program would: with its own styles and pictures and no scripts."""
    letter = _letter(name)
    body = letter.get_body(("html",))
    markup = body.get_content() if body else ""
    for part in letter.walk():
        if content_id := part.get("Content-ID"):
            data = cast(bytes, part.get_payload(decode=True))
            markup = with_picture(markup, content_id.strip("<>"), data, part.get_content_subtype())
    return html_page(markup)
