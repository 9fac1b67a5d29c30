"""A row as a person: which column holds what, how names are parted, and what cannot be taken."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.registration import rules, ubigeo
from app.registration.models import DocumentType
from app.registration.rules import folded
from app.text import is_email, tidy

SURNAMES_FIRST, GIVEN_FIRST = "surnames_first", "given_first"
# What a column may hold, and how long at most.
LIMITS = {
    "document_type": 40,
    "document_number": 40,
    "full_name": 360,
    "given_names": 120,
    "surnames": 240,
    "first_surname": 120,
    "second_surname": 120,
    "email": 254,
    "phone": 30,
    "entity": 200,
    "position": 160,
    "ubigeo": 120,
    "province": 80,
    "department": 80,
}
TARGETS = {
    "document_type": _l("Kind of document"),
    "document_number": _l("Document number"),
    "full_name": _l("Full name, in one column"),
    "given_names": _l("Given names"),
    "surnames": _l("Both surnames, in one column"),
    "first_surname": _l("First surname"),
    "second_surname": _l("Second surname"),
    "email": _l("E-mail"),
    "phone": _l("Mobile phone"),
    "entity": _l("Institution or community"),
    "position": _l("Post or role"),
    "ubigeo": _l("District or UBIGEO"),
    "province": _l("Province, where districts have one name"),
    "department": _l("Department, where districts have one name"),
}
# What headings are called in practice, folded and without signs.
_CALLED = {
    "document_type": "tipo de documento|tipo documento|tipo doc|tipo de doc|tipo|td|document type|kind of document",
    "document_number": "dni|n dni|no dni|nro dni|numero de dni|documento|numero de documento|nro de documento|"
    "n de documento|nro documento|num documento|n documento|nro doc|doc|documento de identidad|dni ce|dni o ce|"
    "document|document number|id|identity document|carne|pasaporte",
    "full_name": "nombre completo|nombres y apellidos|apellidos y nombres|nombre y apellido|apellido y nombre|"
    "nombre y apellidos|nombres apellidos|apellidos nombres|participante|full name|name|complete name|attendee",
    "given_names": "nombres|nombre|prenombres|given names|given name|first name|first names|forename",
    "surnames": "apellidos|apellido|surnames|surname|last name|last names|family name",
    "first_surname": "apellido paterno|paterno|primer apellido|ap paterno|first surname|a paterno",
    "second_surname": "apellido materno|materno|segundo apellido|ap materno|second surname|a materno",
    "email": "correo|correo electronico|e mail|email|mail|correo institucional|correo personal|e mail address|"
    "email address|direccion de correo electronico",
    "phone": "telefono|celular|movil|telefono celular|telefono movil|n celular|nro celular|numero de celular|fono|"
    "whatsapp|phone|mobile|mobile phone|cell|telephone",
    "entity": "entidad|institucion|comunidad|municipalidad|organizacion|empresa|entidad o institucion|"
    "institucion o comunidad|entidad publica|dependencia|entity|institution|organisation|organization|community|"
    "company",
    "position": "cargo|puesto|funcion|rol|ocupacion|position|post|role|job title|title",
    "ubigeo": "ubigeo|distrito|codigo de ubigeo|district|ubigeo inei",
    "province": "provincia|province",
    "department": "departamento|region|department",
}
_BY_HEADING = {called: target for target, words in _CALLED.items() for called in words.split("|")}
_KINDS = {
    "dni": DocumentType.DNI,
    "documento nacional de identidad": DocumentType.DNI,
    "le": DocumentType.DNI,
    "1": DocumentType.DNI,
    "ce": DocumentType.CE,
    "carne de extranjeria": DocumentType.CE,
    "carnet de extranjeria": DocumentType.CE,
    "foreigner s card": DocumentType.CE,
    "4": DocumentType.CE,
    "pasaporte": DocumentType.PASSPORT,
    "pas": DocumentType.PASSPORT,
    "passport": DocumentType.PASSPORT,
    "7": DocumentType.PASSPORT,
    "ninguno": DocumentType.NONE,
    "sin documento": DocumentType.NONE,
    "no tiene": DocumentType.NONE,
    "none": DocumentType.NONE,
    "0": DocumentType.NONE,
}
_SIGNS = re.compile(r"[^\w]+")
_PHONE = re.compile(r"\+?[0-9()\-. ]{6,24}")
# What is sound at a glance, of names that lead outside; all else is looked at closely, which takes ten times as long.
_PLAIN_EMAIL = re.compile(r"[a-z0-9_]+([.\-][a-z0-9_]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+(pe|com|org|net|edu)")
_BIDI = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
# Words that belong to the surname which follows them: de la Cruz, del Águila, van der Berg.
_PARTICLES = frozenset(
    (
        "de",
        "del",
        "la",
        "las",
        "los",
        "da",
        "das",
        "do",
        "dos",
        "di",
        "van",
        "von",
        "der",
        "den",
        "san",
        "santa",
        "y",
    )
)
_FORMULA = frozenset("=+-@")
_NAMES = ("given_names", "first_surname", "second_surname")
Problem = tuple[str, str]  # the target ("" for the row), and what is wrong


@dataclass
class PersonRow:
    """What a row tells of a person: facts by the names of `services.Person`, what is wrong, what was
    mended, and answers to the fields of a form by their keys."""

    facts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)


def guess(heading: str) -> str:
    """Return what a column most likely holds by its heading, in Spanish or English; "" for none."""
    words = _SIGNS.sub(" ", folded(heading).replace("°", " ").replace("º", " ")).strip()
    return _BY_HEADING.get(words, "")


def guesses(headings: Sequence[str]) -> dict[int, str]:
    """Return the likely target of each column; the first of several that seem to hold the same has it."""
    found: dict[int, str] = {}
    for place, heading in enumerate(headings):
        if (target := guess(heading)) and target not in found.values():
            found[place] = target
    return found


def names_in(cells: Mapping[str, str]) -> dict[str, str]:
    """Return given names and surnames of a row's cells by target, whichever way its columns part them."""
    given, first, second = part_name(cells.get("full_name", ""), order=SURNAMES_FIRST)
    if surnames := cells.get("surnames"):
        first, second = part_surnames(surnames)
    return {
        "given_names": cells.get("given_names") or given,
        "first_surname": cells.get("first_surname") or first,
        "second_surname": cells.get("second_surname") or second,
    }


