"""Reads of certificates."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from flask import abort
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app import codes
from app.addresses import absolute
from app.attendance import queries as attendance
from app.certificates.models import (
    Certificate,
    CertificateDesign,
    CertificateEnding,
    CertificateSettings,
    EndingKind,
    IssueRun,
    OutsideFile,
    SignedFile,
    SigningKey,
)
from app.certificates.rules import Decision, award
from app.events.models import Event
from app.extensions import db
from app.registration.models import Registration, RegistrationStatus
from app.registration.rules import folded

PAGE = 50  # people on one page of the back office


class State(StrEnum):
    """Where a participant stands with their certificate."""

    ISSUED = "issued"
    EARNED = "earned"
    LACKING = "lacking"
    ANNULLED = "annulled"


@dataclass(frozen=True)
class Standing:
    """A participant's state, the figures behind it and the newest certificate, if there is one."""

    registration_id: int
    state: State
    decision: Decision
    certificate_id: int | None


@dataclass(frozen=True)
class Row:
    """A participant as the back office lists them."""

    registration: Registration
    standing: Standing
    certificate: Certificate | None


@dataclass(frozen=True)
class Page:
    """One page of participants; `page` counts from 1."""

    rows: list[Row]
    page: int
    pages: int
    total: int


def _not_found() -> NoReturn:
    abort(404)


def verify_url() -> str:
    """Return the whole address of the verification form."""
    return absolute("certificates.verify")


def event_by_slug(slug: str) -> Event | None:
    """Return an event of whatever organisation and state: for commands."""
    return db.session.scalar(select(Event).where(Event.slug == slug))


def settings_of(event_id: int) -> CertificateSettings | None:
    """Return what was settled about the certificates of an event, or None where nothing was yet."""
    return db.session.scalar(select(CertificateSettings).where(CertificateSettings.event_id == event_id))


def newest_design(event_id: int) -> CertificateDesign | None:
    """Return the last version of an event's design."""
    return db.session.scalar(
        select(CertificateDesign)
        .where(CertificateDesign.event_id == event_id)
        .order_by(CertificateDesign.version.desc())
        .limit(1)
    )


_WHOLE = (
    joinedload(Certificate.event).joinedload(Event.organisation),
    joinedload(Certificate.design),
    joinedload(Certificate.ending).joinedload(CertificateEnding.replaced_by),
    joinedload(Certificate.signed_file).joinedload(SignedFile.key),
)


def by_code(code: str) -> Certificate | None:
    """Return the certificate of a stored code with its event, organisation, design and ending."""
    return db.session.scalar(select(Certificate).options(*_WHOLE).where(Certificate.code == code))


def ended_places(first: int, count: int) -> list[int]:
    """Return which of `count` places of the status lists from `first` on belong to what no longer holds, from 0."""
    statement = (
        select(Certificate.status_place)
        .join(CertificateEnding, CertificateEnding.certificate_id == Certificate.id)
        .where(Certificate.status_place >= first, Certificate.status_place < first + count)
    )
    return [place - first for place in db.session.scalars(statement) if place is not None]


def key_in_force(organisation_id: int) -> SigningKey | None:
    """Return the key with which a body signs now, or None where it signs nothing."""
    return db.session.scalar(
        select(SigningKey).where(
            SigningKey.organisation_id == organisation_id, SigningKey.retired_at.is_(None)
        )
    )


def keys_of(organisation_id: int) -> list[SigningKey]:
    """Return every key that a body has signed with, the newest first."""
    statement = select(SigningKey).where(SigningKey.organisation_id == organisation_id)
    return list(db.session.scalars(statement.order_by(SigningKey.id.desc())))


def signed_file(certificate: Certificate) -> bytes | None:
    """Return the file of a signed certificate, or None for one without a signature."""
    back = db.session.scalar(select(OutsideFile.data).where(OutsideFile.certificate_id == certificate.id))
    return back or db.session.scalar(
        select(SignedFile.data).where(SignedFile.certificate_id == certificate.id)
    )


def fingerprint_of(certificate: Certificate) -> str:
    """Return the SHA-256 of a certificate's file as it is handed out now."""
    back = select(OutsideFile.sha256).where(OutsideFile.certificate_id == certificate.id)
    return db.session.scalar(back) or certificate.sha256


