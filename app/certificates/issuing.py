"""Issuing in batch: a run is a row, worked on in small transactions, and can be taken up after any crash.

Drawing happens between the transactions, so that nobody waits for it. A worker claims the run for a while and
every batch renews the claim; where the claim was lost, the batch is undone and the worker stops. Should two
workers draw the same certificate all the same, the uniqueness of its edition lets one of them in.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import current_app
from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app import audit, clock, unit_of_work
from app.accounts.models import User
from app.certificates import badges, composition, emails, keys, queries, rules, services
from app.certificates.composition import Bearer
from app.certificates.errors import NobodyQualifies, SigningKeyError, SourceError, Unprintable
from app.certificates.keys import Signature
from app.certificates.models import (
    Certificate,
    CertificateDesign,
    CertificateRole,
    IssueRun,
    RunStatus,
    SignedFile,
)
from app.certificates.queries import Standing, State
from app.credentials import services as credentials
from app.events.models import Event
from app.extensions import db
from app.registration.models import DocumentType, Registration, RegistrationStatus

BATCH = 40  # certificates drawn and stored together: about half a second
CLAIM = timedelta(minutes=2)
ROLE = CertificateRole.ATTENDEE


class ClaimLost(Exception):
    """Another worker has taken over the run."""


@dataclass(frozen=True)
class _Drawing:
    """A certificate that is drawn and not stored yet, or the reason why it cannot be."""

    registration_id: int
    values: dict[str, Any] | None
    problem: str = ""
    signed: SignedFile | None = None


@dataclass(frozen=True)
class _Template:
    """What all certificates of a run have in common, as plain values that outlive a transaction."""

    design: CertificateDesign
    issued_at: datetime
    issued_by_id: int | None
    verify_url: str
    signature: Signature | None


def start(event: Event, *, by: User | None, at: datetime) -> IssueRun:
    """Begin to issue to everybody who has earned a certificate and has none; or return the run under way.

    Raises HoursMissing, Unprintable where the design cannot be drawn, KeyNotValidNow and KeySealed where it cannot be
    signed, and NobodyQualifies.
    """
    services.lock(event)
    if (running := queries.unfinished_run(event.id)) is not None:
        return running
    design = services.present_design(event, at=at)
    services.sample(event, services.terms_of(event), name=services.SAMPLE_NAME, at=at)
    keys.signature_for(event.organisation, at=at)
    waiting = [standing for standing in queries.standings(event) if standing.state == State.EARNED]
    if not waiting:
        raise NobodyQualifies
    run = IssueRun(
        event=event,
        design=design,
        started_at=at,
        started_by_id=None if by is None else by.id,
        status=RunStatus.RUNNING,
        total=len(waiting),
        problems=[],
    )
    db.session.add(run)
    audit.record("certificates.issue_started", run, event=event, at=at, people=len(waiting))
    return run


def work_on(run_id: int, *, limit: int | None = None) -> bool:
    """Issue up to `limit` certificates of a run, in transactions of their own.

    Returns whether the run is finished. Does nothing where another worker is at it.
    """
    claim = secrets.token_hex(16)
    if not _claimed(run_id, claim):
        return _is_finished(run_id)
    try:
        for batch in _batches(_waiting(run_id), limit):
            with unit_of_work.transaction():
                place = _places(batch)
            drawings = _drawn(run_id, batch, place)
            with unit_of_work.transaction():
                _store(run_id, claim, drawings)
        is_over = not _waiting(run_id)
        with unit_of_work.transaction():
            return _closed(run_id, claim, is_over=is_over)
    except ClaimLost:
        return False
    except SigningKeyError as error:
        # The claim is kept, so that the next try comes when it runs out.
        current_app.logger.error("run %s waits for a signing key: %s", run_id, error)
        return False


def issue_here(event: Event, *, by: User | None, at: datetime) -> IssueRun:
    """Issue to everybody who has earned it within the present transaction: for small events and demo data.

    Raises what start raises.
    """
    run = start(event, by=by, at=at)
    run.claim, run.claimed_until = secrets.token_hex(16), at + CLAIM
    db.session.flush()
    for batch in _batches(_waiting(run.id), None):
        _store(run.id, run.claim, _drawn(run.id, batch, _places(batch)))
    _closed(run.id, run.claim, is_over=True)
    return run


def abandoned(*, at: datetime) -> list[int]:
    """Return the runs that nobody is working on: not begun yet, or left by a worker that was killed."""
    statement = select(IssueRun.id).where(
        IssueRun.finished_at.is_(None), or_(IssueRun.claimed_until.is_(None), IssueRun.claimed_until < at)
    )
    return list(db.session.scalars(statement))


def _claimed(run_id: int, claim: str) -> bool:
    now = clock.now()
    with unit_of_work.transaction():
        claimed = db.session.scalar(
            update(IssueRun)
            .where(
                IssueRun.id == run_id,
                IssueRun.finished_at.is_(None),
                or_(IssueRun.claimed_until.is_(None), IssueRun.claimed_until < now),
            )
            .values(claim=claim, claimed_until=now + CLAIM)
            .returning(IssueRun.id)
        )
        return claimed is not None


def _is_finished(run_id: int) -> bool:
    return db.session.scalar(select(IssueRun.finished_at).where(IssueRun.id == run_id)) is not None


def _waiting(run_id: int) -> list[Standing]:
    """Return those to whom the run has still to issue."""
    run = db.session.get_one(IssueRun, run_id)
    failed = {problem["registration_id"] for problem in run.problems}
    return [
        standing
        for standing in queries.standings(run.event)
        if standing.state == State.EARNED and standing.registration_id not in failed
    ]


def _batches(waiting: list[Standing], limit: int | None) -> Iterator[list[Standing]]:
    queue = iter(waiting[:limit])
    while batch := list(islice(queue, BATCH)):
        yield batch


def _places(batch: list[Standing]) -> int:
    """Return the first of as many places in the status lists as a batch needs; of a crash, some stay empty."""
    credentials.register_key(at=clock.now())
    return credentials.reserve_places(len(batch))


def _drawn(run_id: int, batch: list[Standing], first_place: int) -> list[_Drawing]:
    run = db.session.get_one(IssueRun, run_id)
    signature = keys.signature_for(run.event.organisation, at=clock.now())
    template = _Template(run.design, run.started_at, run.started_by_id, queries.verify_url(), signature)
    statement = select(Registration).where(
        Registration.id.in_([standing.registration_id for standing in batch])
    )
    people = {registration.id: registration for registration in db.session.scalars(statement)}
    return [
        _drawing(template, standing, people[standing.registration_id], place)
        for place, standing in enumerate(batch, first_place)
    ]


def _drawing(template: _Template, standing: Standing, registration: Registration, place: int) -> _Drawing:
    design = template.design
    bearer = Bearer(
        code=rules.new_code(),
        name=composition.printable(registration.full_name),
        document_type=DocumentType(registration.document_type),
        document_number=registration.document_number,
        role=ROLE,
        percent=standing.decision.percent,
        verify_url=template.verify_url,
        issued_at=template.issued_at,
        signed_by=template.signature.subject if template.signature else "",
    )
    bearer = badges.with_credential(bearer, design.content, place)
    try:
        data = services.drawn(design.template, design.content, bearer)
    except (Unprintable, SourceError) as error:
        return _Drawing(registration.id, None, error.text)
    if template.signature:
        data = template.signature.on(data)
    values = services.values_of(design, bearer, data, edition=1) | {
        "event_id": registration.event_id,
        "registration_id": registration.id,
        "rule_result": standing.decision.as_dict(),
        "issued_by_id": template.issued_by_id,
        "status_place": place,
    }
    signed = template.signature.kept(data) if template.signature else None
    return _Drawing(registration.id, values, signed=signed)


def _store(run_id: int, claim: str, drawings: list[_Drawing]) -> None:
    """Store a batch with its letters and count it. Raises ClaimLost."""
    problems = [
        {"registration_id": drawing.registration_id, "text": drawing.problem}
        for drawing in drawings
        if drawing.values is None
    ]
    stored = _insert([drawing.values for drawing in drawings if drawing.values is not None])
    run = db.session.scalar(
        update(IssueRun)
        .where(IssueRun.id == run_id, IssueRun.claim == claim, IssueRun.finished_at.is_(None))
        .values(
            done=IssueRun.done + len(stored),
            failed=IssueRun.failed + len(problems),
            claimed_until=clock.now() + CLAIM,
        )
        .returning(IssueRun)
        .execution_options(populate_existing=True)
    )
    if run is None:
        raise ClaimLost
    if problems:
        run.problems = [*run.problems, *problems]
    files = {drawing.values["code"]: drawing.signed for drawing in drawings if drawing.values}
    for certificate in queries.for_letters(stored):
        if (file := files[certificate.code]) is not None:
            file.certificate_id = certificate.id
            db.session.add(file)
        emails.available(certificate)


def _insert(drawn: list[dict[str, Any]]) -> list[int]:
    """Add certificates, but for those who cancelled or got one meanwhile. Returns the ids of those added."""
    waiting = _still_without([values["registration_id"] for values in drawn])
    rows = [values for values in drawn if values["registration_id"] in waiting]
    if not rows:
        return []
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Certificate).on_conflict_do_nothing().returning(Certificate.id)
    return list(db.session.scalars(statement, rows))


def _still_without(registration_ids: list[int]) -> set[int]:
    """Return which registrations are confirmed and have no certificate, not even an annulled one."""
    statement = select(Registration.id).where(
        Registration.id.in_(registration_ids),
        Registration.status == RegistrationStatus.CONFIRMED,
        ~exists().where(Certificate.registration_id == Registration.id),
    )
    return set(db.session.scalars(statement))


def _closed(run_id: int, claim: str, *, is_over: bool) -> bool:
    """Let go of a run, and finish it if it is over. Returns whether it is. Raises ClaimLost."""
    run = db.session.get_one(IssueRun, run_id)
    if run.claim != claim or run.finished_at is not None:
        raise ClaimLost
    run.claim = run.claimed_until = None
    if is_over:
        run.finished_at = clock.now()
        run.status = RunStatus.FINISHED
        audit.record("certificates.issued", run, event=run.event, issued=run.done, failed=run.failed)
    return is_over
