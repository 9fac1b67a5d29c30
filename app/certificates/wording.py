"""The words of a certificate. It is a Spanish document, whatever language its reader chose for the pages."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from app.certificates.errors import StrayBrace, UnknownMergeField
from app.certificates.models import CertificateKind, CertificateRole
from app.events.models import HourUnit, Modality
from app.registration.models import DocumentType

Part = tuple[str, bool]  # a stretch of text, and whether it is set in bold

TITLE = "Constancia de participación"
OPENING = "Se deja constancia de que"
WORDING = (
    "participó en calidad de {rol} en el evento «{evento}», realizado {fechas}, en modalidad {modalidad}, "
    "con una duración de {horas}."
)
_HELD = "realizado {fechas}, en modalidad {modalidad}, con una duración de {horas}"
_PASSED = "con nota final de {calificacion} y asistencia de {asistencia}"
TITLES = {
    CertificateKind.PARTICIPATION: TITLE,
    CertificateKind.APPROVAL: "Certificado de aprobación",
    CertificateKind.DAY: TITLE,
    CertificateKind.SUBJECT: "Constancia de materia",
    CertificateKind.FINAL: "Certificado",
}
WORDINGS = {
    CertificateKind.PARTICIPATION: WORDING,
    CertificateKind.APPROVAL: f"aprobó el curso «{{evento}}», {_HELD}, {_PASSED}.",
    CertificateKind.DAY: (
        "participó en calidad de {rol} en «{detalle}», parte del evento «{evento}», "
        "que se realizó {fechas}, en modalidad {modalidad}, con una duración de {horas}."
    ),
    CertificateKind.SUBJECT: (
        "culminó la materia «{detalle}» del programa «{evento}», que se dictó {fechas}, en modalidad {modalidad}, "
        f"con una duración de {{horas}}, {_PASSED}."
    ),
    CertificateKind.FINAL: f"aprobó el programa «{{evento}}», {_HELD}, {_PASSED}.",
}
NO_APPROVAL = frozenset({CertificateKind.PARTICIPATION, CertificateKind.DAY})  # these bear the note
PLACE = "Lima"
NOTE = "No acredita aprobación."
VERIFY_LABEL = "Verifique en"
SAMPLE = "MUESTRA"
SAMPLE_NOTE = "Muestra sin valor."
FILE_NAME = "Constancia"

MERGE_FIELDS = (
    "rol",
    "evento",
    "fechas",
    "modalidad",
    "horas",
    "asistencia",
    "calificacion",
    "detalle",
    "entidad",
    "organo",
)
FORMER_FIELDS = frozenset(
    {"nota"}
)  # of the grade, in words that were written before it was called calificacion
_BOLD = frozenset({"rol", "evento", "detalle", "horas", "calificacion"}) | FORMER_FIELDS
_FIELD = re.compile(r"\{([^{}]*)\}")

ROLES = {
    CertificateRole.ATTENDEE: "asistente",
    CertificateRole.SPEAKER: "ponente",
    CertificateRole.MODERATOR: "moderador",
    CertificateRole.ORGANISER: "organizador",
}
MODALITIES = {
    Modality.VIRTUAL: "virtual",
    Modality.IN_PERSON: "presencial",
    Modality.HYBRID: "semipresencial",
}
_DOCUMENTS = {
    DocumentType.DNI: "DNI",
    DocumentType.CE: "Carné de extranjería",
    DocumentType.PASSPORT: "Pasaporte",
}

# fmt: off
_UNDER_THIRTY = [
    "cero", "una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuna",
    "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
    "veintinueve",
]
_TENS = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_HUNDREDS = [
    "", "ciento", "doscientas", "trescientas", "cuatrocientas", "quinientas", "seiscientas", "setecientas",
    "ochocientas", "novecientas",
]
# fmt: on


def feminine_number(number: int) -> str:
    """Return a whole number from 0 to 999 in Spanish words that count something feminine: "veintiuna"."""
    if not 0 <= number <= 999:
        raise ValueError(f"cannot say {number} hours")
    if number < 30:
        return _UNDER_THIRTY[number]
    if number < 100:
        tens, units = divmod(number, 10)
        return f"{_TENS[tens]} y {_UNDER_THIRTY[units]}" if units else _TENS[tens]
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    return f"{_HUNDREDS[hundreds]} {feminine_number(rest)}" if rest else _HUNDREDS[hundreds]


def figures(hours: Decimal) -> str:
    """Return hours in figures, as short as they go: "6", "100", "1.5"."""
    return f"{hours.normalize():f}"


def hours_in_words(hours: Decimal, unit: HourUnit) -> str:
    """Return hours, whole or half, as documents state them: "seis (6) horas cronológicas".

    Raises ValueError for what is neither whole nor half, not above zero, or a thousand and more.
    """
    whole, rest = divmod(hours, 1)
    if hours <= 0 or rest not in {Decimal(0), Decimal("0.5")}:
        raise ValueError(f"cannot say {hours} hours")
    words = feminine_number(int(whole)) if whole else ""
    if rest:
        words = f"{words} y media" if words else "media"
    plural = "s" if hours > 1 else ""
    kind = "académica" if unit == HourUnit.ACADEMIC else "cronológica"
    return f"{words} ({figures(hours)}) hora{plural} {kind}{plural}"


def grade_in_words(grade: Decimal) -> str:
    """Return a grade from 0 to 20 as documents state it: "dieciséis (16)", "quince con 50/100 (15.50)".

    Raises ValueError for any other number.
    """
    whole, rest = divmod(grade, 1)
    if not 0 <= grade <= 20:
        raise ValueError(f"cannot say the grade {grade}")
    words = "uno" if whole == 1 else _UNDER_THIRTY[int(whole)]
    cents = int(rest * 100)
    return f"{words} con {cents:02d}/100 ({grade:.2f})" if cents else f"{words} ({whole:.0f})"


def day_in_words(day: date) -> str:
    """Return "31 de mayo de 2024"."""
    return _format(day, "d 'de' MMMM 'de' y")


def dates_in_words(first: date, last: date) -> str:
    """Return an event's dates with their preposition: "del 28 al 30 de mayo de 2024"."""
    if first == last:
        return f"el {day_in_words(first)}"
    if first.year != last.year:
        start = day_in_words(first)
    elif first.month != last.month:
        start = _format(first, "d 'de' MMMM")
    else:
        start = str(first.day)
    return f"del {start} al {day_in_words(last)}"


