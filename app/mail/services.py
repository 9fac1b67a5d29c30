"""Writing to the outbox, and emptying it."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app, g
from flask_babel import get_locale, refresh
from sqlalchemy import JSON, CursorResult, Select, String, literal, select, update
from sqlalchemy import cast as cast_to

from app import clock, unit_of_work
from app.columns import UtcDateTime
from app.extensions import db
from app.mail import copies, letters, transport
from app.mail.models import OutgoingLetter

BATCH = 50
CLAIM = timedelta(minutes=10)
WITHDRAWN = "withdrawn"  # nothing was left to say
GIVE_UP_AFTER = 40  # attempts: with the back-off below, about five days
_LONGEST_PAUSE = timedelta(hours=4)
_WAKE_PAUSE = 1.0  # seconds: letters of one second share one waking
_last_wake: list[float] = [0.0]


_ADD = OutgoingLetter.metadata.tables[OutgoingLetter.__tablename__].insert()


def queue(
    letter: str, *, to: str, payload: dict[str, Any], language: str | None = None, about: Any = None
) -> int:
    """Add a letter to the outbox in the present transaction and wake the worker once that is committed.

    `about` is the row under which letters_about finds it again. Returns the letter's id.
    """
    now = clock.now()
    row = {
        "letter": letter,
        "recipient": to,
        "language": language or str(get_locale()),
        "payload": payload,
        "about": None if about is None else _reference(about),
        "created_at": now,
        "next_attempt_at": now,
        "attempts": 0,
    }
    added = cast("CursorResult[Any]", db.session.execute(_ADD, row)).inserted_primary_key
    unit_of_work.after_commit(_wake)
    return int(added[0] if added else 0)


def queue_many(letter: str, recipients: Select[str, str, str, int], *, key: str) -> None:
    """Add a letter for each row of `recipients` in one statement, however many they are.

    `recipients` yields address, language, what the letter is about, and an id: the payload is `{key: id}`.
    """
    to, language, about, number = recipients.subquery().c
    now = clock.now()
    text = literal(f'{{"{key}": ') + cast_to(number, String) + literal("}")
    payload = cast_to(text, JSON) if db.engine.dialect.name == "postgresql" else text
    values = {
        "letter": literal(letter),
        "recipient": to,
        "language": language,
        "payload": payload,
        "about": about,
        "created_at": literal(now, UtcDateTime),
        "next_attempt_at": literal(now, UtcDateTime),
        "attempts": literal(0),
    }
    db.session.execute(_ADD.from_select(list(values), select(*values.values())))
    unit_of_work.after_commit(_wake)


def _reference(row: Any) -> str:
    return f"{row.__tablename__}:{row.id}"


def letters_about(*rows: Any) -> list[OutgoingLetter]:
    """Return the letters about some rows, the newest first."""
    statement = select(OutgoingLetter).where(OutgoingLetter.about.in_(map(_reference, rows)))
    return list(db.session.scalars(statement.order_by(OutgoingLetter.id.desc())))


def letter_about(letter_id: int, *rows: Any) -> OutgoingLetter | None:
    """Return one of the letters about some rows."""
    about = map(_reference, rows)
    return db.session.scalar(
        select(OutgoingLetter).where(OutgoingLetter.id == letter_id, OutgoingLetter.about.in_(about))
    )


def send_again(letter: OutgoingLetter, *, to: str) -> None:
    """Queue a letter once more, in the language of the first time: it is written anew, as things stand now."""
    again = queue(letter.letter, to=to, payload=dict(letter.payload), language=letter.language)
    db.session.execute(update(OutgoingLetter).where(OutgoingLetter.id == again).values(about=letter.about))


def mark_bounced(letter_id: int, *, status: str, at: datetime) -> bool:
    """Write down that a letter came back for good. Returns False where that is known, or the letter is not there."""
    marked = db.session.scalar(
        update(OutgoingLetter)
        .where(OutgoingLetter.id == letter_id, OutgoingLetter.bounced_at.is_(None))
        .values(bounced_at=at, last_error=status[:100])
        .returning(OutgoingLetter.id)
    )
    return marked is not None


def _wake() -> None:
    # The task is set for a second later, so that it sees every letter committed until then.
    if time.monotonic() - _last_wake[0] < _WAKE_PAUSE * 0.9:
        return
    _last_wake[0] = time.monotonic()
    try:
        current_app.extensions["mail_wake"](_WAKE_PAUSE)
    except Exception:
        # The letter is safe in its row and the sweep will find it; only the haste is lost.
        current_app.logger.exception("the queue could not be woken")


def pause_before(attempt: int) -> timedelta:
    """Return how long to wait after the given number of failed attempts: 1, 2, 4, 8 minutes ... at most four hours."""
    return min(timedelta(minutes=2 ** min(attempt - 1, 10)), _LONGEST_PAUSE)


def deliver_due(*, limit: int = 1000) -> int:
    """Send what is due. Returns the number of letters sent.

    Each batch is claimed by a conditional UPDATE, so that two workers never send the same letter, and a killed
    worker's claim runs out by itself. A server that cannot be reached ends the round: the rest stays due.
    """
    sent = 0
    while sent < limit:
        claimed = deque(_claim(min(BATCH, limit - sent)))
        if not claimed:
            return sent
        try:
            for delivered in _deliver_all(claimed):
                sent += delivered
        except transport.Unreachable as error:
            current_app.logger.warning("mail server out of reach: %s", error)
            _postpone(claimed, str(error))
            return sent
    return sent


def _deliver_all(waiting: deque[int]) -> Iterator[int]:
    """Send letters, taking each off the queue, and yield 1 or 0 for each.

    A letter that ends the conversation does not stop those behind it. Where two conversations in a row end at their
    first letter, the server is taken to be out of reach.
    """
    patience = time.monotonic() + CLAIM.total_seconds() / 2
    fruitless = 0
    while waiting:
        before = len(waiting)
        try:
            with transport.open_transport() as send:
                yield from _converse(waiting, send, until=patience)
        except transport.Broken as error:
            fruitless = fruitless + 1 if len(waiting) == before - 1 else 0
            if fruitless > 1:
                raise transport.Unreachable(str(error)) from error


def _converse(waiting: deque[int], send: transport.Send, *, until: float) -> Iterator[int]:
    while waiting:
        if time.monotonic() > until:
            # The server is slow: what is left of the claim goes back before another worker could claim it too.
            _give_back(waiting)
            waiting.clear()
            return
        yield _deliver(waiting.popleft(), send)


def _give_back(waiting: deque[int]) -> None:
    with unit_of_work.transaction():
        db.session.execute(
            update(OutgoingLetter)
            .where(OutgoingLetter.id.in_(waiting))
            .values(next_attempt_at=clock.now(), attempts=OutgoingLetter.attempts - 1)
        )


def _claim(limit: int) -> list[int]:
    now = clock.now()
    due = (
        OutgoingLetter.sent_at.is_(None),
        OutgoingLetter.failed_at.is_(None),
        OutgoingLetter.next_attempt_at <= now,
    )
    with unit_of_work.transaction():
        candidates = (
            select(OutgoingLetter.id)
            .where(*due)
            .order_by(OutgoingLetter.next_attempt_at, OutgoingLetter.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list(db.session.scalars(candidates))
        claimed = db.session.scalars(
            update(OutgoingLetter)
            .where(OutgoingLetter.id.in_(ids), *due)
            .values(next_attempt_at=now + CLAIM, attempts=OutgoingLetter.attempts + 1)
            .returning(OutgoingLetter.id)
        )
        return sorted(claimed)


def _deliver(letter_id: int, send: transport.Send) -> int:
    row = db.session.get_one(OutgoingLetter, letter_id)
    recipient, language, name, payload = row.recipient, row.language, row.letter, dict(row.payload)
    g.language = language
    refresh()  # Flask-Babel remembers the locale of the letter before
    try:
        letter = letters.build(name, payload)
        db.session.rollback()
        if letter is not None:
            send(transport.message(letter, to=recipient, letter_id=letter_id))
    except transport.Broken as error:
        _postpone([letter_id], str(error))
        raise
    except transport.Refused as error:
        _settle(letter_id, failed_at=clock.now(), last_error=str(error))
        return 0
    except transport.Deferred as error:
        _postpone([letter_id], str(error))
        return 0
    except Exception as error:
        current_app.logger.exception("letter %s (%s) could not be sent", letter_id, name)
        db.session.rollback()
        _postpone([letter_id], type(error).__name__)
        return 0
    _settle(letter_id, letter, sent_at=clock.now(), last_error=None if letter else WITHDRAWN)
    return 1


def _settle(letter_id: int, sent: letters.Letter | None = None, **values: Any) -> None:
    with unit_of_work.transaction():
        db.session.execute(update(OutgoingLetter).where(OutgoingLetter.id == letter_id).values(**values))
        if sent is not None:
            copies.keep(letter_id, sent, at=clock.now())


def _postpone(ids: Iterable[int], error: str) -> None:
    now = clock.now()
    with unit_of_work.transaction():
        rows = db.session.scalars(
            select(OutgoingLetter).where(
                OutgoingLetter.id.in_(ids),
                OutgoingLetter.sent_at.is_(None),
                OutgoingLetter.failed_at.is_(None),
            )
        )
        for row in rows:
            row.last_error = error[:500]
            row.next_attempt_at = now + pause_before(row.attempts)
            if row.attempts >= GIVE_UP_AFTER:
                row.failed_at = now
