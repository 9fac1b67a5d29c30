"""Reads against robots: whether a puzzle is asked for, and submissions that wait to be confirmed."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app import signing
from app.addresses import LARGEST_NUMBER
from app.events.models import Event
from app.extensions import db
from app.registration.models import HeldSubmission, ProofOfWork, RegistrationSettings
from app.registration.rules import HELD_FOR

_TOKEN_ID = 6  # bytes of the row's number at the head of a token
_PROOF_OF_WORK = select(RegistrationSettings.proof_of_work).where(
    RegistrationSettings.event_id == bindparam("event_id")
)


def proof_of_work(event: Event) -> ProofOfWork:
    """Return when an event asks for a puzzle."""
    return ProofOfWork(db.session.scalar(_PROOF_OF_WORK, {"event_id": event.id}) or ProofOfWork.IN_A_FLOOD)


def held_by_id(held_id: int) -> HeldSubmission | None:
    """Return a held submission with its event and organisation."""
    statement = (
        select(HeldSubmission)
        .options(joinedload(HeldSubmission.event).joinedload(Event.organisation))
        .where(HeldSubmission.id == held_id)
    )
    return db.session.scalar(statement)


def held_token(held: HeldSubmission) -> str:
    """Return the token of the link that confirms a held submission."""
    mac = signing.derive("held-submission", held.id, held.created_at.timestamp())
    return signing.to_text(held.id.to_bytes(_TOKEN_ID) + mac)


def held_by_token(token: str, *, at: datetime) -> HeldSubmission | None:
    """Return the submission that a link confirms, or None for a used, old or foreign one."""
    try:
        raw = signing.from_text(token)
    except (ValueError, UnicodeEncodeError):
        return None
    number = int.from_bytes(raw[:_TOKEN_ID])
    held = held_by_id(number) if number <= LARGEST_NUMBER else None
    if held is None or at - held.created_at > HELD_FOR:
        return None
    return held if signing.matches(signing.from_text(held_token(held)), raw) else None
