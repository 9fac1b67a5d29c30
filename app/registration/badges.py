"""Badges: what people wear, with name, institution, role and pass, on A4 (eight a page), on A6 or on labels."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app import codes
from app.band import band_svg
from app.events.models import Event
from app.localisation import days
from app.registration import queries
from app.registration.models import Registration
from app.registration.printing import breakable, shortened, symbol, typeset
from app.registration.rules.answers import words
from app.theme import brand

_TEMPLATE = Path(__file__).parent / "badges.typ"


class Sheet(StrEnum):
    """What a badge is printed on: an eighth of an A4 sheet, an A6 sheet, or a label of a bank card's size (CR80)."""

    A4 = "a4"
    A6 = "a6"
    CARD = "cr80"


def pdf(event: Event, people: Sequence[Registration], sheet: Sheet, *, at: datetime) -> bytes:
    """Return the badges of confirmed people as a tagged PDF (PDF/UA-1), in the order given."""
    texts = queries.pass_texts(event, people)
    forms = queries.forms_of(event)
    # Whoever used the event's main form takes part; any other form says as what.
    roles = {form.id: form.title for form in forms[1:]}
    with force_locale("es"):
        title = _("Badges for «%(event)s»", event=event.title)
        alt = _("Ornament of the event")
    content = {
        "sheet": sheet,
        "title": title,
        "organisation": event.organisation.name,
        "accent": brand(event.organisation.accent),
        "band": band_svg(event.slug, brand(event.organisation.accent)),
        "band_alt": alt,
        "event": breakable(shortened(event.title, 140)),
        "people": [_badge(person, event, roles, texts[person.id]) for person in people],
    }
    return typeset(_TEMPLATE, json.dumps(content, ensure_ascii=False), at=at)


def _badge(person: Registration, event: Event, roles: dict[int, dict[str, str]], text: str) -> dict[str, Any]:
    language = person.language if person.language in current_app.config["LANGUAGES"] else "es"
    code = codes.grouped(person.code)
    role = roles.get(person.form_id or 0)
    with force_locale(language):
        return {
            "language": language,
            "given": breakable(person.given_names),
            "surnames": breakable(f"{person.first_surname} {person.second_surname}"),
            "entity": breakable(shortened(person.entity, 120)),
            "role": breakable(shortened(words(role, language) if role else _("Participant"), 60)),
            "days": days(event.starts_on, event.ends_on) if event.starts_on and event.ends_on else "",
            "code": code,
            "qr": symbol(text),
            "qr_alt": f"QR {code}",
        }
