"""Where people stand with an award: issued, earned, or what they lack. Always computed, never stored."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.assessments import queries as assessments
from app.attendance import queries as attendance
from app.certificates import composition
from app.certificates.models import (
    Award,
    Certificate,
    CertificateEnding,
    EndingKind,
    IssueRun,
    Recipient,
)
from app.certificates.queries.awards import awards_of, by_hand_for, by_hand_of
from app.certificates.queries.certificates import certificates_of
from app.certificates.rules import (
    AllOf,
    ByHand,
    Condition,
    Decision,
    Facts,
    Percent,
    Programme,
    Requirements,
    Survey,
    decide,
    from_json,
    leaves,
    needs_sessions,
)
from app.events.models import Event, HourUnit
from app.extensions import db
from app.registration import queries as registrations
from app.registration.models import Registration, RegistrationStatus
from app.registration.rules import folded

PAGE = 50  # people on one page of the back office


class State(StrEnum):
    """Where somebody stands with an award."""

    ISSUED = "issued"
    EARNED = "earned"
    LACKING = "lacking"
    REFUSED = "refused"
    ANNULLED = "annulled"


class Change(StrEnum):
    """What is otherwise than at the last issue."""

    NEW = "new"  # earned since
    LOST = "lost"  # issued, and by what is known now not earned
    NAME = "name"  # issued with another name or document
    HOURS = "hours"  # issued with other hours


@dataclass(frozen=True)
class Standing:
    """Somebody's state, the figures behind it and the newest certificate, if there is one."""

    registration_id: int | None
    recipient_id: int | None
    state: State
    decision: Decision
    certificate_id: int | None = None
    change: Change | None = None


@dataclass(frozen=True)
class Row:
    """Somebody as the back office lists them."""

    person: Registration | Recipient
    standing: Standing
    certificate: Certificate | None


@dataclass(frozen=True)
class Page:
    """One page of people; `page` counts from 1."""

    rows: list[Row]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Outlook:
    """What a participant sees of one award: the certificate, or what is still lacking."""

    award: Award
    decision: Decision
    certificate: Certificate | None
    minimum_percent: int | None  # of the programme, where that is all that the award asks for


@dataclass(frozen=True)
class _Person:
    """What of a registration or a recipient is printed."""

    id: int
    name: str
    document: tuple[str, str]


@dataclass(frozen=True)
class _Issued:
    """The newest certificate of a person."""

    id: int
    ending: EndingKind | None
    name: str
    document: tuple[str, str]
    hours: Decimal


def requirements_of(award: Award) -> Requirements:
    """Return what decides about an award.

    Where no rule is set, participants need the event's minimum attendance, and nobody else needs anything.
    """
    event = award.event
    condition: Condition = Percent(event.minimum_percent) if award.is_for_participants else AllOf()
    if award.rule is not None:
        condition = from_json(award.rule)
    return Requirements(
        condition, award.hours or event.hours, HourUnit(event.hour_unit), award.credits_attended
    )


def _programme(award: Award) -> Programme:
    slots = attendance.slots(award.event_id)
    subjects = [subject.id for subject in assessments.subjects_of(award.event_id)]
    return Programme(slots, award.sessions, subjects)


def standings(award: Award, *, search: str = "") -> list[Standing]:
    """Return where everybody whom an award is for stands, in the order of their names.

    `search` narrows them to those whose names, document or code contain each of its words. The number of
    queries does not depend on the number of people.
    """
    requirements, programme = requirements_of(award), _programme(award)
    has_run = _has_run(award)
    if not award.is_for_participants:
        issued = _issued(award, Certificate.recipient_id)
        return [
            _standing(
                award,
                decide(requirements, Facts(), programme),
                person,
                issued.get(person.id),
                has_run=has_run,
            )
            for person in _recipients(award, search)
        ]
    issued = _issued(award, Certificate.registration_id)
    facts, by_hand = _facts(award.event, requirements, programme), by_hand_of(award)
    nothing = Facts()
    return [
        _standing(
            award,
            decide(requirements, facts.get(person.id, nothing), programme, by_hand.get(person.id)),
            person,
            issued.get(person.id),
            has_run=has_run,
        )
        for person in _confirmed(award.event, search)
    ]


def _facts(event: Event, requirements: Requirements, programme: Programme) -> dict[int, Facts]:
    total = attendance.attended_minutes(event)
    grades = assessments.grades_of_event(event.id) if programme.subjects else {}
    minutes: dict[int, dict[int, int]] = {}
    if needs_sessions(requirements, programme):
        shares = attendance.session_shares(event)
        minutes = {
            person: {session_id: share.minutes for session_id, share in found.items()}
            for person, found in shares.items()
        }
    surveys: dict[int, frozenset[int]] = {}
    if _asks_surveys(requirements.condition):
        surveys = registrations.replies_of_event(event.id)
    return {
        person: Facts(
            total.get(person, 0),
            minutes.get(person, {}),
            grades.get(person, {}),
            surveys.get(person, frozenset()),
        )
        for person in total.keys() | grades.keys() | surveys.keys()
    }


def _asks_surveys(condition: Condition) -> bool:
    return any(isinstance(leaf, Survey) for leaf in leaves(condition))


def _standing(
    award: Award, decision: Decision, person: _Person, issued: _Issued | None, *, has_run: bool
) -> Standing:
    is_participant = award.is_for_participants
    state = _state(decision, issued)
    return Standing(
        registration_id=person.id if is_participant else None,
        recipient_id=None if is_participant else person.id,
        state=state,
        decision=decision,
        certificate_id=None if issued is None else issued.id,
        change=_change(state, decision, person, issued, has_run=has_run),
    )


