"""Messages to many: written as a draft, begun or scheduled, sent in shares.

A letter and the mark that its person has one are written in the same transaction, under the lock of the mailing's row.
So a worker that is killed leaves both or neither, and the next one goes on where it stopped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, literal, select, update

from app import audit, mail
from app.accounts.models import Actor
from app.events.models import Event
from app.extensions import db
from app.mail import wording
from app.mail.models import OutgoingLetter
from app.mailings.catalogue import MESSAGE_FIELDS
from app.mailings.errors import Nobody, NotADraft, NotSendable, NumberChanged, TooLate
from app.mailings.models import Mailing, MailingRecipient, MailingStatus
from app.mailings.queries import audience as people
from app.mailings.queries import mailings as queries
from app.mailings.rules import Audience, allowance
from app.registration import emails
from app.registration.models import Registration

_MINUTE = timedelta(minutes=1)
_STEPS = {
    MailingStatus.PAUSED: (MailingStatus.SENDING,),
    MailingStatus.SENDING: (MailingStatus.PAUSED,),
    MailingStatus.CANCELLED: (MailingStatus.SCHEDULED, MailingStatus.SENDING, MailingStatus.PAUSED),
}


@dataclass(frozen=True)
class Message:
    """What an office wrote, and to whom."""

    subject: str
    body: str
    is_notice: bool
    audience: Audience
    per_minute: int


def check(message: Message) -> None:
    """Refuse words that could not be filled in. Raises UnknownField and BadLink."""
    wording.check(message.subject, message.body, known=MESSAGE_FIELDS, addresses=emails.ADDRESSES)


def draft(event: Event, message: Message, *, by: Actor | None, at: datetime) -> Mailing:
    """Keep a message to work on. Raises UnknownField and BadLink."""
    check(message)
    mailing = Mailing(
        event=event, status=MailingStatus.DRAFT, created_at=at, created_by_id=None if by is None else by.id
    )
    _write(mailing, message)
    db.session.add(mailing)
    db.session.flush()
    return mailing


def change(mailing: Mailing, message: Message) -> None:
    """Change a draft. Raises NotADraft, UnknownField and BadLink."""
    check(message)
    _lock(mailing)
    if mailing.status != MailingStatus.DRAFT:
        raise NotADraft
    _write(mailing, message)


def _write(mailing: Mailing, message: Message) -> None:
    mailing.subject, mailing.body = message.subject, message.body
    mailing.is_notice, mailing.per_minute = message.is_notice, message.per_minute
    mailing.audience = message.audience.as_dict()


def delete_draft(mailing: Mailing) -> None:
    """Throw a draft away. Raises NotADraft."""
    _lock(mailing)
    if mailing.status != MailingStatus.DRAFT:
        raise NotADraft
    db.session.delete(mailing)


def send(mailing: Mailing, *, expected: int, send_at: datetime | None, at: datetime) -> int:
    """Begin to send a draft, or schedule it. Returns how many it is for.

    `expected` is the number that was shown: where it is another by now, nothing is sent. A scheduled message goes to
    whom the choice means at that moment.

    Raises NotADraft, Nobody, NumberChanged and TooLate.
    """
    _lock(mailing)
    if mailing.status != MailingStatus.DRAFT:
        raise NotADraft
    if send_at is not None and send_at <= at:
        raise TooLate
    number = people.count(mailing.event, Audience.of(mailing.audience), is_notice=mailing.is_notice)
    if not number:
        raise Nobody
    if number != expected:
        raise NumberChanged
    if send_at is None:
        _begin(mailing, at=at)
    else:
        mailing.status, mailing.send_at = MailingStatus.SCHEDULED, send_at
    action = "mailing.begun" if send_at is None else "mailing.scheduled"
    audit.record(action, mailing, event=mailing.event, at=at, people=number)
    return number


def _begin(mailing: Mailing, *, at: datetime) -> None:
    """Settle who the recipients are, in one statement."""
    mailing.status, mailing.started_at = MailingStatus.SENDING, at
    db.session.flush()
    chosen = people.conditions(mailing.event, Audience.of(mailing.audience), is_notice=mailing.is_notice)
    statement = select(literal(mailing.id), Registration.id).where(*chosen)
    db.session.execute(insert(MailingRecipient).from_select(["mailing_id", "registration_id"], statement))


def set_status(mailing: Mailing, status: MailingStatus, *, at: datetime) -> None:
    """Pause, resume or cancel a mailing. What a cancelled one has written and not sent is called back.

    Raises NotSendable where that is not possible any more.
    """
    _lock(mailing)
    if mailing.status not in _STEPS[status]:
        raise NotSendable
    mailing.status = status
    if status == MailingStatus.CANCELLED:
        mailing.finished_at = at
        _call_back(mailing, at=at)
    audit.record(f"mailing.{status}", mailing, event=mailing.event, at=at)


def _call_back(mailing: Mailing, *, at: datetime) -> None:
    letters = select(MailingRecipient.letter_id).where(MailingRecipient.mailing_id == mailing.id)
    db.session.execute(
        update(OutgoingLetter)
        .where(
            OutgoingLetter.id.in_(letters),
            OutgoingLetter.sent_at.is_(None),
            OutgoingLetter.failed_at.is_(None),
        )
        .values(failed_at=at, last_error="cancelled")
    )


def advance(mailing_id: int, *, at: datetime) -> bool:
    """Write the letters that a mailing may have now. Returns whether some are left for later."""
    mailing = queries.by_id(mailing_id)
    if mailing is None:
        return False
    _lock(mailing)
    if mailing.status == MailingStatus.SCHEDULED and mailing.send_at is not None and mailing.send_at <= at:
        _begin(mailing, at=at)
    if mailing.status != MailingStatus.SENDING:
        return False
    share = allowance(mailing.per_minute, lately=queries.written_since(mailing, at - _MINUTE))
    for recipient, person in queries.still_to_write(mailing, limit=share):
        recipient.letter_id = _queue(mailing, person)
        recipient.queued_at = at
    db.session.flush()
    if not queries.still_to_write(mailing, limit=1):
        mailing.status, mailing.finished_at = MailingStatus.FINISHED, at
        return False
    return True


def _queue(mailing: Mailing, person: Registration) -> int:
    return mail.queue(
        "mailings.message",
        to=person.email,
        payload={"mailing_id": mailing.id, "registration_id": person.id},
        language=person.language,
        about=person,
    )


def _lock(mailing: Mailing) -> None:
    # Columns alone: PostgreSQL cannot lock rows that were joined along.
    db.session.refresh(mailing, ["status", "send_at"], with_for_update=True)
