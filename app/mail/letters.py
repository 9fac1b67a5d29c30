"""What a letter is, and the list of functions that write them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template

from app.mail.wording import Words

Builder = Callable[..., "Letter | None"]
_builders: dict[str, Builder] = {}


@dataclass(frozen=True)
class Inline:
    """A picture inside the HTML text, shown by `cid:` and its name."""

    name: str
    data: bytes
    subtype: str = "png"


@dataclass(frozen=True)
class Letter:
    """A finished letter: subject, the same words as plain text and as HTML, and what hangs on it.

    `unsubscribe_url` is where one stops getting letters of this sort (RFC 8058).
    """

    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    pictures: tuple[Inline, ...] = ()
    reply_to: str | None = None
    sender_name: str | None = None
    unsubscribe_url: str | None = None


def letter(name: str) -> Callable[[Builder], Builder]:
    """Register the function that writes the letter `name` from its payload; it may return None: no longer wanted."""

    def decorate(builder: Builder) -> Builder:
        _builders[name] = builder
        return builder

    return decorate


def build(name: str, payload: dict[str, Any]) -> Letter | None:
    """Write a letter. Raises KeyError for a name that nobody registered."""
    return _builders[name](**payload)


def rendered(
    template: str,
    *,
    calendar: bytes | None = None,
    pictures: tuple[Inline, ...] = (),
    own: Words | None = None,
    **values: Any,
) -> Letter:
    """Return the letter whose subject, text and HTML stand in `templates/mail/<template>.{subject.txt,txt,html}`.

    `own` are an office's own words: they take the place of the template's body, within the same frame and foot.
    """
    if own is not None:
        words = {"own": own, "heading": own.subject, "frame": f"mail/{template}.html"}
        template, values = "own", values | words
    return Letter(
        subject=" ".join(render_template(f"mail/{template}.subject.txt", **values).split()),
        text=render_template(f"mail/{template}.txt", **values).strip() + "\n",
        html=render_template(f"mail/{template}.html", **values),
        calendar=calendar,
        pictures=pictures,
        sender_name=values.get("sender_name"),
        reply_to=values.get("reply_to"),
        unsubscribe_url=values.get("unsubscribe_url"),
    )