def _format(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale="es_PE")


def document_line(document_type: DocumentType, number: str) -> str:
    """Return "DNI N.° 00000001", or an empty text where a person gave no document."""
    name = _DOCUMENTS.get(document_type)
    return f"{name} N.° {number}" if name and number else ""


def stamp(subject: str) -> str:
    """Return the line that says who signed the file; never "digitalmente", which the law keeps for IOFE's keys."""
    return f"Firmado electrónicamente por {subject}" if subject else ""


def check_fields(text: str) -> None:
    """Check the merge fields of a text. Raises UnknownMergeField, which names the field, or StrayBrace."""
    for name in _FIELD.findall(text):
        if name not in (*MERGE_FIELDS, *FORMER_FIELDS):
            raise UnknownMergeField(name)
    if set("{}") & set(_FIELD.sub("", text)):
        raise StrayBrace


def merged(text: str, values: Mapping[str, str]) -> list[Part]:
    """Return a text with its merge fields filled, cut into stretches of plain and bold."""
    return [part for part in _parts(text, values) if part[0]]


def _parts(text: str, values: Mapping[str, str]) -> Iterator[Part]:
    position = 0
    for match in _FIELD.finditer(text):
        yield text[position : match.start()], False
        yield values[match[1]], match[1] in _BOLD
        position = match.end()
    yield text[position:], False
