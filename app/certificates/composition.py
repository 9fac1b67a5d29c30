"""What a certificate shows, as plain values: from an event and its settings to the content of one PDF.

Everything that could later change (the organisation's name, its logo, the dates in words) is copied into the
design when that is made, so that the same certificate is the same file for ever.
"""

import base64
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app import band, codes, logos, qr, theme
from app.certificates import wording
from app.certificates.errors import Unprintable
from app.certificates.looks import PLAIN, SPANISH_MARK, Look, People
from app.certificates.models import CertificateRole, Signatory
from app.events.models import Event, HourUnit
from app.registration.models import DocumentType
from app.text import tidy

_NOTE = wording.NOTE
_INK = "#1e2430"
_BAND_COLUMNS = 179  # at nine rows in 15 mm of height a little more than 297 mm, the width of the page
_QR_MASK = 2  # any of the eight is valid; trying them all takes six times as long
_NOT_SHOWN = frozenset(
    {"facts", "fields", "wording", "place", "timezone", "hours", "hour_unit", "files", "shows_signature"}
)
_MOST_MARKS = 2  # combining ones on one letter, after composition: native languages need no more
_PLACES = ("logo", "second_logo", "background")
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
    # What one award says beyond the event: its line below the text, what it is about, and when that took place.
    note: str = _NOTE
    detail: str = ""
    dates: tuple[date, date] | None = None


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
    signed_by: str = ""  # whom the certificate of the signing key names, where the file is signed
    hours: Decimal | None = None  # where not all of the design's bearers have the same
    grade: Decimal | None = None


def printable(text: str) -> str:
    """Return a text as it can be set: tidied, on one line, without marks that make pictures of letters."""
    kept = (
        char for char in tidy(text) if unicodedata.category(char) != "Me" and not "\ufe00" <= char <= "\ufe0f"
    )
    return " ".join("".join(kept).split())


