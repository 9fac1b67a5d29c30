"""Writes against robots: puzzles that are spent, submissions that wait for a word from the e-mail."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from app import changes, signing
from app.events.models import Event
from app.extensions import db
from app.registration import emails
from app.registration.errors import PuzzleSpent
from app.registration.models import HeldSubmission, SpentPuzzle
from app.registration.rules import HELD_FOR
from app.registration.services import uploads


def spend_puzzle(challenge: str, *, expires_at: datetime) -> None:
    """Note that a puzzle was solved. Raises PuzzleSpent where it was solved before."""
    with changes.refused_as(PuzzleSpent):
        db.session.add(SpentPuzzle(hash=signing.hashed(challenge), expires_at=expires_at))
        db.session.flush()


def hold(
    event: Event,
    body: Iterable[tuple[str, str]],
    *,
    upload_ids: Collection[int] = (),
    form_slug: str,
    email: str,
    idempotency_key: str,
    language: str,
    at: datetime,
) -> HeldSubmission:
    """Keep what was sent, and the files that came along, and write to `email` to have it confirmed."""
    held = HeldSubmission(
        event_id=event.id,
        form_slug=form_slug,
        body=[list(pair) for pair in body],
        idempotency_key=idempotency_key,
        language=language,
        created_at=at,
    )
    db.session.add(held)
    db.session.flush()
    if upload_ids:
        uploads.hold(upload_ids, held.id)
    emails.held(held, to=email)
    return held


def release(held: HeldSubmission) -> None:
    """Forget a held submission: it was registered."""
    _delete(HeldSubmission.id == held.id)


def purge_robots(*, at: datetime) -> None:
    """Forget puzzles that have expired and submissions that nobody confirmed."""
    db.session.execute(delete(SpentPuzzle).where(SpentPuzzle.expires_at < at))
    _delete(HeldSubmission.created_at < at - HELD_FOR)


def _delete(which: ColumnElement[bool]) -> None:
    uploads.release(select(HeldSubmission.id).where(which))
    db.session.execute(delete(HeldSubmission).where(which))
