"""Reads of mailings: which there are, how far each has come, and what became of each letter."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn, TypeVarTuple

from flask import abort
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from app.events.models import Event
from app.extensions import db
from app.mail.models import OutgoingLetter
from app.mail.services import WITHDRAWN
from app.mailings.models import Mailing, MailingRecipient, MailingStatus
from app.registration.models import Registration

_Columns = TypeVarTuple("_Columns")
PAGE = 50  # recipients on one page


class Result(StrEnum):
    """What became of the letter to one person."""

    WAITING = "waiting"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"
    NOT_SENT = "not_sent"


# One expression, so that the counts and the list can never disagree.
_outcome: ColumnElement[Any] = case(
    (MailingRecipient.letter_id.is_(None), Result.WAITING),
    (OutgoingLetter.bounced_at.is_not(None), Result.BOUNCED),
    (OutgoingLetter.last_error == WITHDRAWN, Result.NOT_SENT),
    (OutgoingLetter.sent_at.is_not(None), Result.SENT),
    (OutgoingLetter.failed_at.is_not(None), Result.FAILED),
    else_=Result.WAITING,
)


@dataclass(frozen=True)
class Recipient:
    """A person of a mailing, with what became of their letter and why."""

    registration: Registration
    result: Result
    address: str
    reason: str
    letter_id: int | None


@dataclass(frozen=True)
class Page:
    """One page of a mailing's recipients; `page` counts from 1."""

    rows: list[Recipient]
    page: int
    pages: int


def _not_found() -> NoReturn:
    abort(404)


def of_event(event: Event) -> list[tuple[Mailing, int, int]]:
    """Return the mailings of an event, the newest first, each with how many it is for and how many were written."""
    counts = (
        select(
            MailingRecipient.mailing_id,
            func.count().label("people"),
            func.count(MailingRecipient.letter_id).label("written"),
        )
        .group_by(MailingRecipient.mailing_id)
        .subquery()
    )
    statement = (
        select(Mailing, func.coalesce(counts.c.people, 0), func.coalesce(counts.c.written, 0))
        .outerjoin(counts, counts.c.mailing_id == Mailing.id)
        .where(Mailing.event_id == event.id)
        .order_by(Mailing.id.desc())
    )
    return [(mailing, people, written) for mailing, people, written in db.session.execute(statement)]


def of_event_or_404(event: Event, mailing_id: int) -> Mailing:
    """Return a mailing of this event, or answer 404."""
    statement = select(Mailing).where(Mailing.id == mailing_id, Mailing.event_id == event.id)
    return db.session.scalar(statement) or _not_found()


def by_id(mailing_id: int) -> Mailing | None:
    """Return a mailing with its event and organisation."""
    statement = (
        select(Mailing)
        .options(joinedload(Mailing.event).joinedload(Event.organisation))
        .where(Mailing.id == mailing_id)
    )
    return db.session.scalar(statement)


def results(mailing: Mailing) -> dict[Result, int]:
    """Return how many letters of a mailing came how far, in one query."""
    statement = (
        select(_outcome, func.count())
        .select_from(MailingRecipient)
        .outerjoin(OutgoingLetter, OutgoingLetter.id == MailingRecipient.letter_id)
        .where(MailingRecipient.mailing_id == mailing.id)
        .group_by(_outcome)
    )
    found = {Result(result): number for result, number in db.session.execute(statement)}
    return {result: found.get(result, 0) for result in Result}


def recipients(mailing: Mailing, *, result: Result | None, number: int) -> Page:
    """Return one page of a mailing's people by name, those of one result alone where it is given."""
    conditions: list[ColumnElement[bool]] = [MailingRecipient.mailing_id == mailing.id]
    if result is not None:
        conditions.append(_outcome == result)
    total = (
        db.session.scalar(
            _with_letters(select(func.count()).select_from(MailingRecipient)).where(*conditions)
        )
        or 0
    )
    pages = max(1, -(-total // PAGE))
    shown = min(max(1, number), pages)
    statement = (
        _with_letters(
            select(
                Registration, _outcome, OutgoingLetter.recipient, OutgoingLetter.last_error, OutgoingLetter.id
            ).select_from(MailingRecipient)
        )
        .join(Registration, Registration.id == MailingRecipient.registration_id)
        .where(*conditions)
        .order_by(Registration.sort_key, Registration.id)
        .limit(PAGE)
        .offset((shown - 1) * PAGE)
    )
    rows = [
        Recipient(person, Result(found), address or person.email, reason or "", letter_id)
        for person, found, address, reason, letter_id in db.session.execute(statement)
    ]
    return Page(rows, shown, pages)


def _with_letters(statement: Select[*_Columns]) -> Select[*_Columns]:
    return statement.outerjoin(OutgoingLetter, OutgoingLetter.id == MailingRecipient.letter_id)


def unfinished(*, at: datetime) -> list[int]:
    """Return the mailings that have something to send now."""
    statement = select(Mailing.id).where(
        or_(
            Mailing.status == MailingStatus.SENDING,
            (Mailing.status == MailingStatus.SCHEDULED) & (Mailing.send_at <= at),
        )
    )
    return list(db.session.scalars(statement.order_by(Mailing.id)))


def written_since(mailing: Mailing, moment: datetime) -> int:
    """Return how many letters of a mailing were written after a moment."""
    statement = select(func.count()).where(
        MailingRecipient.mailing_id == mailing.id, MailingRecipient.queued_at > moment
    )
    return db.session.scalar(statement) or 0


def still_to_write(mailing: Mailing, *, limit: int) -> list[tuple[MailingRecipient, Registration]]:
    """Return the next people of a mailing for whom no letter was written yet."""
    statement = (
        select(MailingRecipient, Registration)
        .join(Registration, Registration.id == MailingRecipient.registration_id)
        .where(MailingRecipient.mailing_id == mailing.id, MailingRecipient.queued_at.is_(None))
        .order_by(MailingRecipient.registration_id)
        .limit(limit)
    )
    return [(recipient, person) for recipient, person in db.session.execute(statement)]
