"""Issuing in batch: a run is a row, and each of its certificates another, settled when it is started.

Workers, several at a time if there are, claim a few certificates, draw them between the transactions so that nobody
waits for it, and store them. Where a worker was killed its claim runs out and the next takes over; where a claim was
lost, its batch is undone. Should two workers draw the same certificate all the same, the uniqueness of its edition lets
one of them in.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import exists, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app import audit, clock, unit_of_work
from app.accounts.models import Actor
from app.certificates import badges, composition, emails, keys, queries, rules, services
from app.certificates.composition import Bearer
from app.certificates.errors import (
    NobodyQualifies,
    NotWaiting,
    SamePerson,
    SigningKeyError,
    SourceError,
    Unprintable,
)
from app.certificates.keys import Signature
from app.certificates.models import (
    Award,
    Certificate,
    CertificateDesign,
    CertificateKind,
    CertificateRole,
    IssueItem,
    IssueRun,
    ItemState,
    Recipient,
    RunStatus,
    SignedFile,
)
from app.certificates.queries import State
from app.credentials import services as credentials
from app.events.models import Event
from app.extensions import db
from app.registration.models import DocumentType, Registration, RegistrationStatus
from app.upserts import insert_into

BATCH = 40  # certificates drawn and stored together: about half a second
CLAIM = timedelta(minutes=2)
_ROWS = 1000  # items written at a time


class ClaimLost(Exception):
    """Another worker has taken over what this one had claimed."""


@dataclass(frozen=True)
class Item:
    """A certificate to be drawn, as plain values that outlive a transaction."""

    id: int
    registration_id: int | None
    recipient_id: int | None
    result: dict[str, Any]


@dataclass(frozen=True)
class _Drawing:
    """A certificate that is drawn and not stored yet, or the reason why it cannot be."""

    item: Item
    values: dict[str, Any] | None
    problem: str = ""
    signed: SignedFile | None = None


@dataclass(frozen=True)
class _Template:
    """What all certificates of a run have in common."""

    design: CertificateDesign
    award: Award
    issued_at: datetime
    issued_by_id: int | None
    verify_url: str
    signature: Signature | None


def start(
    event: Event, *, award: Award | None = None, search: str = "", by: Actor | None, at: datetime
) -> IssueRun:
    """Begin to issue an award, the event's first one unless told otherwise, to everybody who has earned it and has
    none; or return the event's run under way.

    `search` narrows them as in queries.standings. Where the organisation wants a second person's word, the run waits
    for it. Raises HoursMissing, Unprintable where the design cannot be drawn, KeyNotValidNow and KeySealed where it
    cannot be signed, and NobodyQualifies.
    """
    services.lock(event)
    if (running := queries.unfinished_run(event.id)) is not None:
        return running
    award = services.stored(award or queries.first_award(event))
    design = services.present_design(award, at=at)
    services.sample(event, services.award_terms(award), name=services.SAMPLE_NAME, at=at, award=award)
    keys.signature_for(event.organisation, at=at)
    services.list_speakers(event, CertificateRole(award.role), at=at)
    db.session.flush()
    earned = [one for one in queries.standings(award, search=search) if one.state == State.EARNED]
    if not earned:
        raise NobodyQualifies
    is_waiting = queries.needs_second_person(event.organisation_id)
    run = IssueRun(
        event=event,
        award=award,
        design=design,
        search=search or None,
        started_at=at,
        started_by_id=None if by is None else by.id,
        status=RunStatus.WAITING if is_waiting else RunStatus.RUNNING,
        total=len(earned),
    )
    db.session.add(run)
    db.session.flush()
    items = [
        {
            "run_id": run.id,
            "registration_id": one.registration_id,
            "recipient_id": one.recipient_id,
            "result": one.decision.as_dict(),
        }
        for one in earned
    ]
    for first in range(0, len(items), _ROWS):
        db.session.execute(insert(IssueItem), items[first : first + _ROWS])
    audit.record("certificates.issue_started", run, event=event, at=at, people=len(items), award_id=award.id)
    return run


def confirm(run: IssueRun, *, by: Actor, at: datetime) -> None:
    """Let a run begin that waits for a second person. Raises NotWaiting, and SamePerson for whoever started it."""
    services.lock(run.event)
    db.session.refresh(run)
    if run.status != RunStatus.WAITING:
        raise NotWaiting
    if run.started_by_id == by.id:
        raise SamePerson
    run.status, run.confirmed_at, run.confirmed_by_id = RunStatus.RUNNING, at, by.id
    audit.record("certificates.issue_confirmed", run, event=run.event, at=at)


def cancel(run: IssueRun, *, at: datetime) -> None:
    """Give up a run that waits for a second person: nothing is issued. Raises NotWaiting."""
    services.lock(run.event)
    db.session.refresh(run)
    if run.status != RunStatus.WAITING:
        raise NotWaiting
    run.status, run.finished_at = RunStatus.CANCELLED, at
    audit.record("certificates.issue_cancelled", run, event=run.event, at=at)


def work_on(run_id: int, *, limit: int | None = None) -> bool:
    """Issue up to `limit` certificates of a run, in transactions of their own.

    Returns whether the run is finished. Leaves alone what another worker is at.
    """
    left = limit
    try:
        while left is None or left > 0:
            claim = secrets.token_hex(16)
            with unit_of_work.transaction():
                items = _taken(run_id, claim, BATCH if left is None else min(BATCH, left))
                place = _places(items) if items else 0
            if not items:
                break
            drawings = _drawn(run_id, items, place)
            with unit_of_work.transaction():
                _store(run_id, claim, drawings)
            left = None if left is None else left - len(items)
        with unit_of_work.transaction():
            return _closed(run_id)
    except ClaimLost:
        return False
    except SigningKeyError as error:
        # The claim is kept, so that the next try comes when it runs out.
        current_app.logger.error("run %s waits for a signing key: %s", run_id, error)
        return False


def issue_here(event: Event, *, award: Award | None = None, by: Actor | None, at: datetime) -> IssueRun:
    """Issue to everybody who has earned it within the present transaction: for small events and demo data.

    Raises what start raises.
    """
    run = start(event, award=award, by=by, at=at)
    claim = secrets.token_hex(16)
    while items := _taken(run.id, claim, BATCH):
        _store(run.id, claim, _drawn(run.id, items, _places(items)))
    _closed(run.id)
    return run


def abandoned(*, at: datetime) -> list[int]:
    """Return the runs that nobody is working on: not begun yet, or left by a worker that was killed."""
    is_held = exists().where(IssueItem.run_id == IssueRun.id, IssueItem.claimed_until >= at)
    statement = select(IssueRun.id).where(
        IssueRun.finished_at.is_(None), IssueRun.status == RunStatus.RUNNING, ~is_held
    )
    return list(db.session.scalars(statement))


def _taken(run_id: int, claim: str, size: int) -> list[Item]:
    """Claim the next certificates of a run that nobody else is at."""
    now = clock.now()
    free = (
        select(IssueItem.id)
        .join(IssueRun, IssueRun.id == IssueItem.run_id)
        .where(
            IssueItem.run_id == run_id,
            IssueItem.state == ItemState.WAITING,
            IssueRun.status == RunStatus.RUNNING,
            or_(IssueItem.claimed_until.is_(None), IssueItem.claimed_until < now),
        )
        .order_by(IssueItem.id)
        .limit(size)
        .with_for_update(of=IssueItem, skip_locked=True)
    )
    rows = db.session.execute(
        update(IssueItem)
        .where(IssueItem.id.in_(list(db.session.scalars(free))))
        .values(claim=claim, claimed_until=now + CLAIM)
        .returning(IssueItem.id, IssueItem.registration_id, IssueItem.recipient_id, IssueItem.result)
        .execution_options(synchronize_session=False)
    )
    return sorted((Item(*row) for row in rows), key=lambda item: item.id)


def _places(items: Sequence[Item]) -> int:
    """Return the first of as many places in the status lists as these need; of a crash, some stay empty."""
    credentials.register_key(at=clock.now())
    return credentials.reserve_places(len(items))


def _drawn(run_id: int, items: Sequence[Item], first_place: int) -> list[_Drawing]:
    run = db.session.get_one(IssueRun, run_id)
    signature = keys.signature_for(run.event.organisation, at=clock.now())
    template = _Template(
        run.design, run.award, run.started_at, run.started_by_id, queries.verify_url(), signature
    )
    people: dict[int, Any] = _people(Registration, [one.registration_id for one in items])
    others: dict[int, Any] = _people(Recipient, [one.recipient_id for one in items])
    return [
        _drawing(
            template,
            item,
            people[item.registration_id] if item.registration_id else others[item.recipient_id or 0],
            place,
        )
        for place, item in enumerate(items, first_place)
    ]


def _people(model: Any, ids: list[int | None]) -> dict[int, Any]:
    chosen = [number for number in ids if number is not None]
    if not chosen:
        return {}
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(chosen)))}


def _drawing(template: _Template, item: Item, person: Registration | Recipient, place: int) -> _Drawing:
    design, result = template.design, item.result
    bearer = Bearer(
        code=rules.new_code(),
        name=composition.printable(person.full_name),
        document_type=DocumentType(person.document_type),
        document_number=person.document_number,
        role=CertificateRole(template.award.role),
        percent=result["percent"],
        verify_url=template.verify_url,
        issued_at=template.issued_at,
        signed_by=template.signature.subject if template.signature else "",
        hours=Decimal(result["hours"]) if template.award.credits_attended else None,
        grade=services.grade_in(result),
    )
    bearer = badges.with_credential(bearer, design.content, place)
    try:
        data = services.drawn(design.template, design.content, bearer)
    except (Unprintable, SourceError) as error:
        return _Drawing(item, None, error.text)
    if template.signature:
        data = template.signature.on(data)
    kind = CertificateKind(template.award.kind)
    values = services.values_of(design, bearer, data, kind=kind, edition=1) | {
        "event_id": template.award.event_id,
        "award_id": template.award.id,
        "registration_id": item.registration_id,
        "recipient_id": item.recipient_id,
        "rule_result": result,
        "issued_by_id": template.issued_by_id,
        "status_place": place,
    }
    signed = template.signature.kept(data) if template.signature else None
    return _Drawing(item, values, signed=signed)


def _store(run_id: int, claim: str, drawings: list[_Drawing]) -> None:
    """Store a batch with its letters and count it. Raises ClaimLost."""
    drawn = [drawing for drawing in drawings if drawing.values is not None]
    stored = _insert([drawing.values for drawing in drawn if drawing.values is not None])
    certificates = queries.for_letters(stored)
    codes = {certificate.code for certificate in certificates}
    done = [one.item.id for one in drawn if one.values and one.values["code"] in codes]
    skipped = [one.item.id for one in drawn if one.values and one.values["code"] not in codes]
    failed = [one for one in drawings if one.values is None]
    changed = _settle(claim, done, ItemState.DONE) + _settle(claim, skipped, ItemState.SKIPPED)
    changed += sum(_settle(claim, [one.item.id], ItemState.FAILED, one.problem) for one in failed)
    if changed < len(drawings):
        raise ClaimLost
    db.session.execute(
        update(IssueRun)
        .where(IssueRun.id == run_id)
        .values(
            done=IssueRun.done + len(done),
            failed=IssueRun.failed + len(failed),
            skipped=IssueRun.skipped + len(skipped),
        )
    )
    files = {one.values["code"]: one.signed for one in drawn if one.values}
    for certificate in certificates:
        if (file := files[certificate.code]) is not None:
            file.certificate_id = certificate.id
            db.session.add(file)
        emails.available(certificate)


def _settle(claim: str, ids: list[int], state: ItemState, problem: str = "") -> int:
    """Write down what became of claimed certificates. Returns how many of them were still claimed."""
    if not ids:
        return 0
    rows = db.session.execute(
        update(IssueItem)
        .where(IssueItem.id.in_(ids), IssueItem.claim == claim, IssueItem.state == ItemState.WAITING)
        .values(state=state, problem=problem[:400], claim=None, claimed_until=None)
        .returning(IssueItem.id)
        .execution_options(synchronize_session=False)
    )
    return len(rows.all())


def _insert(drawn: list[dict[str, Any]]) -> list[int]:
    """Add certificates, but for those who cancelled or got one meanwhile. Returns the ids of those added."""
    if not drawn:
        return []
    award_id = drawn[0]["award_id"]
    people = _still_without(award_id, Registration, Certificate.registration_id, drawn)
    others = _still_without(award_id, Recipient, Certificate.recipient_id, drawn)
    rows = [one for one in drawn if one["registration_id"] in people or one["recipient_id"] in others]
    if not rows:
        return []
    statement = insert_into(Certificate).on_conflict_do_nothing().returning(Certificate.id)
    return list(db.session.scalars(statement, rows))


def _still_without(
    award_id: int, model: Any, column: InstrumentedAttribute[int | None], drawn: list[dict[str, Any]]
) -> set[int]:
    """Return which people are still to get the award, and have no certificate of it, not even an annulled one."""
    ids = [one[column.key] for one in drawn if one[column.key] is not None]
    if not ids:
        return set()
    is_there = (
        model.status == RegistrationStatus.CONFIRMED if model is Registration else model.removed_at.is_(None)
    )
    statement = select(model.id).where(
        model.id.in_(ids),
        is_there,
        ~exists().where(column == model.id, Certificate.award_id == award_id),
    )
    return set(db.session.scalars(statement))


def _closed(run_id: int) -> bool:
    """Finish a run of which nothing is left to issue. Returns whether it is finished."""
    run = db.session.get_one(IssueRun, run_id, populate_existing=True, with_for_update=True)
    if run.finished_at is not None:
        return True
    if run.status != RunStatus.RUNNING or queries.items_waiting(run_id):
        return False
    run.finished_at = clock.now()
    run.status = RunStatus.FINISHED
    audit.record("certificates.issued", run, event=run.event, issued=run.done, failed=run.failed)
    return True