def signers_outside(certificate: Certificate) -> str | None:
    """Return who signed a certificate outside, where it came back signed."""
    return db.session.scalar(select(OutsideFile.signers).where(OutsideFile.certificate_id == certificate.id))


def by_fingerprint(sha256: str) -> Certificate | None:
    """Return the certificate whose file has this SHA-256 (64 small hexadecimal digits), as by_code does."""
    back = select(OutsideFile.certificate_id).where(OutsideFile.sha256 == sha256)
    return db.session.scalar(
        select(Certificate)
        .options(*_WHOLE)
        .where(or_(Certificate.sha256 == sha256, Certificate.id.in_(back)))
    )


def by_id(certificate_id: int) -> Certificate | None:
    """Return a certificate with its event, its organisation, its registration and its ending."""
    return db.session.scalar(
        select(Certificate)
        .options(*_WHOLE, joinedload(Certificate.registration))
        .where(Certificate.id == certificate_id)
    )


def of_event_or_404(event: Event, certificate_id: int) -> Certificate:
    """Return a certificate of this event, or answer 404."""
    statement = (
        select(Certificate)
        .options(*_WHOLE, joinedload(Certificate.registration))
        .where(Certificate.id == certificate_id, Certificate.event_id == event.id)
    )
    return db.session.scalar(statement) or _not_found()


def certificates_of(registration: Registration) -> list[Certificate]:
    """Return the certificates of a participant that hold, the newest first."""
    statement = (
        select(Certificate)
        .outerjoin(Certificate.ending)
        .options(contains_eager(Certificate.ending))
        .where(Certificate.registration_id == registration.id, CertificateEnding.id.is_(None))
        .order_by(Certificate.id.desc())
    )
    return list(db.session.scalars(statement))


def was_ever_issued(registration: Registration) -> bool:
    """Return whether a certificate was issued for a registration, one that has ended since included."""
    statement = select(Certificate.id).where(Certificate.registration_id == registration.id)
    return db.session.scalar(statement.limit(1)) is not None


def holding(registration_ids: Collection[int]) -> list[Certificate]:
    """Return the certificates of several registrations that hold, each with its design, the oldest first."""
    statement = (
        select(Certificate)
        .outerjoin(Certificate.ending)
        .options(contains_eager(Certificate.ending), joinedload(Certificate.design))
        .where(Certificate.registration_id.in_(registration_ids), CertificateEnding.id.is_(None))
        .order_by(Certificate.id)
    )
    return list(db.session.scalars(statement))


def codes_of(registration_ids: Collection[int]) -> dict[int, str]:
    """Return the codes, as they are shown, of the certificates that hold, by registration."""
    statement = (
        select(Certificate.registration_id, Certificate.code)
        .outerjoin(Certificate.ending)
        .where(Certificate.registration_id.in_(registration_ids), CertificateEnding.id.is_(None))
        .order_by(Certificate.id)
    )
    return {
        number: codes.grouped(code) for number, code in db.session.execute(statement) if number is not None
    }


def for_letters(ids: list[int]) -> list[Certificate]:
    """Return certificates with their registrations, in the order of their ids."""
    statement = (
        select(Certificate)
        .options(joinedload(Certificate.registration))
        .where(Certificate.id.in_(ids))
        .order_by(Certificate.id)
    )
    return list(db.session.scalars(statement))


def editions_of(certificate: Certificate) -> list[Certificate]:
    """Return the certificates of the same registration, kind and role with their endings, newest first."""
    statement = (
        select(Certificate)
        .options(joinedload(Certificate.ending))
        .where(
            Certificate.registration_id == certificate.registration_id,
            Certificate.kind == certificate.kind,
            Certificate.role == certificate.role,
        )
        .order_by(Certificate.edition.desc())
    )
    return list(db.session.scalars(statement))


def decision_for(registration: Registration) -> Decision:
    """Return whether one participant has earned the certificate by now, and what is lacking."""
    return award(
        minimum_percent=registration.event.minimum_percent,
        programme_minutes=attendance.programme_minutes(registration.event),
        attended_minutes=attendance.attended_minutes_of(registration),
    )