def design_content(event: Event, terms: Terms, look: Look = PLAIN) -> dict[str, Any]:
    """Return all that an event's certificates show besides the person: what a CertificateDesign keeps.

    Raises ValueError for hours that cannot be said in words (see wording.hours_in_words).
    """
    organisation = event.organisation
    unit = event.unit.name if event.unit else ""
    first, last = terms.dates or (event.starts_on, event.ends_on)
    accent = theme.brand(look.accent or organisation.accent)
    return {
        "language": "es",
        "region": "PE",
        "accent": accent,
        "paper": look.paper,
        "veil": look.veil,
        "band": _band(event.slug, accent),
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
        "signatories": _signatories(look.signing(terms.signatories)),
        "files": {place: name for place, name in look.files.items() if place not in look.signature_places},
        "second_logo_alt": f"Logo de {printable(look.second_logo_of)}"
        if look.second_logo_of
        else "Segundo logo",
        "second": _second(look),
        "shows_signature": look.shows_signature,
        "hours": wording.figures(terms.hours),
        "hour_unit": str(terms.hour_unit),
        "note": terms.note,
        "verify_label": wording.VERIFY_LABEL,
        "facts": {
            "event": event.title,
            "detail": terms.detail,
            "organisation": organisation.name,
            "starts_on": first.isoformat() if first else None,
            "ends_on": last.isoformat() if last else None,
            "modality": str(event.modality),
        },
        "fields": {
            "evento": printable(event.title),
            "detalle": printable(terms.detail),
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
    grade = "" if bearer.grade is None else wording.grade_in_words(bearer.grade)
    values = {
        **design["fields"],
        "calificacion": grade,
        **dict.fromkeys(wording.FORMER_FIELDS, grade),
        "rol": wording.ROLES[bearer.role],
        "asistencia": f"{bearer.percent} %",
    }
    if bearer.hours is not None:
        values["horas"] = wording.hours_in_words(bearer.hours, HourUnit(design["hour_unit"]))
    code = codes.grouped(bearer.code)
    body = wording.merged(design["wording"], values)
    opening = _plain(design["opening"], values)
    address = f"{bearer.verify_url}/{code}"
    where = urlsplit(bearer.verify_url)
    name = _with_letters(printable(bearer.name), field="name")
    title = _with_letters(design["title"], field="title")
    content = {
        **{key: value for key, value in design.items() if key not in _NOT_SHOWN},
        "document_title": f"{title}: {name}",
        "description": f"{title}, {design['fields']['evento']}",
        "keywords": ["constancia", code],
        "watermark": wording.SAMPLE if is_sample else None,
        "note": wording.SAMPLE_NOTE if is_sample else design["note"],
        "opening": opening,
        "name": name,
        "document": wording.document_line(bearer.document_type, bearer.document_number),
        "body": body,
        "second": _told(design, values, opening, body),
        "pictures": {place: _path(design.get("files", {}).get(place)) for place in _PLACES},
        "signatories": [
            {**one, "picture": _path(one.get("picture")), "alt": f"Imagen de la firma de {one['name']}"}
            for one in design["signatories"]
        ],
        "stamp": wording.stamp(bearer.signed_by) if design.get("shows_signature") else "",
        "place_and_date": _place_and_date(design["place"], bearer.issued_at, design["timezone"]),
        "verify_url": address,
        "verify_address": where.netloc + where.path,
        "code": code,
        "qr": _qr(address),
        "qr_alt": f"Código QR de la dirección {address}",
        **({"credential": bearer.credential} if bearer.credential else {}),
    }
    source = design.get("files", {}).get("source")
    return content | {"source": source, "named": _named(content, values)} if source else content


def _named(content: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """Return every datum that a source of a body's own may name: see sandbox.FIELDS."""
    return {
        **values,
        "nombre": content["name"],
        "documento": content["document"],
        "titulo": content["title"],
        "antes": content["opening"],
        "texto": "".join(text for text, _bold in content["body"]),
        "lugar_y_fecha": content["place_and_date"],
        "codigo": content["code"],
        "verificar": content["verify_address"],
        "aviso": content["note"],
        "nota": content["note"],  # what the line below the text was called before
        "firma": content["stamp"],
        "anio": content["year_name"],
    }


def _signatories(people: People) -> list[dict[str, str | None]]:
    return [
        {"name": printable(one["name"]), "position": printable(one["position"]), "picture": picture}
        for one, picture in people
    ]


def _second(look: Look) -> dict[str, str]:
    """Return the words in a native language as they were written: empty where nobody wrote any."""
    return {
        "language": look.language,
        **{part: printable(look.second.get(part, "")) for part in ("title", "opening", "wording")},
    }


def _told(
    design: Mapping[str, Any], values: Mapping[str, str], opening: str, body: list[wording.Part]
) -> dict[str, Any]:
    """Return the same for one person, Spanish standing in for what is lacking; each with whether it is translated."""
    second = design.get("second", {})
    title, words = second.get("title"), second.get("wording")
    return {
        "language": second.get("language", "qu"),
        "mark": SPANISH_MARK,
        "title": (title or design["title"], bool(title)),
        "opening": (_plain(second.get("opening", ""), values) or opening, bool(second.get("opening"))),
        "body": (wording.merged(words, values) if words else body, bool(words)),
    }


def _plain(text: str, values: Mapping[str, str]) -> str:
    return "".join(part for part, _bold in wording.merged(text, values))


def _path(name: str | None) -> str | None:
    return f"/pictures/{name}" if name else None


def _with_letters(text: str, *, field: str) -> str:
    """Return a text that can be set in its place. Raises Unprintable for one without letters or heaped with marks."""
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) == "Mn" else 0
        if run > _MOST_MARKS:
            raise Unprintable(text, field)
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
    """Return a logo as an SVG picture of its own shape: one that cannot be read leaves its place empty."""
    if not data or kind not in _LOGO_KINDS:
        return None
    found = logos.picture(data)
    width, height = (found.width, found.height) if found else (440, 160)
    source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return _picture(width, height, f'<image width="{width}" height="{height}" href="{source}"/>')
