"""What decides about groups: until when a coordinator's link works, and lines pasted from a spreadsheet."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.events.models import Event, EventStatus
from app.events.rules import RegistrationWindow, registration_window
from app.registration.models import DocumentType
from app.registration.rules.people import is_document, normalise_document
from app.text import folded

MOST_ROWS = 200  # people registered in one go
# The order in which columns are taken where the first line names none.
COLUMNS = ("document_number", "given_names", "first_surname", "second_surname", "phone", "email")
# What the columns of lists are called, folded; the first that fits is taken.
_HEADINGS: dict[str, re.Pattern[str]] = {
    "document_number": re.compile(r"(n\W*|numero (de )?)?(dni|documento|doc)\b.*"),
    "second_surname": re.compile(r".*(materno|segundo apellido|second surname).*"),
    "first_surname": re.compile(r".*(paterno|primer apellido|apellido|surname).*"),
    "given_names": re.compile(r".*(nombre|given name|first name).*"),
    "phone": re.compile(r".*(celular|telefono|movil|phone).*"),
    "email": re.compile(r".*(correo|e-?mail).*"),
}


def has_begun(event: Event, *, at: datetime) -> bool:
    """Return whether the first day of an event has come, in its own zone."""
    return event.starts_on is not None and at.astimezone(ZoneInfo(event.timezone)).date() >= event.starts_on


def link_works(event: Event, *, at: datetime) -> bool:
    """Return whether a coordinator's link still opens: while registration is open, and until the event begins, so
    that slips can be printed once the list is closed.
    """
    if registration_window(event, at=at) == RegistrationWindow.OPEN:
        return True
    return event.status == EventStatus.PUBLISHED and not has_begun(event, at=at)


def repeated(identities: Iterable[str]) -> dict[int, int]:
    """Return of each later one of equal identities where the first stands: {index: index of the first}."""
    first: dict[str, int] = {}
    found = {}
    for index, identity in enumerate(identities):
        if (place := first.setdefault(identity, index)) != index:
            found[index] = place
    return found


def pasted(text: str) -> list[dict[str, str]]:
    """Return the people of lines that were copied from a spreadsheet, at most MOST_ROWS of them.

    Columns are parted by tabs, or else by semicolons or commas. A first line that names columns says their order;
    without one they are taken as in COLUMNS.
    """
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if not lines:
        return []
    delimiter = next((sign for sign in "\t;," if sign in lines[0]), "\t")
    cells = [[cell.strip(' "') for cell in line.split(delimiter)] for line in lines]
    names = _headings(cells[0])
    columns = names or dict(enumerate(COLUMNS))
    return [_person(row, columns) for row in (cells[1:] if names else cells)][:MOST_ROWS]


def _headings(row: list[str]) -> dict[int, str]:
    """Return what the columns hold by their headings, or nothing where these are not headings."""
    found: dict[int, str] = {}
    for index, cell in enumerate(row):
        heading = folded(cell)
        name = next((name for name, words in _HEADINGS.items() if words.fullmatch(heading)), None)
        if name is not None and name not in found.values():
            found[index] = name
    return found if len(found) > 1 else {}


def _person(row: list[str], columns: Mapping[int, str]) -> dict[str, str]:
    person = dict.fromkeys(COLUMNS, "")
    for index, name in columns.items():
        if index < len(row):
            person[name] = row[index]
    person["document_type"] = str(kind_of(person["document_number"]))
    return person


def kind_of(number: str) -> DocumentType:
    """Return which document a number most probably is of; a spreadsheet may have eaten a DNI's zeros."""
    if not number.strip():
        return DocumentType.NONE
    kinds = (DocumentType.DNI, DocumentType.CE, DocumentType.PASSPORT)
    fitting = (kind for kind in kinds if is_document(kind, normalise_document(kind, number)))
    return next(fitting, DocumentType.DNI)
