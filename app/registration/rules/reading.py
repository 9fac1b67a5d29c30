"""What is typed into a field, read as the value that is kept: one function per kind of field."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from stdnum.pe import ruc

from app.registration import ubigeo
from app.registration.errors import BadAnswer
from app.registration.models import DocumentType, FieldKind, FieldVersion
from app.registration.rules.people import is_document, is_phone, normalise_document
from app.text import folded, is_disguised, is_email, tidy, tidy_lines

LONGEST = {FieldKind.SHORT_TEXT: 200, FieldKind.LONG_TEXT: 4000}  # characters, where the field says no less
_ANY = 254  # characters of an answer of any other kind
_YES, _NO = {"y", "yes", "si", "s", "true", "1", "x", "on"}, {"n", "no", "false", "0"}
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,6})?")
_GROUPED_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3}){1,4}(\.[0-9]{1,6})?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_DOCUMENT = re.compile(r"(dni|ce|passport|pasaporte)[\s.:\-]+(.+)", re.IGNORECASE)


def parse(version: FieldVersion, raw: Any) -> Any:
    """Return the value that was typed (or that a cell of a sheet holds), None for nothing. Raises BadAnswer.

    A list is taken for some_of (keys) and document (kind and number). Whether an answer is needed is not asked here.
    """
    kind = FieldKind(version.kind)
    if kind == FieldKind.SECTION:
        return None
    if isinstance(raw, (list, tuple)) and kind == FieldKind.SOME_OF:
        return _some_of(version, [_text(one) for one in raw])
    text = _pair(raw) if isinstance(raw, (list, tuple)) else _text(raw)
    if is_disguised(text):
        raise BadAnswer(_l("This holds invisible control characters. Type it again by hand."))
    text = tidy_lines(text) if kind == FieldKind.LONG_TEXT else tidy(text)
    if kind == FieldKind.CONSENT:
        return folded(text) in _YES
    if not text:
        return None
    limit = min(int(version.settings.get("max") or 10**6), LONGEST[kind]) if kind in LONGEST else _ANY
    if len(text) > limit and kind != FieldKind.SOME_OF:
        raise BadAnswer(_l("Write at most %(max)d characters.", max=limit))
    return _READERS[kind](version, text)


def _pair(raw: Sequence[Any]) -> str:
    """Return the kind and the number of a document as one text; nothing where there is no number."""
    *kind, number = [_text(one) for one in raw] or [""]
    return " ".join([*kind, number]) if number.strip() else ""


def _text(raw: Any) -> str:
    match raw:
        case None:
            return ""
        case bool():
            return "yes" if raw else "no"
        case float() if raw.is_integer():
            return str(int(raw))
        case datetime():
            return raw.date().isoformat()
        case date():
            return raw.isoformat()
    return str(raw)


def _words(version: FieldVersion, text: str) -> str:
    least = int(version.settings.get("min") or 0)
    if len(text) < least:
        raise BadAnswer(_l("Write at least %(min)d characters.", min=least))
    return text


def _number(version: FieldVersion, text: str) -> float:
    compact = text.replace(" ", "")
    if _GROUPED_NUMBER.fullmatch(compact):
        compact = compact.replace(",", "")
    elif not _PLAIN_NUMBER.fullmatch(compact):
        raise BadAnswer(_l("Write a number."))
    value = float(compact.replace(",", "."))
    _within(version, value, _show_number)
    return int(value) if value.is_integer() else value


def _show_number(limit: float) -> str:
    return f"{limit:.6f}".rstrip("0").rstrip(".")


def _date(version: FieldVersion, text: str) -> str:
    value = read_date(text)
    if value is None or not 1900 <= value.year < 2100:
        raise BadAnswer(_l("Choose a date of the calendar."))
    _within(version, value, _show_date)
    return value.isoformat()


def read_date(text: str) -> date | None:
    """Return a date typed as 2026-05-12 or 12/05/2026, or None."""
    day_first = _DAY_FIRST.fullmatch(text)
    try:
        if day_first:
            day, month, year = map(int, day_first.groups())
            return date(year, month, day)
        return date.fromisoformat(text) if text.isascii() and len(text) == 10 else None
    except ValueError:
        return None


def _show_date(value: date) -> str:
    return value.strftime("%d/%m/%Y")


def _within(version: FieldVersion, value: Any, show: Callable[[Any], str]) -> None:
    """Hold a number or a date against the least and the most of its field."""
    lowest, highest = (_limit(version, name) for name in ("min", "max"))
    if lowest is not None and value < lowest:
        raise BadAnswer(_l("This must be at least %(min)s.", min=show(lowest)))
    if highest is not None and value > highest:
        raise BadAnswer(_l("This must be at most %(max)s.", max=show(highest)))


def _limit(version: FieldVersion, name: str) -> Any:
    given = version.settings.get(name)
    if given in {None, ""}:
        return None
    return read_date(str(given)) if version.kind == FieldKind.DATE else float(given)


def _yes_no(_version: FieldVersion, text: str) -> bool:
    word = folded(text)
    if word not in _YES | _NO:
        raise BadAnswer(_l("Answer with yes or no."))
    return word in _YES


def _key_of(version: FieldVersion, text: str) -> str:
    """Return the key of a choice that is given by its key or its label in any language."""
    wanted = folded(text)
    for choice in version.choices:
        if text == choice["key"]:
            return str(choice["key"])
    for choice in version.choices:
        if wanted in {folded(label) for label in choice["label"].values()}:
            return str(choice["key"])
    raise BadAnswer(_l("Choose one from the list."))


def _some_of(version: FieldVersion, texts: Sequence[str]) -> list[str] | None:
    """Return the keys of the choices, in the order of the field, each once; None where there is none."""
    chosen = {_key_of(version, tidy(text)) for text in texts if tidy(text)}
    most, least = version.settings.get("max"), version.settings.get("min")
    if chosen and least and len(chosen) < int(least):
        raise BadAnswer(_l("Choose at least %(min)d.", min=int(least)))
    if most and len(chosen) > int(most):
        raise BadAnswer(_l("Choose at most %(max)d.", max=int(most)))
    return [str(choice["key"]) for choice in version.choices if choice["key"] in chosen] or None


def _several_in_a_cell(version: FieldVersion, text: str) -> list[str] | None:
    try:
        return _some_of(version, text.split(";"))
    except BadAnswer:
        if ";" in text or "," not in text:
            raise
        return _some_of(version, text.split(","))


def _ubigeo(_version: FieldVersion, text: str) -> str:
    found = ubigeo.find(text)
    if not found:
        raise BadAnswer(_l("We do not know this district. Write its name, or leave it empty."))
    if len(found) > 1:
        raise BadAnswer(_l("There are several. Choose yours from the list below."))
    return found[0].code


def _document(_version: FieldVersion, text: str) -> str:
    """Return kind and number as one value: "dni 00000001". Eight digits alone are a DNI."""
    found = _DOCUMENT.fullmatch(text)
    word, number = (found[1].lower(), found[2]) if found else ("dni", text)
    kind = DocumentType.PASSPORT if word == "pasaporte" else DocumentType(word)
    number = normalise_document(kind, number)
    if not is_document(kind, number):
        raise BadAnswer(DOCUMENT_PROBLEMS[kind])
    return f"{kind} {number}"


def ruc_number(text: str) -> str:
    """Return a RUC as it is kept: 11 digits. Raises BadAnswer where the last one does not go with the others."""
    number = ruc.compact(text).replace("-", "").replace(".", "")
    if not (number.isascii() and ruc.is_valid(number)):
        raise BadAnswer(_l("A RUC has 11 digits; the last one does not go with the others. Check it."))
    return str(number)


def _email(_version: FieldVersion, text: str) -> str:
    if not is_email(text):
        raise BadAnswer(_l("Write an e-mail address such as nombre@entidad.gob.pe."))
    return text.lower()


def _phone(_version: FieldVersion, text: str) -> str:
    if not is_phone(text):
        raise BadAnswer(_l("Write the number with digits only, for example 987 654 321."))
    return text


def _file(_version: FieldVersion, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) > 0):
        raise BadAnswer(_l("Choose a PDF, JPEG or PNG file."))
    return int(text)


DOCUMENT_PROBLEMS = {
    DocumentType.DNI: _l("A DNI has 8 digits, zeros included."),
    DocumentType.CE: _l("A foreigner's card has 9 to 12 digits or letters."),
    DocumentType.PASSPORT: _l("A passport has 5 to 15 letters and digits."),
    DocumentType.NONE: "",
}
_READERS: dict[FieldKind, Callable[[FieldVersion, str], Any]] = {
    FieldKind.SHORT_TEXT: _words,
    FieldKind.LONG_TEXT: _words,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.YES_NO: _yes_no,
    FieldKind.ONE_OF: _key_of,
    FieldKind.SOME_OF: _several_in_a_cell,
    FieldKind.UBIGEO: _ubigeo,
    FieldKind.DOCUMENT: _document,
    FieldKind.RUC: lambda _version, text: ruc_number(text),
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
    FieldKind.FILE: _file,
}
