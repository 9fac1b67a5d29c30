"""Who may pass a checkpoint. The vectors bind the JavaScript of the door too."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.attendance.models import CheckpointKind, Direction, HowOften, ScanResult, Ways
from app.attendance.rules import DOOR, Gate, Passage, Verdict, Visitor, decide
from app.registration.models import RegistrationStatus

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "rule_vectors.json").read_text())
ZONE = ZoneInfo(VECTORS["zone"])


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def _gate(given: dict[str, Any]) -> Gate:
    return Gate(
        CheckpointKind(given["kind"]),
        Ways(given["ways"]),
        HowOften(given["how_often"]),
        given["admits_waiting"],
        frozenset(given["form_ids"]),
        given["needs_place_in"],
        None if given["choice"] is None else (given["choice"][0], given["choice"][1]),
        frozenset(date.fromisoformat(one) for one in given["dates"]),
        _time(given["opens_at"]),
        _time(given["closes_at"]),
    )


def _visitor(given: dict[str, Any]) -> Visitor:
    chosen = frozenset((field, option) for field, option in given["chosen"])
    return Visitor(RegistrationStatus(given["status"]), given["form_id"], frozenset(given["places"]), chosen)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["name"])
def test_a_checkpoint_decides_as_the_vectors_say(case: dict[str, Any]) -> None:
    history = [
        Passage(_local(one["at"]), Direction(one["direction"]), one.get("elsewhere", False))
        for one in case["history"]
    ]
    expected = case["expected"]
    first = expected["first_at"]
    assert decide(_gate(case["gate"]), _visitor(case["visitor"]), history, at=_local(case["at"])) == Verdict(
        ScanResult(expected["result"]),
        Direction(expected["direction"]),
        None if first is None else _local(first),
    )


def test_every_answer_of_a_checkpoint_has_a_vector() -> None:
    answers = {"admitted", "already", "waitlisted", "cancelled", "closed", "other_day", "other_form"}
    answers |= {"no_place", "not_chosen"}
    assert {case["expected"]["result"] for case in VECTORS["vectors"]} == answers


def test_the_door_of_a_day_needs_no_setting_up() -> None:
    assert _gate(VECTORS["vectors"][-1]["gate"]) == DOOR
