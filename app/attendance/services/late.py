"""Scans at checkpoints that devices tell of later: what the server makes of each, in the order of their times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.attendance import queries, rules
from app.attendance.models import Checkpoint, Direction, ScanResult
from app.attendance.queries import Facts, PassHolder, PlacedPassage
from app.attendance.rules import Gate, Verdict, Visitor


@dataclass(frozen=True)
class Gatehouse:
    """The checkpoints of a sending, what they ask of its people, and how those passed so far."""

    zone: ZoneInfo
    checkpoints: Mapping[int, tuple[Checkpoint, Gate, str]]
    facts: Mapping[int, Facts]
    passages: dict[int, list[PlacedPassage]]

    @classmethod
    def of(cls, zone: str, checkpoints: list[Checkpoint], people: list[int]) -> "Gatehouse":
        """Read what decisions about these people at these checkpoints need, in a few queries."""
        gates = {one.id: (one, queries.gate_of(one), queries.place_of(one)) for one in checkpoints}
        needs = queries.needs_of(gate for _one, gate, _place in gates.values())
        passages = queries.passages_of(people) if checkpoints else {}
        return cls(ZoneInfo(zone), gates, queries.facts_of(people, needs) if checkpoints else {}, passages)

    def verdict(
        self, checkpoint_id: int, holder: PassHolder, direction: Direction, *, at: datetime
    ) -> tuple[Verdict, bool]:
        """Return what the server answers, and whether the person, on the way in, came before where that counts."""
        checkpoint, gate, place = self.checkpoints[checkpoint_id]
        visitor = Visitor(holder.status, *self.facts.get(holder.id, Facts()))
        history = queries.history_at(place, self.passages.get(holder.id, []))
        local = at.astimezone(self.zone)
        came = direction is Direction.IN and rules.first_coming(gate, history, at=local) is not None
        if checkpoint.closed_at is not None and at >= checkpoint.closed_at:
            return Verdict(ScanResult.CLOSED), came
        # Nobody's way at this moment depends on what came later.
        verdict = rules.decide(gate, visitor, [one for one in history if one.at <= at], at=local)
        again = came and verdict.passes and verdict.direction is Direction.IN
        return verdict._replace(result=ScanResult.ALREADY) if again else verdict, came

    def row(
        self,
        checkpoint_id: int,
        holder: PassHolder | None,
        result: ScanResult,
        direction: Direction,
        *,
        at: datetime,
    ) -> dict[str, Any]:
        """Return what a scan's row says of its checkpoint, and remember that the person passed."""
        checkpoint, gate, place = self.checkpoints[checkpoint_id]
        if holder is not None and result in queries.WENT_THROUGH:
            self.passages.setdefault(holder.id, []).append(PlacedPassage(holder.id, place, direction, at))
        return {
            "checkpoint_id": checkpoint.id,
            "session_id": checkpoint.session_id,
            "room_id": checkpoint.room_id,
            "direction": direction,
            "once": rules.once(gate, result, direction, at=at.astimezone(self.zone)),
        }
