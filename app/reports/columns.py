"""The columns that an export may have, and how their cells are made from what was read.

A batch is handled column by column, not cell by cell: most columns are written as they were read, which makes an
export twice as fast.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import codes
from app.events.models import Event
from app.localisation import day
from app.registration import labels
from app.registration.models import FieldKind, FieldVersion, RegistrationStatus
from app.registration.rules.answers import words
from app.registration.ubigeo import by_code


@dataclass(slots=True)
class Extras:
    """What stands outside a registration's own row, by its id."""

    minutes: dict[int, dict[int, int]] = field(default_factory=dict)  # by registration and day
    attended: dict[int, int] = field(default_factory=dict)
    certificates: dict[int, str] = field(default_factory=dict)
    answers: dict[int, dict[int, Any]] = field(default_factory=dict)  # by field and registration


Table = Mapping[str, Sequence[Any]]  # what was read of a batch of registrations, by the name of the column
Cells = Callable[[Table, Extras], Sequence[Any]]


@dataclass(frozen=True)
class Column:
    """A column: its name in the request, its heading, and its cells from what was read of a batch.

    `reads` names what it needs of the registrations besides their ids; `is_typed` says that people typed it.
    """

    key: str
    heading: Any
    cells: Cells
    reads: str = ""
    is_typed: bool = False
    needs_attendance: bool = False
    needs_certificates: bool = False
    field_id: int | None = None  # of the question whose answers it holds


def _typed(key: str, heading: Any) -> Column:
    return Column(key, heading, lambda table, _extras: table[key], reads=key, is_typed=True)


def _grouped_codes(table: Table, _extras: Extras) -> list[str]:
    return [codes.grouped(code) for code in table["code"]]


def _place(part: str) -> Cells:
    def cells(table: Table, _extras: Extras) -> list[str]:
        known = {code: by_code(code) for code in set(table["ubigeo"])}
        names = {code: getattr(district, part) if district else "" for code, district in known.items()}
        return [names[code] for code in table["ubigeo"]]

    return cells


def _words(name: str, words: dict[str, str]) -> Cells:
    return lambda table, _extras: [words[value] for value in table[name]]


def _local_time(event: Event) -> Cells:
    zone = ZoneInfo(event.timezone)

    def written(moment: datetime) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    return lambda table, _extras: [written(moment) for moment in table["created_at"]]


def _attended(table: Table, extras: Extras) -> list[int]:
    return [extras.attended.get(number, 0) for number in table["id"]]


def _percent(programme: int) -> Cells:
    if not programme:
        return lambda table, _extras: [0] * len(table["id"])
    return lambda table, extras: [100 * minutes // programme for minutes in _attended(table, extras)]


def _day_minutes(day_id: int) -> Cells:
    return lambda table, extras: [extras.minutes.get(number, {}).get(day_id, 0) for number in table["id"]]


def _answers(question: FieldVersion, *, with_form: bool) -> Column:
    """Return the column of a question: numbers as numbers, everything else as words."""
    language, number = str(get_locale()), question.field_id
    heading = words(question.label, language)
    if with_form:
        heading = f"{words(question.field.form.title, language)}: {heading}"
    if question.field.removed_at is not None:
        heading = _("%(question)s (no longer asked)", question=heading)

    def cells(table: Table, extras: Extras) -> list[Any]:
        known = extras.answers.get(number, {})
        return [known.get(person, "") for person in table["id"]]

    is_typed = question.kind != FieldKind.NUMBER
    return Column(f"field-{number}", heading, cells, is_typed=is_typed, field_id=number)


def available(event: Event, *, programme: int, questions: Sequence[FieldVersion] = ()) -> dict[str, Column]:
    """Return every column that an event's export may have, by key, in their usual order.

    `programme` is the length of what counts for attendance, in minutes; `questions` are those of the event's forms,
    each a column. Headings are in the present language.
    """
    forms = {question.field.form_id for question in questions}
    statuses = {status.value: labels.status(status)[1] for status in RegistrationStatus}
    kinds = {"dni": "DNI", "ce": "CE", "passport": _("Passport"), "none": ""}
    columns = [
        Column("code", _l("Code"), _grouped_codes, reads="code"),
        Column("status", _l("Status"), _words("status", statuses), reads="status"),
        Column("document_type", _l("Document"), _words("document_type", kinds), reads="document_type"),
        _typed("document_number", _l("Document number")),
        _typed("first_surname", _l("First surname")),
        _typed("second_surname", _l("Second surname")),
        _typed("given_names", _l("Given names")),
        _typed("email", _l("E-mail")),
        _typed("phone", _l("Mobile phone")),
        _typed("entity", _l("Institution or community")),
        _typed("position", _l("Post or role")),
        Column("ubigeo", _l("UBIGEO (INEI)"), lambda table, _extras: table["ubigeo"], reads="ubigeo"),
        Column("department", _l("Department"), _place("department"), reads="ubigeo"),
        Column("province", _l("Province"), _place("province"), reads="ubigeo"),
        Column("district", _l("District"), _place("name"), reads="ubigeo"),
        *(_answers(question, with_form=len(forms) > 1) for question in questions),
        Column("created_at", _l("Registered on"), _local_time(event), reads="created_at"),
        *(
            Column(
                f"day-{one.id}",
                _("Minutes on %(day)s", day=day(one.date)),
                _day_minutes(one.id),
                needs_attendance=True,
            )
            for one in event.days
        ),
        Column(
            "minutes",
            _l("Minutes attended"),
            _attended,
            needs_attendance=True,
        ),
        Column("percent", _l("Attendance in per cent"), _percent(programme), needs_attendance=True),
        Column(
            "certificate",
            _l("Certificate"),
            lambda table, extras: [extras.certificates.get(number, "") for number in table["id"]],
            needs_certificates=True,
        ),
    ]
    return {column.key: column for column in columns}


USUAL = (
    "code",
    "status",
    "document_type",
    "document_number",
    "first_surname",
    "second_surname",
    "given_names",
    "email",
    "phone",
    "entity",
    "position",
    "district",
)
