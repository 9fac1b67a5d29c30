"""The columns that an export may have, and how each cell is made from what was read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import codes
from app.events.models import Event
from app.localisation import day
from app.registration.models import Registration
from app.registration.ubigeo import by_code


@dataclass(slots=True)
class Extras:
    """What stands outside a registration's own row, by its id."""

    minutes: dict[int, dict[int, int]] = field(default_factory=dict)  # by registration and day
    attended: dict[int, int] = field(default_factory=dict)
    certificates: dict[int, str] = field(default_factory=dict)


Cell = Callable[[Any, Extras], Any]


@dataclass(frozen=True)
class Column:
    """A column: its name in the request, its heading, and its cell from a row of plain columns."""

    key: str
    heading: Any
    cell: Cell
    needs_attendance: bool = False
    needs_certificates: bool = False


def _plain(key: str, heading: Any) -> Column:
    position = ROW.index(key)
    return Column(key, heading, lambda row, _extras: row[position])


# What is read of each registration, in this order.
ROW = (
    "id",
    "code",
    "status",
    "document_type",
    "document_number",
    "given_names",
    "first_surname",
    "second_surname",
    "email",
    "phone",
    "entity",
    "position",
    "ubigeo",
    "created_at",
)
_ID, _CODE, _STATUS, _KIND, _UBIGEO, _CREATED = (
    ROW.index(name) for name in ("id", "code", "status", "document_type", "ubigeo", "created_at")
)
SELECTED = [getattr(Registration, name) for name in ROW]


def _place(part: str) -> Cell:
    known: dict[str, str] = {"": ""}

    def cell(row: Any, _extras: Extras) -> str:
        code = row[_UBIGEO]
        if code not in known:
            district = by_code(code)
            known[code] = getattr(district, part) if district else ""
        return known[code]

    return cell


def _words(position: int, words: dict[str, str]) -> Cell:
    return lambda row, _extras: words[row[position]]


def _local_time(event: Event) -> Cell:
    zone = ZoneInfo(event.timezone)

    def cell(row: Any, _extras: Extras) -> str:
        moment: datetime = row[_CREATED]
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    return cell


def _percent(programme: int) -> Cell:
    def cell(row: Any, extras: Extras) -> int:
        return 100 * extras.attended.get(row[_ID], 0) // programme if programme else 0

    return cell


def _day_minutes(day_id: int) -> Cell:
    return lambda row, extras: extras.minutes.get(row[_ID], {}).get(day_id, 0)


def available(event: Event, *, programme: int) -> dict[str, Column]:
    """Return every column that an event's export may have, by key, in their usual order.

    `programme` is the length of what counts for attendance, in minutes. Headings are in the present language.
    """
    statuses = {"confirmed": _("Confirmed"), "waitlisted": _("Waiting"), "cancelled": _("Cancelled")}
    kinds = {"dni": "DNI", "ce": "CE", "passport": _("Passport"), "none": ""}
    columns = [
        Column("code", _l("Code"), lambda row, _extras: codes.grouped(row[_CODE])),
        Column("status", _l("Status"), _words(_STATUS, statuses)),
        Column("document_type", _l("Document"), _words(_KIND, kinds)),
        _plain("document_number", _l("Document number")),
        _plain("first_surname", _l("First surname")),
        _plain("second_surname", _l("Second surname")),
        _plain("given_names", _l("Given names")),
        _plain("email", _l("E-mail")),
        _plain("phone", _l("Mobile phone")),
        _plain("entity", _l("Institution or community")),
        _plain("position", _l("Post or role")),
        _plain("ubigeo", _l("UBIGEO (INEI)")),
        Column("department", _l("Department"), _place("department")),
        Column("province", _l("Province"), _place("province")),
        Column("district", _l("District"), _place("name")),
        Column("created_at", _l("Registered on"), _local_time(event)),
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
            lambda row, extras: extras.attended.get(row[_ID], 0),
            needs_attendance=True,
        ),
        Column("percent", _l("Attendance in per cent"), _percent(programme), needs_attendance=True),
        Column(
            "certificate",
            _l("Certificate"),
            lambda row, extras: extras.certificates.get(row[_ID], ""),
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
