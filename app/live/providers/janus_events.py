"""What Janus tells by itself (its event handler): who began to watch a room of this server, and who left."""

import json
from datetime import UTC, datetime
from typing import Any

from app.live.providers.hooks import Happening, What
from app.live.providers.janus import AUDIENCE


def happenings(body: bytes) -> list[Happening]:
    """Return what a message of Janus tells of those who watch; what is odd or of no use is left out."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return []
    found = (_happening(one) for one in (told if isinstance(told, list) else [told]))
    return [one for one in found if one is not None]


def _happening(told: Any) -> Happening | None:
    """Return one event: a handle of the stream's plugin that starts to watch, or is gone.

    Our pages name themselves as "guest@room"; the handle's number names the visit.
    """
    try:
        event = told["event"]
        guest, _, room = str(told["opaque_id"]).partition("@")
        moment = datetime.fromtimestamp(int(told["timestamp"]) / 1_000_000, UTC)
        stay = str(int(told["handle_id"]))[:28]
        if event["plugin"] != AUDIENCE:
            return None
        data = event.get("data", {})
        if data.get("status") == "starting" and data["id"] == room:
            return Happening(What.CAME, room, moment, guest[:80], stay)
        if event.get("name") == "detached" or data.get("status") == "stopping":
            return Happening(What.LEFT, room, moment, guest[:80], stay)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        pass
    return None