def _state(decision: Decision, issued: _Issued | None) -> State:
    if issued is not None:
        return State.ISSUED if issued.ending is None else State.ANNULLED
    if decision.by_hand == ByHand.REFUSED:
        return State.REFUSED
    return State.EARNED if decision.qualifies else State.LACKING


def _change(
    state: State, decision: Decision, person: _Person, issued: _Issued | None, *, has_run: bool
) -> Change | None:
    if state == State.EARNED:
        return Change.NEW if has_run else None
    if state != State.ISSUED or issued is None:
        return None
    if not decision.qualifies:
        return Change.LOST
    if _is_other(issued.name, person.name) or issued.document != person.document:
        return Change.NAME
    return Change.HOURS if decision.hours is not None and decision.hours != issued.hours else None


def _is_other(printed: str, name: str) -> bool:
    return printed not in {name, composition.printable(name)}


def _has_run(award: Award) -> bool:
    statement = select(IssueRun.id).where(IssueRun.award_id == award.id).limit(1)
    return award.id is not None and db.session.scalar(statement) is not None


def _confirmed(event: Event, search: str) -> list[_Person]:
    row = Registration
    statement = (
        select(
            row.id,
            row.given_names,
            row.first_surname,
            row.second_surname,
            row.document_type,
            row.document_number,
        )
        .where(row.event_id == event.id, row.status == RegistrationStatus.CONFIRMED)
        .order_by(row.sort_key, row.id)
    )
    for word in folded(search).split():
        statement = statement.where(row.search_text.contains(word, autoescape=True))
    return [
        _Person(number, " ".join(part for part in names if part), (kind, document))
        for number, *names, kind, document in db.session.execute(statement)
    ]


def _recipients(award: Award, search: str) -> list[_Person]:
    statement = select(Recipient).where(
        Recipient.event_id == award.event_id, Recipient.role == award.role, Recipient.removed_at.is_(None)
    )
    words = folded(search).split()
    return [
        _Person(one.id, one.name, (str(one.document_type), one.document_number))
        for one in db.session.scalars(statement.order_by(Recipient.name, Recipient.id))
        if all(word in folded(f"{one.name} {one.document_number}") for word in words)
    ]


def _issued(award: Award, person: Any) -> dict[int, _Issued]:
    statement = (
        select(
            person,
            Certificate.id,
            CertificateEnding.kind,
            Certificate.printed_name,
            Certificate.document_type,
            Certificate.document_number,
            Certificate.hours,
        )
        .outerjoin(Certificate.ending)
        .where(Certificate.award_id == award.id)
        .order_by(Certificate.edition)
    )
    return {
        number: _Issued(certificate_id, ending, name, (kind, document), hours)
        for number, certificate_id, ending, name, kind, document, hours in db.session.execute(statement)
    }


def counted(found: Collection[Standing]) -> dict[State, int]:
    """Return how many people are in each state."""
    counts = dict.fromkeys(State, 0)
    for standing in found:
        counts[standing.state] += 1
    return counts


def changed(found: Collection[Standing]) -> int:
    """Return about how many people something is otherwise than at the last issue."""
    return sum(standing.change is not None for standing in found)


def page_of(found: list[Standing], *, page: int) -> Page:
    """Return one page of standings with their people; a page that does not exist becomes the last."""
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    chosen = found[(page - 1) * PAGE : page * PAGE]
    people = _by_id(Registration, [one.registration_id for one in chosen if one.registration_id])
    recipients = _by_id(Recipient, [one.recipient_id for one in chosen if one.recipient_id])
    certificates = _by_id(Certificate, [one.certificate_id for one in chosen if one.certificate_id])
    rows = [
        Row(
            people[one.registration_id] if one.registration_id else recipients[one.recipient_id or 0],
            one,
            certificates.get(one.certificate_id or 0),
        )
        for one in chosen
    ]
    return Page(rows, page, pages, len(found))


def _by_id(model: Any, ids: list[int]) -> dict[int, Any]:
    if not ids:
        return {}
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids)))}


def outlooks(registration: Registration) -> list[Outlook]:
    """Return where a participant stands with each award that participants may get, in the awards' order.

    An award for which nobody has set hours yet is left out unless it was issued: it may come to nothing. The number of
    queries does not depend on the number of awards.
    """
    event = registration.event
    issued = {certificate.award_id: certificate for certificate in certificates_of(registration)}
    awards = [award for award in awards_of(event) if award.is_for_participants]
    shown = [award for award in awards if award.id in issued or award.hours or event.hours]
    decisions = decisions_for(registration, shown)
    return [Outlook(award, decisions[award], issued.get(award.id), minimum_percent(award)) for award in shown]


def minimum_percent(award: Award) -> int | None:
    """Return how much of the programme an award asks for, where it asks for nothing else."""
    condition = requirements_of(award).condition
    return condition.at_least if isinstance(condition, Percent) and not condition.sessions else None


def decisions_for(registration: Registration, awards: list[Award]) -> dict[Award, Decision]:
    """Return whether one participant has earned some awards of their event by now, and what is lacking."""
    slots = attendance.slots(registration.event_id)
    subjects = [subject.id for subject in assessments.subjects_of(registration.event_id)]
    facts = Facts(
        total=attendance.attended_minutes_of(registration),
        minutes=attendance.by_session(registration),
        grades=assessments.grades_of(registration.id) if subjects else {},
        surveys=registrations.replied_by(registration),
    )
    words = by_hand_for(registration)
    return {
        award: decide(
            requirements_of(award), facts, Programme(slots, award.sessions, subjects), words.get(award.id)
        )
        for award in awards
    }