def part_surnames(text: str) -> tuple[str, str]:
    """Part two surnames: the first, with its particles, and the rest ("de la Cruz Mamani")."""
    groups = _groups(text)
    return (groups[0], " ".join(groups[1:])) if groups else ("", "")


def part_name(text: str, *, order: str) -> tuple[str, str, str]:
    """Part a full name into given names, first and second surname.

    A comma parts surnames from given names: "Quispe Mamani, Rosa". Without one `order` says what comes first; two
    surnames are taken where there are three words or more. Parts that cannot be told are empty.
    """
    before, comma, after = text.partition(",")
    if comma:
        return (after.strip(), *part_surnames(before))
    groups = _groups(text)
    if len(groups) < 2:
        return text.strip(), "", ""
    number = 2 if len(groups) > 2 else 1
    if order == GIVEN_FIRST:
        given, surnames = groups[:-number], groups[-number:]
    else:
        surnames, given = groups[:number], groups[number:]
    return " ".join(given), surnames[0], " ".join(surnames[1:])


def _groups(text: str) -> list[str]:
    groups: list[str] = []
    waiting: list[str] = []
    for word in text.split():
        waiting.append(word)
        if folded(word) not in _PARTICLES:
            groups.append(" ".join(waiting))
            waiting = []
    if waiting:
        groups.append(" ".join(waiting))
    return groups


def read_person(cells: Mapping[str, str], *, numeric: frozenset[str] = frozenset(), order: str) -> PersonRow:
    """Read a person from the texts of a row by target; `numeric` names those that were numbers in the file.

    What is empty is left out of the facts, but for the three that every person has.
    """
    row = PersonRow()
    clean = {target: _clean(row, target, text) for target, text in cells.items()}
    _read_names(row, clean, order)
    _read_document(row, clean, numeric)
    _read_email(row, clean.get("email", ""))
    if phone := clean.get("phone", ""):
        if not _PHONE.fullmatch(phone):
            row.problems.append(("phone", _("Write the number with digits only, for example 987 654 321.")))
        row.facts["phone"] = phone
    for target in ("entity", "position"):
        if clean.get(target):
            row.facts[target] = clean[target]
    _read_place(row, clean)
    return row


def _clean(row: PersonRow, target: str, text: str) -> str:
    if text[:1] == "'" and text[1:2] in _FORMULA:
        text = text[1:]  # as our own files of rejected rows keep what begins like a formula
    if not (text.isascii() and text.isprintable()):
        if any(char == "\0" or unicodedata.bidirectional(char) in _BIDI for char in text):
            row.problems.append(
                (target, _("This holds invisible control characters. Type it again by hand."))
            )
        text = tidy(text)
    else:
        text = " ".join(text.split())
    if len(text) > (limit := LIMITS[target]):
        row.problems.append((target, _("Write at most %(max)d characters.", max=limit)))
    return text[:limit]


