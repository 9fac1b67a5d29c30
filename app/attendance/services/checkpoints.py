"""Checkpoints as the office sets them up."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, time

from app import audit
from app.attendance.errors import CheckpointNeedsASession, HoursReversed
from app.attendance.models import Checkpoint, CheckpointKind, HowOften, Ways
from app.events.models import Event
from app.extensions import db


@dataclass(frozen=True)
class CheckpointFacts:
    """What the office decides about a checkpoint: see the table for what each means."""

    name: str
    kind: CheckpointKind
    day_id: int | None = None
    session_id: int | None = None
    room_id: int | None = None
    ways: Ways = Ways.IN
    how_often: HowOften = HowOften.ANY
    admits_waiting: bool = False
    form_ids: list[int] = field(default_factory=list)
    needs_place: bool = False
    field_id: int | None = None
    option: str | None = None
    opens_at: time | None = None
    closes_at: time | None = None


def add_checkpoint(event: Event, facts: CheckpointFacts, *, at: datetime) -> Checkpoint:
    """Add a checkpoint to an event. Raises HoursReversed, and CheckpointNeedsASession."""
    _check(facts)
    checkpoint = Checkpoint(event=event, created_at=at, **asdict(facts))
    db.session.add(checkpoint)
    db.session.flush()
    audit.record("checkpoint.added", checkpoint, event=event, at=at)
    return checkpoint


def update_checkpoint(checkpoint: Checkpoint, facts: CheckpointFacts, *, at: datetime) -> None:
    """Change who may pass a checkpoint; what it leads into stays. Raises HoursReversed, CheckpointNeedsASession."""
    _check(facts)
    checkpoint.name = facts.name
    checkpoint.ways, checkpoint.how_often = facts.ways, facts.how_often
    checkpoint.admits_waiting, checkpoint.needs_place = facts.admits_waiting, facts.needs_place
    checkpoint.form_ids = facts.form_ids
    checkpoint.field_id, checkpoint.option = facts.field_id, facts.option
    checkpoint.opens_at, checkpoint.closes_at = facts.opens_at, facts.closes_at
    audit.record("checkpoint.changed", checkpoint, event=checkpoint.event, at=at)


def _check(facts: CheckpointFacts) -> None:
    if facts.opens_at and facts.closes_at and facts.opens_at >= facts.closes_at:
        raise HoursReversed
    if facts.needs_place and facts.kind is not CheckpointKind.SESSION:
        raise CheckpointNeedsASession


def close_checkpoint(checkpoint: Checkpoint, *, at: datetime) -> None:
    """Read no more passes at a checkpoint; what was read stays."""
    checkpoint.closed_at = at
    audit.record("checkpoint.closed", checkpoint, event=checkpoint.event, at=at)
