"""Changing the e-mail address of a registration: the old and the new address both say yes, or nothing changes.

Whoever holds a personal link can ask for a change, so the link alone must not be enough to take a registration over:
the old mailbox has to agree. Who has lost that mailbox asks the organiser, who knows people and can correct the
address by hand. No waiting time stands in for a lost mailbox: it would also run out for somebody on a field trip.

What the two mailboxes agree to holds for every registration of the same person, by document, at the former address
with the same organisation: nobody says the same for each event.
"""

from datetime import datetime, timedelta

from sqlalchemy import update

from app import audit
from app.extensions import db
from app.registration import rules
from app.registration.emails import requests as emails
from app.registration.errors import AddressInUse, AlreadyCancelled, SameAddress, TooManyChanges
from app.registration.models import EmailChange, Registration
from app.registration.models.requests import OPEN_CHANGE
from app.registration.queries import requests as asked_for
from app.registration.services.people import is_taken
from app.registration.services.seats import is_over, lock

LIFETIME = timedelta(days=3)
MOST_A_DAY = 5


def ask(registration: Registration, email: str, *, at: datetime) -> EmailChange:
    """Write to the old and the new address for their word. A newer wish ends the open one, and its links.

    Somebody who gave no address so far is asked at the new one alone.

    Raises AlreadyCancelled, SameAddress, and TooManyChanges after five in a day: each sends letters.
    """
    lock(registration.event)
    db.session.refresh(registration)
    if not registration.is_active:
        raise AlreadyCancelled
    if email == registration.email:
        raise SameAddress
    if asked_for.changes_since(registration, at - timedelta(days=1)) >= MOST_A_DAY:
        raise TooManyChanges
    db.session.execute(
        update(EmailChange)
        .where(EmailChange.registration_id == registration.id, OPEN_CHANGE)
        .values(ended_at=at)
    )
    change = EmailChange(
        registration=registration,
        email=email,
        created_at=at,
        expires_at=at + LIFETIME,
        old_confirmed_at=None if registration.email else at,
    )
    db.session.add(change)
    audit.record("email_change.asked", change, event=registration.event, at=at)
    emails.confirm_new_address(change)
    if registration.email:
        emails.confirm_old_address(change)
    return change


def confirm(change: EmailChange, *, is_new: bool, at: datetime) -> bool:
    """Take the word of one address; apply the change once both have given theirs. Returns whether it is applied.

    It is applied to the person's other registrations too (see queries.requests.others_of_the_change). Each address
    may say so again, and both at once: the row decides, and the change is applied once.

    Raises AddressInUse where another registration of the event has the new address and the same names.
    """
    others = _locked_others(change)
    said = {"new_confirmed_at": at} if is_new else {"old_confirmed_at": at}
    unsaid = EmailChange.new_confirmed_at if is_new else EmailChange.old_confirmed_at
    _claim(change, unsaid.is_(None), EmailChange.expires_at > at, **said)
    both = (EmailChange.new_confirmed_at.is_not(None), EmailChange.old_confirmed_at.is_not(None))
    if _claim(change, *both, EmailChange.expires_at > at, applied_at=at):
        _apply(change, others, at=at)
    db.session.refresh(change)
    return change.applied_at is not None


def _locked_others(change: EmailChange) -> list[Registration]:
    """Lock the change's event and those of the others that it holds for, always in one order, and their rows.

    So two changes of the same person, asked for in two events, never wait for each other.
    """
    found = [change.registration, *asked_for.others_of_the_change(change)]
    for event in sorted({one.event for one in found}, key=lambda one: one.id):
        lock(event)
    return asked_for.others_of_the_change(change, is_locked=True)


def take_back(change: EmailChange, *, at: datetime) -> bool:
    """End an open change, for either address. Returns whether there was something to end."""
    if not _claim(change, ended_at=at):
        return False
    audit.record("email_change.taken_back", change, event=change.registration.event, at=at)
    return True


def _claim(change: EmailChange, *conditions: object, **values: datetime) -> bool:
    """Write into an open change where the conditions hold; one of several that come at once does."""
    claimed = db.session.execute(
        update(EmailChange)
        .where(EmailChange.id == change.id, OPEN_CHANGE, *conditions)  # type: ignore[arg-type]
        .values(**values)
    )
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def _apply(change: EmailChange, others: list[Registration], *, at: datetime) -> None:
    registration = change.registration
    db.session.refresh(registration)
    if is_taken(registration, email=change.email):
        raise AddressInUse
    former = registration.email
    for one in (registration, *others):
        _move(one, change.email)
        audit.record("email_change.applied", change, event=one.event, at=at)
    _end_open_changes(others, at=at)
    for one in others:
        if one.is_active and not is_over(one.event, at=at):
            emails.address_changed_too(change, one)
    emails.address_changed(change, former=former, others=len(others))


def _move(registration: Registration, email: str) -> None:
    registration.email = email
    registration.link_version += 1
    rules.fold(registration)


def _end_open_changes(registrations: list[Registration], *, at: datetime) -> None:
    """End what the former mailbox could still agree to: it has no say any more."""
    db.session.execute(
        update(EmailChange)
        .where(EmailChange.registration_id.in_([one.id for one in registrations]), OPEN_CHANGE)
        .values(ended_at=at)
    )
