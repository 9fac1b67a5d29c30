"""Reads of the registrations' pages: people with their place, status and attendance."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app import codes
from app.attendance import queries as attendance
from app.attendance.rules import CODE_LENGTH
from app.certificates.models import Certificate
from app.certificates.rules import percent as share
from app.events.models import Day, Event
from app.extensions import db
from app.registration import queries as registrations
from app.registration.models import ENDED, UNDER_REVIEW, CancelReason, Registration, RegistrationStatus
from app.registration.rules import folded

PAGE = 50  # people on one page
NOWHERE = "00"  # stands for the department of those who did not say theirs
_SEPARATORS = str.maketrans(dict.fromkeys("-–./"))


@dataclass(frozen=True)
class Filters:
    """Which registrations are asked for. An empty one asks for all."""

    text: str = ""
    status: RegistrationStatus | None = None
    department: str = ""
    attended: bool | None = None
    doubtful: bool = False  # those alone that look like somebody else of the event
    form_id: int | None = None
    answer: tuple[int, str] | None = None  # a field, and the key of the choice that was made

    @property
    def are_any(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


@dataclass(frozen=True)
class Row:
    """A registration as it is listed, with how much of the programme was attended, in whole per cent."""

    registration: Registration
    percent: int


@dataclass(frozen=True)
class Page:
    """One page of registrations; `page` counts from 1."""

    rows: list[Row]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Numbers:
    """How many registrations stand where; of those not at an end, how many come from which department, and how many
    look like somebody else of the event.
    """

    by_status: dict[RegistrationStatus, int]
    by_department: dict[str, int] = field(default_factory=dict)
    doubtful: int = 0

    @property
    def departments(self) -> int:
        """How many departments are represented."""
        return len(self.by_department.keys() - {NOWHERE})


def numbers(event: Event) -> Numbers:
    """Return the numbers of an event, in one query."""
    code = func.substr(Registration.ubigeo, 1, 2)
    statement = (
        select(
            Registration.status, code, func.count(), func.count().filter(Registration.is_possible_duplicate)
        )
        .where(Registration.event_id == event.id)
        .group_by(Registration.status, code)
    )
    by_status = dict.fromkeys(RegistrationStatus, 0)
    by_department: dict[str, int] = {}
    doubtful = 0
    for status, department, count, alike in db.session.execute(statement):
        by_status[RegistrationStatus(status)] += count
        if status not in ENDED:
            known = department or NOWHERE
            by_department[known] = by_department.get(known, 0) + count
            doubtful += alike
    return Numbers(by_status, by_department, doubtful)


def page(event: Event, filters: Filters, *, number: int) -> Page:
    """Return one page of the registrations asked for, by name; one that does not exist becomes the last.

    The number of queries depends neither on the number of registrations nor on that of the people shown.
    """
    conditions = _conditions(event, filters)
    total = db.session.scalar(select(func.count()).select_from(Registration).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE))
    shown = min(max(1, number), pages)
    statement = (
        select(Registration)
        .where(*conditions)
        .order_by(Registration.sort_key, Registration.id)
        .limit(PAGE)
        .offset((shown - 1) * PAGE)
    )
    return Page(_rows(event, list(db.session.scalars(statement))), shown, pages, total)


def with_seat(event: Event, filters: Filters) -> int:
    """Return how many of the registrations asked for are confirmed."""
    conditions = [*_conditions(event, filters), Registration.status == RegistrationStatus.CONFIRMED]
    return db.session.scalar(select(func.count()).select_from(Registration).where(*conditions)) or 0


def confirmed(event: Event, filters: Filters, *, part: int, size: int) -> list[Registration]:
    """Return a part of the confirmed registrations asked for, by name: the first is 1, each has `size` people."""
    statement = (
        select(Registration)
        .where(*_conditions(event, filters), Registration.status == RegistrationStatus.CONFIRMED)
        .order_by(Registration.sort_key, Registration.id)
        .limit(size)
        .offset((part - 1) * size)
    )
    return list(db.session.scalars(statement))


def ids_found(event: Event, filters: Filters) -> list[int]:
    """Return all of the registrations asked for that have not come to an end."""
    conditions = [*_conditions(event, filters), Registration.status.not_in(ENDED)]
    return list(db.session.scalars(select(Registration.id).where(*conditions).order_by(Registration.id)))


def ids_under_review(event: Event, filters: Filters, *, limit: int) -> list[int]:
    """Return those of the registrations asked for that wait for a review, in the order in which they came."""
    statement = (
        select(Registration.id)
        .where(*_conditions(event, filters), Registration.status.in_(UNDER_REVIEW))
        .order_by(Registration.created_at, Registration.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _rows(event: Event, people: list[Registration]) -> list[Row]:
    possible = attendance.programme_minutes(event)
    attended = attendance.totals_of(event, [one.id for one in people])
    return [Row(one, share(attended.get(one.id, (0, {}))[0], possible)) for one in people]


def _conditions(event: Event, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [Registration.event_id == event.id, *map(_holds, folded(filters.text).split())]
    if filters.status is not None:
        conditions.append(Registration.status == filters.status)
    if filters.department == NOWHERE:
        conditions.append(Registration.ubigeo == "")
    elif filters.department:
        conditions.append(Registration.ubigeo.startswith(filters.department, autoescape=True))
    if filters.doubtful:
        conditions.append(Registration.is_possible_duplicate.is_(True))
    if filters.form_id is not None:
        conditions.append(Registration.form_id == filters.form_id)
    if filters.answer is not None:
        conditions.append(registrations.chose(*filters.answer))
    if filters.attended is not None:
        came = attendance.came(event)
        conditions.append(came if filters.attended else ~came)
    return conditions


def _holds(word: str) -> ColumnElement[bool]:
    """Look for a word as it is typed, without its dashes and dots, and as a code that was read aloud."""
    texts = {word, word.translate(_SEPARATORS)} - {""}
    code = codes.normalise(word)
    if codes.is_valid(code, length=CODE_LENGTH):
        texts.add(code.lower())
    return or_(*(Registration.search_text.contains(text, autoescape=True) for text in sorted(texts)))


def attended(event: Event, day: Day | None = None) -> int:
    """Return how many of the confirmed attended something of a day, or of the event."""
    statement = select(func.count()).select_from(Registration)
    return (
        db.session.scalar(
            statement.where(
                Registration.event_id == event.id,
                Registration.status == RegistrationStatus.CONFIRMED,
                attendance.came(event, day),
            )
        )
        or 0
    )


def certificates_of(registration: Registration) -> list[Certificate]:
    """Return all certificates of a person, ended ones too, the newest first."""
    statement = (
        select(Certificate)
        .options(joinedload(Certificate.ending))
        .where(Certificate.registration_id == registration.id)
        .order_by(Certificate.id.desc())
    )
    return list(db.session.scalars(statement))


def percent_of(registration: Registration) -> int:
    """Return how much of the programme a person attended, in whole per cent."""
    return _rows(registration.event, [registration])[0].percent


def cancel_reasons(event: Event) -> list[tuple[str, int]]:
    """Return why people cancelled and how many said so, the commonest first.

    What people wrote in their own words is counted together, under the empty text; who said nothing is left out.
    """
    statement = (
        select(Registration.cancel_reason, func.count())
        .where(
            Registration.event_id == event.id,
            Registration.status == RegistrationStatus.CANCELLED,
            Registration.cancel_reason != "",
        )
        .group_by(Registration.cancel_reason)
    )
    counted: Counter[str] = Counter()
    for reason, number in db.session.execute(statement):
        counted[reason if reason in set(CancelReason) else ""] += number
    return counted.most_common()