def _read_names(row: PersonRow, clean: Mapping[str, str], order: str) -> None:
    names = dict(zip(_NAMES, part_name(clean.get("full_name", ""), order=order), strict=True))
    if surnames := clean.get("surnames", ""):
        names["first_surname"], names["second_surname"] = part_surnames(surnames)
    names |= {key: clean[key] for key in _NAMES if clean.get(key)}
    for key in _NAMES:
        where = next((one for one in (key, "surnames", "full_name") if clean.get(one)), "")
        where = where or next((one for one in (key, "surnames", "full_name") if one in clean), "")
        if len(names[key]) > LIMITS[key]:
            row.problems.append((where, _("Write at most %(max)d characters.", max=LIMITS[key])))
        elif names[key] and not rules.is_name(names[key]):
            row.problems.append(
                (where, _("Write the name with letters; spaces, hyphens, dots and apostrophes are fine."))
            )
        elif not names[key] and key == "given_names":
            row.problems.append((where, _("The given names are missing.")))
        elif not names[key] and key == "first_surname":
            row.problems.append((where, _("The first surname is missing.")))
    row.facts |= {key: name[:120] for key, name in names.items() if name or key != "second_surname"}


def _read_document(row: PersonRow, clean: Mapping[str, str], numeric: frozenset[str]) -> None:
    number = clean.get("document_number", "")
    kind = _kind(clean.get("document_type", ""), number, is_number="document_number" in numeric)
    if kind is None:
        row.problems.append(("document_type", _("Write the kind of document: DNI, CE, passport or none.")))
        return
    number = rules.normalise_document(kind, number)
    if kind == DocumentType.DNI and "document_number" in numeric and 4 <= len(number) < 8:
        number = number.zfill(8)
        row.notes.append(
            ("document_number", _("The file had lost the zeros before it: %(number)s.", number=number))
        )
    if kind != DocumentType.NONE and not number:
        row.problems.append(("document_number", _("Write the number of the document.")))
    elif not rules.is_document(kind, number):
        row.problems.append(("document_number", str(_DOCUMENT_PROBLEMS[kind])))
    row.facts |= {"document_type": str(kind), "document_number": number[:20]}


def _kind(text: str, number: str, *, is_number: bool) -> DocumentType | None:
    if text:
        return _KINDS.get(_SIGNS.sub(" ", folded(text).replace(".", "")).strip())
    digits = rules.normalise_document(DocumentType.DNI, number)
    if not digits:
        return DocumentType.NONE
    return DocumentType.CE if len(digits) == 9 and digits.isdecimal() else DocumentType.DNI


def _read_email(row: PersonRow, typed: str) -> None:
    if not typed:
        return
    email = typed.lower().removeprefix("mailto:")
    if not (_PLAIN_EMAIL.fullmatch(email) or is_email(email)):
        row.problems.append(("email", _("Write an e-mail address such as nombre@entidad.gob.pe.")))
    row.facts["email"] = email


def _read_place(row: PersonRow, clean: Mapping[str, str]) -> None:
    district = clean.get("ubigeo", "")
    if not district:
        return
    if district.isdecimal() and len(district) == 5:
        district = f"0{district}"
    codes = _districts(district, clean.get("province", ""), clean.get("department", ""))
    if not codes:
        row.problems.append(("ubigeo", _("We do not know this district. Write its name, or leave it empty.")))
    elif len(codes) > 1:
        row.problems.append(
            (
                "ubigeo",
                _(
                    "Several districts have this name. Write district, province and department, or the UBIGEO."
                ),
            )
        )
    else:
        row.facts["ubigeo"] = codes[0]


@lru_cache(maxsize=4096)
def _districts(district: str, province: str, department: str) -> tuple[str, ...]:
    found = ubigeo.find(district)
    if len(found) > 1:
        narrowed = [
            one
            for one in found
            if folded(province) in {"", folded(one.province)}
            and folded(department) in {"", folded(one.department)}
        ]
        found = narrowed or found
    return tuple(one.code for one in found)


_DOCUMENT_PROBLEMS: dict[DocumentType, Any] = {
    DocumentType.DNI: _l("A DNI has 8 digits, zeros included."),
    DocumentType.CE: _l("A foreigner's card has 9 to 12 digits or letters."),
    DocumentType.PASSPORT: _l("A passport has 5 to 15 letters and digits."),
    DocumentType.NONE: _l("Leave the number empty where there is no document."),
}