def standings(event: Event, *, search: str = "") -> list[Standing]:
    """Return where every confirmed participant of an event stands, in the order of their names.

    `search` narrows them to those whose names, document or code contain each of its words. The number of
    queries does not depend on the number of participants.
    """
    attended = attendance.attended_minutes(event)
    programme = attendance.programme_minutes(event)
    newest = _newest_certificates(event)
    found = []
    for registration_id in _confirmed(event, search):
        decision = award(
            minimum_percent=event.minimum_percent,
            programme_minutes=programme,
            attended_minutes=attended.get(registration_id, 0),
        )
        certificate_id, ending = newest.get(registration_id, (None, None))
        state = _state(decision, is_issued=certificate_id is not None, ending=ending)
        found.append(Standing(registration_id, state, decision, certificate_id))
    return found


def _state(decision: Decision, *, is_issued: bool, ending: EndingKind | None) -> State:
    if is_issued:
        return State.ISSUED if ending is None else State.ANNULLED
    return State.EARNED if decision.qualifies else State.LACKING


def _confirmed(event: Event, search: str) -> list[int]:
    statement = (
        select(Registration.id)
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED)
        .order_by(Registration.sort_key, Registration.id)
    )
    for word in folded(search).split():
        statement = statement.where(Registration.search_text.contains(word, autoescape=True))
    return list(db.session.scalars(statement))


def _newest_certificates(event: Event) -> dict[int, tuple[int, EndingKind | None]]:
    statement = (
        select(Certificate.registration_id, Certificate.id, CertificateEnding.kind)
        .outerjoin(Certificate.ending)
        .where(Certificate.event_id == event.id)
        .order_by(Certificate.edition)
    )
    return {
        registration_id: (certificate_id, ending)
        for registration_id, certificate_id, ending in db.session.execute(statement)
    }


def counted(found: list[Standing]) -> dict[State, int]:
    """Return how many participants are in each state."""
    return {state: sum(standing.state == state for standing in found) for state in State}


def page_of(found: list[Standing], *, page: int) -> Page:
    """Return one page of standings with their people; a page that does not exist becomes the last."""
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    chosen = found[(page - 1) * PAGE : page * PAGE]
    people = _registrations([standing.registration_id for standing in chosen])
    certificates = _certificates([standing.certificate_id for standing in chosen if standing.certificate_id])
    rows = [
        Row(people[standing.registration_id], standing, certificates.get(standing.certificate_id or 0))
        for standing in chosen
    ]
    return Page(rows, page, pages, len(found))


def _registrations(ids: list[int]) -> dict[int, Registration]:
    return {row.id: row for row in db.session.scalars(select(Registration).where(Registration.id.in_(ids)))}


def _certificates(ids: list[int]) -> dict[int, Certificate]:
    return {row.id: row for row in db.session.scalars(select(Certificate).where(Certificate.id.in_(ids)))}


def longest_name(event: Event) -> str | None:
    """Return the longest name among the confirmed participants of an event."""
    length = (
        func.length(Registration.given_names)
        + func.length(Registration.first_surname)
        + func.length(Registration.second_surname)
    )
    registration = db.session.scalar(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED)
        .order_by(length.desc(), Registration.id)
        .limit(1)
    )
    return None if registration is None else registration.full_name


def unfinished_run(event_id: int) -> IssueRun | None:
    """Return the issue in batch that is under way for an event."""
    return db.session.scalar(
        select(IssueRun).where(IssueRun.event_id == event_id, IssueRun.finished_at.is_(None))
    )


def run_of_event_or_404(event: Event, run_id: int) -> IssueRun:
    """Return an issue in batch of this event, or answer 404."""
    statement = select(IssueRun).where(IssueRun.id == run_id, IssueRun.event_id == event.id)
    return db.session.scalar(statement) or _not_found()


def run(run_id: int) -> IssueRun:
    """Return an issue in batch as it stands now."""
    return db.session.get_one(IssueRun, run_id, populate_existing=True)


def problems_of(found: IssueRun) -> list[tuple[Registration, str]]:
    """Return whose certificates a run could not print, each with the text that cannot be printed."""
    people = _registrations([problem["registration_id"] for problem in found.problems])
    return [(people[problem["registration_id"]], problem["text"]) for problem in found.problems]


def newest_run(event_id: int) -> IssueRun | None:
    """Return the last issue in batch of an event, finished or not."""
    return db.session.scalar(
        select(IssueRun).where(IssueRun.event_id == event_id).order_by(IssueRun.id.desc()).limit(1)
    )
