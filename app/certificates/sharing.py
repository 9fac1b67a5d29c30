"""The card that stands for a certificate where its address is shared. It says no more than the verification page."""

import json
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from app import codes, typesetting
from app.certificates import wording
from app.certificates.models import Certificate
from app.events.models import HourUnit

_CARD = Path(__file__).parent / "share_card.typ"
_DOTS = 144.0  # an inch: 600 by 315 points are 1200 by 630 pixels


def card(certificate: Certificate) -> bytes:
    """Return the picture (PNG, 1200 by 630) that other sites show for a certificate's address."""
    design = certificate.design.content
    where = urlsplit(certificate.verify_url)
    content = {
        "accent": design["accent"],
        "band": design["band"],
        "organisation": design["organisation"],
        "title": design["title"],
        "name": certificate.printed_name,
        "event": design["facts"].get("detail") or design["facts"]["event"],
        "facts": _duration(certificate),
        "address": where.netloc + where.path,
        "code": codes.grouped(certificate.code),
    }
    return _drawn(json.dumps(content, ensure_ascii=False))


def _duration(certificate: Certificate) -> str:
    words = wording.hours_in_words(certificate.hours, HourUnit(certificate.hour_unit))
    return words[words.index("(") :].replace("(", "").replace(")", "")


@lru_cache(maxsize=64)
def _drawn(content: str) -> bytes:
    return typesetting.compiled(_CARD, content, {"format": "png", "ppi": _DOTS})
