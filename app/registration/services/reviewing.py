"""The office's word on registrations that a form holds back until they were looked at."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app import audit, changes
from app.events.models import Event, EventStatus
from app.extensions import db
from app.registration import emails, queries, rules
from app.registration.errors import EventOver, NobodyToReview, NotePlease, NotPublished, NotUnderReview
from app.registration.models import Registration, RegistrationForm, RegistrationStatus
from app.registration.rules.reviews import NOTE_LENGTH, Verdict, needs_note
from app.registration.services.answers import save_answers
from app.registration.services.entities import settle
from app.registration.services.people import Person, taken
from app.registration.services.seats import (
    is_over,
    lock,
    promote,
    refuse_full_choices,
    status_once_approved,
)
from app.text import tidy_lines

_NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})


def approve(registration: Registration, *, at: datetime) -> RegistrationStatus:
    """Let a registration in: it gets a seat, or waits for one by the moment at which it came. Returns which.

    Raises NotUnderReview, NotPublished and EventOver.
    """
    _review(registration.event, [registration], Verdict.APPROVE, "", at=at)
    return registration.status


def ask_for_more(registration: Registration, note: str, *, at: datetime) -> None:
    """Ask a person for more before deciding; it is theirs to answer. Raises as approve does, and NotePlease."""
    _review(registration.event, [registration], Verdict.ASK, note, at=at)


def reject(registration: Registration, note: str, *, at: datetime) -> None:
    """Turn a registration down; the person may register anew. Raises as approve does, and NotePlease."""
    _review(registration.event, [registration], Verdict.REJECT, note, at=at)


def review_many(
    event: Event, registration_ids: Collection[int], verdict: Verdict, note: str = "", *, at: datetime
) -> int:
    """Say the same about several registrations. Returns about how many: others were decided meanwhile.

    Raises NobodyToReview, NotPublished, EventOver and NotePlease.
    """
    lock(event)
    several = queries.several(event, registration_ids, fresh=True)
    waiting = [one for one in several if one.is_under_review]
    if not waiting:
        raise NobodyToReview
    # Seats go to those who came first, whatever the order of the list.
    waiting.sort(key=lambda one: (one.created_at, one.id))
    _review(event, waiting, verdict, note, at=at)
    return len(waiting)


def _review(
    event: Event, registrations: list[Registration], verdict: Verdict, note: str, *, at: datetime
) -> None:
    written = tidy_lines(note)[:NOTE_LENGTH]
    if needs_note(verdict) and not written:
        raise NotePlease
    lock(event)
    if event.status != EventStatus.PUBLISHED:
        raise NotPublished
    if is_over(event, at=at):
        raise EventOver
    for registration in registrations:
        db.session.refresh(registration)
        if not registration.is_under_review:
            raise NotUnderReview
        _decide(registration, verdict, written, at=at)
    if verdict == Verdict.REJECT:
        db.session.flush()
        promote(event, at=at)  # a place of a choice may be what somebody waits for


def _decide(registration: Registration, verdict: Verdict, note: str, *, at: datetime) -> None:
    match verdict:
        case Verdict.APPROVE:
            _let_in(registration, at=at)
        case Verdict.ASK:
            registration.status, registration.review_note = RegistrationStatus.RETURNED, note
        case Verdict.REJECT:
            registration.status, registration.review_note = RegistrationStatus.REJECTED, note
    db.session.flush()
    event, status = registration.event, str(registration.status)
    audit.record(
        "registration.reviewed", registration, event=event, at=at, verdict=str(verdict), status=status
    )
    emails.reviewed(registration, verdict)


def _let_in(registration: Registration, *, at: datetime) -> None:
    registration.status = status_once_approved(registration)
    if registration.status == RegistrationStatus.CONFIRMED:
        registration.confirmed_at = at
    else:
        registration.waiting_since = registration.created_at


def resubmit(
    registration: Registration,
    person: Person,
    *,
    form: RegistrationForm | None = None,
    values: Mapping[str, Any] = _NO_ANSWERS,
    at: datetime,
) -> list[str]:
    """Take what a person corrected when the office asked for more: the office looks at it again.

    Returns the names of the facts and the keys of the answers that changed. Raises NotUnderReview where nothing was
    asked, EventOver, IdentityTaken or SamePerson, and ChoiceFull.
    """
    event = registration.event
    lock(event)
    db.session.refresh(registration)
    if registration.status != RegistrationStatus.RETURNED:
        raise NotUnderReview
    if is_over(event, at=at):
        raise EventOver
    other = queries.active_by_identity(event, person.identity)
    if other is not None and other.id != registration.id:
        raise taken(person)
    changed = changes.apply(registration, person)
    rules.fold(registration)
    settle(registration)
    registration.status = RegistrationStatus.PENDING
    db.session.flush()
    if form is not None:
        refuse_full_choices(registration, values)
        changed += save_answers(registration, form, values, at=at)
    audit.record("registration.resubmitted", registration, event=event, at=at, changed=changed)
    return changed
