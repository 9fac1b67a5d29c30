"""Slips: the passes of many people on A4 paper, eight a page, for whoever has no screen to show at the door."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app import codes
from app.band import band_svg
from app.events.models import Event, Modality
from app.localisation import days
from app.registration import queries
from app.registration.labels import LANGUAGES
from app.registration.models import Registration
from app.registration.printing import shortened, size_for, symbol, typeset
from app.theme import brand

_TEMPLATE = Path(__file__).parent / "slips.typ"


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
    return typeset(_TEMPLATE, json.dumps(content, ensure_ascii=False), at=at)


def _words(event: Event, language: str) -> dict[str, str]:
    """Return what every slip in a language says."""
    with force_locale(language):
        online = _("Online: the personal page opens the room") if event.modality == Modality.VIRTUAL else ""
        return {
            "language": language,
            "title": _("Passes for «%(event)s»", event=event.title),
            "band_alt": _("Ornament of the event"),
            "event": event.title,
            "event_size": str(size_for(event.title, ((60, 10), (110, 8.5)), 7)),
            "days": days(event.starts_on, event.ends_on) if event.starts_on and event.ends_on else "",
            "place": shortened(
                ", ".join(part for part in (event.venue_name, event.venue_address) if part), 90
            )
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
        "name_size": size_for(person.full_name, ((26, 13.5), (44, 12), (80, 10.5)), 8),
        "entity": shortened(person.entity, 48),
        "code": code,
        "qr": symbol(text),
        "qr_alt": f"QR {code}",
        "note": ""
        if language == person.language or not preferred
        else f"{preferred}: este texto está en español.",
    }
