"""Slips: the passes of many people on A4 paper, eight a page, for whoever has no screen to show at the door."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app import codes, qr, typesetting
from app.band import band_svg
from app.events.models import Event, Modality
from app.localisation import days
from app.registration import queries
from app.registration.labels import LANGUAGES
from app.registration.models import Registration
from app.theme import brand

MOST = 1000  # people in one file
_TEMPLATE = Path(__file__).parent / "slips.typ"
_STANDARDS = ["ua-1"]


def pdf(event: Event, people: Sequence[Registration], *, at: datetime) -> bytes:
    """Return the slips of confirmed people as a tagged PDF (PDF/UA-1), in the order given."""
    texts = queries.pass_texts(event, people)
    words = {language: _words(event, language) for language in current_app.config["LANGUAGES"]}
    content = {
        "title": words["es"]["title"],
        "organisation": event.organisation.name,
        "band": band_svg(event.slug, brand(event.organisation.accent)),
        "band_alt": words["es"]["band_alt"],
        "people": [_slip(person, words, texts[person.id]) for person in people],
    }
    return _set(json.dumps(content, ensure_ascii=False), at=at)


def _set(content: str, *, at: datetime) -> bytes:
    """Set the slips. A name of which no font has a letter (Chinese, say) must not keep everybody else's from being
    printed: it then shows boxes, and the file is not PDF/UA.
    """
    import typst  # noqa: PLC0415 - slow to load, and most processes set no PDF

    try:
        return typesetting.pdf(_TEMPLATE, content, standards=_STANDARDS, at=at)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return typesetting.pdf(_TEMPLATE, content, standards=[], at=at)


def _words(event: Event, language: str) -> dict[str, str]:
    """Return what every slip in a language says."""
    with force_locale(language):
        online = _("Online: the personal page opens the room") if event.modality == Modality.VIRTUAL else ""
        return {
            "language": language,
            "title": _("Passes for «%(event)s»", event=event.title),
            "band_alt": _("Ornament of the event"),
            "event": event.title,
            "event_size": str(_size(event.title, ((60, 10), (110, 8.5)), 7)),
            "days": days(event.starts_on, event.ends_on) if event.starts_on and event.ends_on else "",
            "place": _short(", ".join(part for part in (event.venue_name, event.venue_address) if part), 90)
            or online,
            "hint": _(
                "Show this slip at the door on each day, or say the code aloud. Keep it: it is yours alone."
            ),
        }


def _slip(person: Registration, words: dict[str, dict[str, str]], text: str) -> dict[str, Any]:
    language = person.language if person.language in words else "es"
    own = words[language]
    preferred = LANGUAGES.get(person.language, "")
    code = codes.grouped(person.code)
    return {
        **own,
        "event_size": float(own["event_size"]),
        "name": person.full_name,
        "name_size": _size(person.full_name, ((26, 13.5), (44, 12), (80, 10.5)), 8),
        "entity": _short(person.entity, 48),
        "code": code,
        "qr": _qr(text),
        "qr_alt": f"QR {code}",
        "note": ""
        if language == person.language or not preferred
        else f"{preferred}: este texto está en español.",
    }


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip(" ,") + "…"


def _size(text: str, steps: Sequence[tuple[int, float]], smallest: float) -> float:
    """Return the size in points for a text: that of the first step whose number of letters it keeps to."""
    return next((size for most, size in steps if len(text) <= most), smallest)


def _qr(text: str) -> str:
    side, path = qr.svg_path(text)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'
