"""Signature sheets on A4 paper: a line for each person with room to sign, and a QR symbol that opens it again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import qr, typesetting
from app.attendance.labels import masked_document
from app.attendance.models import SignatureRow, SignatureSheet
from app.attendance.queries import PassHolder
from app.band import band_svg
from app.events.models import Event
from app.localisation import clock_time, zone_name
from app.localisation import day as format_day
from app.registration.models import Registration
from app.theme import brand

SPARE_LINES = 8  # for whoever is not on the list
_TEMPLATE = Path(__file__).parent / "signature_sheets.typ"


def pdf(event: Event, sheet: SignatureSheet, lines: Sequence[SignatureRow]) -> bytes:
    """Return a sheet as a PDF; the same sheet is the same list whenever it is printed."""
    address = url_for("attendance_office.sheet", slug=event.slug, sheet_id=sheet.id, _external=True)
    side, path = qr.svg_path(address)
    content = {
        "title": _("Signature sheet"),
        "organisation": event.organisation.name,
        "event": event.title,
        "scope": scope_title(event, sheet),
        "when": _when(event, sheet),
        "band": band_svg(event.slug, brand(event.organisation.accent)),
        "qr": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>',
        "qr_hint": _("To transcribe"),
        "columns": [_("No."), _("Surnames and names"), _("Document"), _("Institution"), _("Signature")],
        "sheet": _("Sheet %(number)s", number=sheet.id),
        "page": _("page {page} of {pages}"),
        "spare_title": _("Not on the list"),
        "spare": SPARE_LINES,
        "lines": [_line(one) for one in lines],
    }
    return typesetting.pdf(
        _TEMPLATE, json.dumps(content, ensure_ascii=False), standards=[], at=sheet.printed_at
    )


def scope_title(event: Event, sheet: SignatureSheet) -> str:
    """Return of what a sheet is: the session's title, or that of its day."""
    if sheet.session is not None:
        return sheet.session.title
    number = next((n for n, day in enumerate(event.days, 1) if day.id == sheet.day_id), 1)
    title = _("Day %(number)s", number=number)
    return f"{title}: {sheet.day.title}" if sheet.day is not None and sheet.day.title else title


def _when(event: Event, sheet: SignatureSheet) -> str:
    if sheet.session is None:
        return format_day(sheet.day.date, weekday=True) if sheet.day is not None else ""
    session = sheet.session
    start, end = (clock_time(moment, event.timezone) for moment in (session.starts_at, session.ends_at))
    parts = [
        format_day(session.day.date, weekday=True),
        f"{start} – {end} ({zone_name(event.timezone)})",
        session.room.name if session.room else "",
    ]
    return " · ".join(part for part in parts if part)


def _line(line: SignatureRow) -> dict[str, Any]:
    person = line.registration
    return {
        "number": line.number,
        "name": person.listed_name,
        "document": masked_document(_holder(person)),
        "entity": person.entity if len(person.entity) <= 60 else person.entity[:59].rstrip(" ,") + "…",
    }


def _holder(person: Registration) -> PassHolder:
    return PassHolder._make(getattr(person, name) for name in PassHolder._fields)
