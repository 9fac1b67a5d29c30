"""Reads for many at once about checkpoints: what their gates ask of people, and who passed them when."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select, tuple_

from app.attendance.models import Checkpoint, CheckpointKind, Direction, DoorDevice, Scan
from app.attendance.queries.checkpoints import WENT_THROUGH, place_of
from app.attendance.rules import Gate, Passage
from app.extensions import db
from app.registration.models import ChosenOption, Enrolment, EnrolmentStatus, Registration


class Needs(NamedTuple):
    """What the gates of some checkpoints ask of people besides their state."""

    forms: bool
    places: frozenset[int]
    choices: frozenset[tuple[int, str]]

    def __str__(self) -> str:
        """Return the same text for the same needs: a device that knew less has to learn everybody anew."""
        parts = ["f"] * self.forms + [f"s{one}" for one in sorted(self.places)]
        return ";".join([*parts, *(f"c{field}:{option}" for field, option in sorted(self.choices))])


class Facts(NamedTuple):
    """What gates ask of a person: see rules.Visitor."""

    form_id: int | None = None
    places: frozenset[int] = frozenset()
    chosen: frozenset[tuple[int, str]] = frozenset()


class PlacedPassage(NamedTuple):
    """That somebody went into a place or out of it."""

    registration_id: int
    place: str
    direction: Direction
    at: datetime


def checkpoints_of_device(device: DoorDevice, *, closed: bool = False) -> list[Checkpoint]:
    """Return the checkpoints that a device serves; with `closed`, those that are closed by now too."""
    statement = select(Checkpoint).where(
        Checkpoint.event_id == device.event_id, Checkpoint.id.in_(device.checkpoint_ids)
    )
    if not closed:
        statement = statement.where(Checkpoint.closed_at.is_(None))
    return list(db.session.scalars(statement.order_by(Checkpoint.id))) if device.checkpoint_ids else []


def scope_of(place: str) -> str:
    """Return within what entering one place leaves the others: all rooms, or the place alone."""
    return "room" if place.startswith(CheckpointKind.ROOM) else place


def needs_of(gates: Iterable[Gate]) -> Needs:
    """Return what some gates ask of people."""
    known = list(gates)
    return Needs(
        any(gate.form_ids for gate in known),
        frozenset(gate.needs_place_in for gate in known if gate.needs_place_in is not None),
        frozenset(gate.choice for gate in known if gate.choice is not None),
    )


def facts_of(people: Collection[int], needs: Needs) -> dict[int, Facts]:
    """Return what is asked of people, in a query for each kind of thing that is asked."""
    forms: dict[int, int | None] = {}
    places: dict[int, set[int]] = {}
    chosen: dict[int, set[tuple[int, str]]] = {}
    if needs.forms:
        asked = select(Registration.id, Registration.form_id).where(Registration.id.in_(people))
        forms = {number: form_id for number, form_id in db.session.execute(asked)}  # noqa: C416 - Rows are no pairs
    if needs.places:
        rows = select(Enrolment.registration_id, Enrolment.session_id).where(
            Enrolment.registration_id.in_(people),
            Enrolment.session_id.in_(needs.places),
            Enrolment.status == EnrolmentStatus.ENROLLED,
        )
        for number, session_id in db.session.execute(rows):
            places.setdefault(number, set()).add(session_id)
    if needs.choices:
        for number, field_id, option in db.session.execute(_chosen(people, needs)):
            chosen.setdefault(number, set()).add((field_id, option))
    return {
        one: Facts(forms.get(one), frozenset(places.get(one, ())), frozenset(chosen.get(one, ())))
        for one in people
    }


def _chosen(people: Collection[int], needs: Needs) -> Select[int, int, str]:
    return select(ChosenOption.registration_id, ChosenOption.field_id, ChosenOption.option).where(
        ChosenOption.registration_id.in_(people),
        tuple_(ChosenOption.field_id, ChosenOption.option).in_(sorted(needs.choices)),
    )


def passages_of(people: Collection[int]) -> dict[int, list[PlacedPassage]]:
    """Return when people went through checkpoints."""
    found: dict[int, list[PlacedPassage]] = {}
    statement = select(Scan.registration_id, Scan.direction, Scan.scanned_at, Checkpoint).join(
        Checkpoint, Checkpoint.id == Scan.checkpoint_id
    )
    statement = statement.where(Scan.registration_id.in_(people), Scan.result.in_(WENT_THROUGH))
    for person, direction, at, checkpoint in db.session.execute(statement):
        if person is not None:
            passage = PlacedPassage(person, place_of(checkpoint), Direction(direction), at)
            found.setdefault(person, []).append(passage)
    return found


def history_at(place: str, passages: Iterable[PlacedPassage]) -> list[Passage]:
    """Return a person's history at a place: as queries.history_of, of what was read for many."""
    scope = scope_of(place)
    return [
        Passage(one.at, one.direction)
        if one.place == place
        else Passage(one.at, Direction.OUT, elsewhere=True)
        for one in passages
        if scope_of(one.place) == scope
    ]
