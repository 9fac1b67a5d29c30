"""What a certificate shows, as plain values: from an event and its settings to the content of one PDF.

Everything that could later change (the organisation's name, its logo, the dates in words) is copied into the
design when that is made, so that the same certificate is the same file for ever.
"""

import base64
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app import band, codes, qr, theme
from app.certificates import wording
from app.certificates.errors import Unprintable
from app.certificates.models import CertificateRole, Signatory
from app.events.models import Event, HourUnit
from app.registration.models import DocumentType
from app.text import tidy

TEMPLATE = "sober_1"
_INK = "#1e2430"
_BAND_COLUMNS = 179  # at nine rows in 15 mm of height a little more than 297 mm, the width of the page
_QR_MASK = 2  # any of the eight is valid; trying them all takes six times as long
_NOT_SHOWN = frozenset({"facts", "fields", "wording", "place", "timezone", "hours", "hour_unit"})
_LOGO_KINDS = frozenset({"image/png", "image/jpeg", "image/svg+xml"})


@dataclass(frozen=True)
class Terms:
    """What an organiser decides about the certificates of an event."""

    hours: Decimal
    hour_unit: HourUnit
    minimum_percent: int
    title: str
    opening: str
    wording: str
    place: str
    year_name: str
    signatories: tuple[Signatory, ...]


@dataclass(frozen=True)
class Bearer:
    """The person and the particulars of one certificate."""

    code: str  # as stored, without dashes
    name: str
    document_type: DocumentType
    document_number: str
    role: CertificateRole
    percent: int
    verify_url: str  # of the verification form; the code is added to it
    issued_at: datetime
    credential: str = ""  # signed, as it goes into the file


def printable(text: str) -> str:
    """Return a text as it can be set: tidied, on one line, without marks that make pictures of letters."""
    kept = (
        char for char in tidy(text) if unicodedata.category(char) != "Me" and not "\ufe00" <= char <= "\ufe0f"
    )
    return " ".join("".join(kept).split())


def design_content(event: Event, terms: Terms) -> dict[str, Any]:
    """Return all that an event's certificates show besides the person: what a CertificateDesign keeps.

    Raises ValueError for hours that cannot be said in words (see wording.hours_in_words).
    """
    organisation = event.organisation
    unit = event.unit.name if event.unit else ""
    first, last = event.starts_on, event.ends_on
    return {
        "language": "es",
        "region": "PE",
        "accent": theme.brand(organisation.accent),
        "band": _band(event.slug, theme.brand(organisation.accent)),
        "organisation": printable(organisation.name),
        "unit": printable(unit),
        "year_name": printable(terms.year_name),
        "logo": _logo(organisation.logo, organisation.logo_type),
        "logo_alt": f"Logo de {printable(organisation.name)}",
        "title": printable(terms.title),
        "opening": printable(terms.opening),
        "wording": printable(terms.wording),
        "place": printable(terms.place),
        "timezone": event.timezone,
        "signatories": [
            {"name": printable(signatory["name"]), "position": printable(signatory["position"])}
            for signatory in terms.signatories
        ],
        "hours": wording.figures(terms.hours),
        "hour_unit": str(terms.hour_unit),
        "note": wording.NOTE,
        "verify_label": wording.VERIFY_LABEL,
        "facts": {
            "event": event.title,
            "organisation": organisation.name,
            "starts_on": first.isoformat() if first else None,
            "ends_on": last.isoformat() if last else None,
            "modality": str(event.modality),
        },
        "fields": {
            "evento": printable(event.title),
            "fechas": wording.dates_in_words(first, last) if first and last else "",
            "modalidad": wording.MODALITIES[event.modality],
            "horas": wording.hours_in_words(terms.hours, terms.hour_unit),
            "entidad": printable(organisation.name),
            "organo": printable(unit or organisation.name),
        },
    }


def content_of(design: Mapping[str, Any], bearer: Bearer, *, is_sample: bool = False) -> dict[str, Any]:
    """Return what the template of a design is given for one certificate.

    Raises Unprintable where nothing of the name or the title is left to print.
    """
    values = {
        **design["fields"],
        "rol": wording.ROLES[bearer.role],
        "asistencia": f"{bearer.percent} %",
    }
    code = codes.grouped(bearer.code)
    address = f"{bearer.verify_url}/{code}"
    where = urlsplit(bearer.verify_url)
    name = _with_letters(printable(bearer.name), field="name")
    title = _with_letters(design["title"], field="title")
    return {
        **{key: value for key, value in design.items() if key not in _NOT_SHOWN},
        "document_title": f"{title}: {name}",
        "description": f"{title}, {design['fields']['evento']}",
        "keywords": ["constancia", code],
        "watermark": wording.SAMPLE if is_sample else None,
        "note": wording.SAMPLE_NOTE if is_sample else design["note"],
        "opening": "".join(text for text, _bold in wording.merged(design["opening"], values)),
        "name": name,
        "document": wording.document_line(bearer.document_type, bearer.document_number),
        "body": wording.merged(design["wording"], values),
        "place_and_date": _place_and_date(design["place"], bearer.issued_at, design["timezone"]),
        "verify_url": address,
        "verify_address": where.netloc + where.path,
        "code": code,
        "qr": _qr(address),
        "qr_alt": f"Código QR de la dirección {address}",
        **({"credential": bearer.credential} if bearer.credential else {}),
    }


def _with_letters(text: str, *, field: str) -> str:
    if not any(char.isalpha() for char in text):
        raise Unprintable(text, field)
    return text


def _place_and_date(place: str, at: datetime, timezone: str) -> str:
    day = wording.day_in_words(at.astimezone(ZoneInfo(timezone)).date())
    return f"{place}, {day}" if place else day


def _picture(width: int, height: int, parts: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{parts}</svg>'


@lru_cache(maxsize=64)
def _band(seed: str, accent: str) -> str:
    period = band.band_matrix(seed)
    repeats = ceil(_BAND_COLUMNS / len(period[0]))
    # One column more, so that the whole is its own mirror image and both ends of the page are alike.
    rows = [[*row * repeats, row[0]] for row in period]
    width = len(rows[0])
    base, *threads = band.palette(accent)
    paths = "".join(
        f'<path fill="{colour}" d="{path}"/>'
        for number, colour in enumerate(threads, start=1)
        if (path := qr.squares(rows, number))
    )
    ground = f'<path fill="{base}" d="M0 0h{width}v{band.ROWS}H0z"/>'
    return _picture(width, band.ROWS, ground + paths)


def _qr(address: str) -> str:
    side, path = qr.svg_path(address, border=0, mask=_QR_MASK)
    return _picture(side, side, f'<path fill="{_INK}" d="{path}"/>')


def _logo(data: bytes | None, kind: str | None) -> str | None:
    """Return a logo as an SVG picture of the shape that the template has room for, whatever its own kind."""
    if not data or kind not in _LOGO_KINDS:
        return None
    source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return _picture(440, 160, f'<image width="440" height="160" href="{source}"/>')
